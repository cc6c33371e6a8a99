/* SPDX-License-Identifier: Apache-2.0 */
/* The events of svc-mentor. Of a match those are told who did not do it; who did it is named where the match is by
 * name. */
#pragma once

#include "common/call.h"
#include "sfp/mentor.pb-c.h"

MUST_CHECK status announce_registered(struct call *call, const Mentor__MentorProfile *mentor);
MUST_CHECK status announce_mentor_updated(
        struct call *call, const char *id, size_t n_areas, char **areas, bool is_public);
MUST_CHECK status announce_verified(struct call *call, const char *id, const char *user_id, bool is_verified);
MUST_CHECK status announce_requested(struct call *call, const Mentor__MatchRow *match);
MUST_CHECK status announce_match(struct call *call, const Mentor__MatchRow *match, const char *from, const char *to);
MUST_CHECK status announce_scheduled(struct call *call, const Mentor__SessionRow *session);
MUST_CHECK status announce_rescheduled(struct call *call, const Mentor__SessionRow *session);
MUST_CHECK status announce_session(
        struct call *call, const Mentor__SessionRow *session, const char *from, const char *to);
MUST_CHECK status announce_reminder(struct call *call, const Mentor__SessionRow *session);
MUST_CHECK status announce_feedback(struct call *call, const Mentor__SessionRow *session);
MUST_CHECK status announce_goal(struct call *call, const Mentor__MatchRow *match, const char *goal_id);
MUST_CHECK status announce_review(struct call *call, const Mentor__ReviewRow *review);
