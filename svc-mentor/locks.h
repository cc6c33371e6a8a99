/* SPDX-License-Identifier: Apache-2.0 */
/* What is locked while matches change, until the end of the transaction, in this order, so that nobody waits for
 * somebody who waits for them:
 *   1. a mentee: what they ask and what they begin happens one after another;
 *   2. a pair: no request is sent between two while a block is set between them;
 *   3. the mentor, whose places are given one after another; those who may be asked next, against leaving;
 *   4. matches, by id.
 * A request to somebody's next choice (requests.c) takes its pair last of all. No match of such a pair is under way, so
 * that nobody who has the pair waits for anything that is held here. */
#pragma once

#include "common/call.h"
#include "sfp/mentor.pb-c.h"

MUST_CHECK status lock_mentee(struct call *call, const char *user_id);
MUST_CHECK status lock_pair(struct call *call, const char *user_id, const char *other_id);

/* The pair of a mentee and a mentor, and the mentor against leaving; others may do the same meanwhile. */
MUST_CHECK status lock_request(struct call *call, const char *mentee_user_id, const char *mentor_profile_id);

/* A mentor's places, and what is said of them. */
MUST_CHECK status lock_mentor(struct call *call, const char *mentor_profile_id);

/* One match, for what changes nothing but itself. */
MUST_CHECK status lock_match(struct call *call, const char *id);

/* Matches and their mentors. */
MUST_CHECK status lock_matches(struct call *call, const Mentor__IdList *ids);

/* All that a step of this one can touch: of a request also the mentee's other ones, and all that the mentor has. */
MUST_CHECK status lock_step(struct call *call, const Mentor__MatchRow *match);

/* Somebody as a mentee and as a mentor, and whom they have to do with; *ids: their matches under way. */
MUST_CHECK status lock_person(struct call *call, const char *user_id, Mentor__IdList *ids);

/* What a mentor who is locked already has under way. */
MUST_CHECK status lock_matches_of(struct call *call, const char *mentor_profile_id, Mentor__IdList *ids);
