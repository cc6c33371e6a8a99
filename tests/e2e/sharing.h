/* SPDX-License-Identifier: Apache-2.0 */
/* Sharing goals, in the words of the tests. */
#pragma once

#include "tests/e2e/client.h"

/* Shares a goal that nothing is wrong with and returns its id. */
const char *shared(struct user user, const char *title);

/* Keeps it as a draft. */
const char *drafted(struct user user, const char *title);

/* "/goal-sharing/<id>", and the same with /reactions/<kind>. */
const char *path_of(const char *share);
const char *reaction_to(const char *share, const char *kind);

/* Is the share among the items of a list? */
bool lists(struct answer list, const char *share);

/* Rows that schema goals holds about shares, in all its tables. */
long stored_rows(void);
