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

/* A person's privacy in a month: epsilon is the setting, delta this. */
#define POLICY_DELTA 1e-6

/* Groups are chosen in so many rounds, from the finest to the rest of everybody. */
enum { POLICY_ROUNDS = 3 };

/* The place of a metric that releases are made of; -1 for another. */
int policy_metric(const char *metric);

/* What is spent of a month's total, in millionths: on the histogram of a metric, and on the sizes of groups in a round.
 * All metrics and rounds together are the total at most. 0 for what does not exist. */
int64_t policy_metric_epsilon(double total, int metric);
int64_t policy_size_epsilon(double total, int round);

/* The noised size from which on something is said of a group: of one with k people, the fewest there may be, with a
 * probability of POLICY_DELTA / POLICY_ROUNDS at most. INT64_MAX for an epsilon of 0. */
int64_t policy_threshold(int64_t k, int64_t epsilon_micro);
