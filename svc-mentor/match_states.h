/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a match (policy.c) on its row. Matches change one after another, platform-wide: accepting one touches
 * those of other mentors and mentees, and in no order that two could agree on. Places are a constraint besides. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/mentor.pb-c.h"

extern const struct lifecycle match_lifecycle;

/* Waits for the turn, until the end of the transaction. */
MUST_CHECK status match_lock(struct call *call);

/* Loads one for its parties; NOT_FOUND for everybody else. With `is_locked` behind match_lock. */
MUST_CHECK status match_load(struct call *call, const char *id, bool is_locked, Mentor__MatchRow *out);

/* Loads one for the service's own work, whose side is sys. Behind match_lock. */
MUST_CHECK status match_load_own(struct call *call, const char *id, Mentor__MatchRow *out);

/* Takes one step and all that it does, as match->side. Behind match_lock. */
MUST_CHECK status match_step(struct call *call, Mentor__MatchRow *match, const char *action);

/* Ends what there is between the two, in the way its state asks for: for blocks, sanctions, departures. */
MUST_CHECK status match_break(struct call *call, const char *id);

/* The job that ends what has waited long enough. */
status sweep_matches(struct call *call);
