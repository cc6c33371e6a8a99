/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about people's standing, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

/* The level for a score, for somebody who is at `current`: it rises at the level's bar and falls only below nine tenths
 * of it, so that nobody goes up and down with one vote. A level that is not known counts as the lowest. */
const char *policy_level(const char *current, int score);

/* The life of an erasure, and of an export. */
extern const struct transition erasure_transitions[];
extern const struct transition export_transitions[];

/* What one release costs, in millionths of epsilon: the month's total is divided over the levels of cohorts – the
 * narrow ones, which are small, get most – and then over the metrics. 0 for a level that does not exist. */
enum { COHORT_LEVELS = 4 };
int64_t policy_level_epsilon(double total, int level);
int64_t policy_release_epsilon(double total, int level);

/* The metrics that releases are made of; false for another. */
bool policy_is_metric(const char *metric);

/* How many bands a cohort's name has: its level is 3 less that. -1 for a name that is none. The cohort of all is "all".
 */
int policy_cohort_level(const char *cohort);
