/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a match (policy.c) on its row. Accepting one touches those of other mentors and mentees: what is locked
 * for a step, and in which order, locks.h says. Places and one live match of a pair are constraints besides. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/mentor.pb-c.h"

extern const struct lifecycle match_lifecycle;

/* Loads one for its parties; NOT_FOUND for everybody else. With `is_locked` behind lock_match. */
MUST_CHECK status match_load(struct call *call, const char *id, bool is_locked, Mentor__MatchRow *out);

/* Loads one for the service's own work, whose side is sys. */
MUST_CHECK status match_load_own(struct call *call, const char *id, Mentor__MatchRow *out);

/* Takes one step and all that it does, as match->side. Behind lock_step, or what locks more. */
MUST_CHECK status match_step(struct call *call, Mentor__MatchRow *match, const char *action);

/* Ends what there is between the two, in the way its state asks for: for blocks, sanctions, departures. */
MUST_CHECK status match_break(struct call *call, const char *id);

/* The jobs: finds what has waited long enough; ends one of it. */
#define SETTLE_MATCH "settle_match"
status sweep_matches(struct call *call);
status settle_match(struct call *call, const struct due_job *job);
