/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a challenge: it starts and ends by itself. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/forum.pb-c.h"

/* Kinds of the jobs whose key is a challenge's id. */
#define START_CHALLENGE "start_challenge"
#define END_CHALLENGE   "end_challenge"

extern const struct lifecycle challenge_lifecycle;

/* Locked until the end of the transaction, whoever may see it. */
MUST_CHECK status challenge_load(struct call *call, const char *id, Forum__Challenge *out);

/* Plans, takes and stores one step as "admin" or "sys". */
MUST_CHECK status challenge_step(
        struct call *call, const Forum__Challenge *challenge, const char *actors, const char *action);

/* Has it started and ended at the times it says now. */
MUST_CHECK status challenge_schedule(struct call *call, const char *id);

MUST_CHECK status start_challenge(struct call *call, const struct due_job *job);
MUST_CHECK status end_challenge(struct call *call, const struct due_job *job);
