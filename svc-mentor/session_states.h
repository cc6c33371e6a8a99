/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a session (policy.c) on its row, and the time it takes of two people. Locks, in this order: both people's
 * time, the match, the session. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/mentor.pb-c.h"

#define REMIND_SESSION "remind_session"

extern const struct lifecycle session_lifecycle;

/* Loads one for its parties; NOT_FOUND for everybody else. */
MUST_CHECK status session_load(struct call *call, const char *id, bool is_locked, Mentor__SessionRow *out);

/* Locks the time of a match's two people, and the match. */
MUST_CHECK status session_lock_people(struct call *call, const Mentor__MatchRow *match);

/* Takes the session's time of both: SLOT_TAKEN when either has something then. */
MUST_CHECK status session_hold(struct call *call, const Mentor__SessionRow *session);

/* What a time that holds brings with it: a number, reminders, word to both. */
MUST_CHECK status session_scheduled(struct call *call, const Mentor__SessionRow *session);

/* In the future, and at most a year ahead. */
MUST_CHECK status session_check_start(struct call *call, const char *field, const char *start);

/* Calls off what a match that is over had ahead. */
MUST_CHECK status sessions_call_off(struct call *call, const char *match_id);

/* The jobs: reminds both, once; ends what nobody has ended. */
status remind_session(struct call *call, const struct due_job *job);
status sweep_sessions(struct call *call);
