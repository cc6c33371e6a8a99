/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a table of transitions: every state, action and actor that it names, against what its rows say. */
#pragma once

#include "common/lifecycle.h"

/* Fails the test when the walker and the rows disagree about a triple, two rows are for the same one, a state cannot be
 * reached, a next state is one of no row and not among `ends`, or a guard and its name do not come together. Returns
 * how many triples there were. */
int lifecycle_walk(const struct transition *table, const char *ends);
