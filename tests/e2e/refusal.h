/* SPDX-License-Identifier: Apache-2.0 */
/* How the instance takes what nobody should send: with a whole problem that has a stable code and names the field, and
 * with nothing else. Nothing is stored, nothing from inside is told, no process dies. */
#pragma once

#include "tests/e2e/sharing.h"

/* The rest of a share that nothing is wrong with. */
#define REST        "\"goal_category\": \"home\", \"goal_title\": \"A house\""
#define WITH(field) "{" REST ", " field "}"

/* Set-up and tear-down of a suite: a scene in which nothing must change. */
void refusal_begin(void);
void refusal_end(void);

/* Somebody with a good token. */
struct user sender(void);

/* `what` was sent. `field` and `why` are those of the first error; NULL: there is none to name. */
void expect_bad(
        struct answer answer, const char *what, int status, const char *code, const char *field, const char *why);

/* The body tells nothing of what is behind the gateway. */
void expect_no_insight(struct answer answer);

/* Since refusal_begin. */
void expect_no_effect(void);
