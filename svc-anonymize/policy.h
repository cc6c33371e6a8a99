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
