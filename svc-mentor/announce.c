/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/announce.h"

#include "common/event.h"
#include "common/field.h"

#include <string.h>

enum { PARTIES = 2 };

/* Tells it to those of the two who are there, but for `except` (NULL: nobody). */
static status tell(
        struct call *call, ProtobufCMessage *event, const char *mentor, const char *mentee, const char *except)
{
        const char *const both[PARTIES] = {mentor, mentee};
        char **told = arena_alloc(call->arena, PARTIES * sizeof *told);
        size_t count = 0;
        for (int i = 0; i < PARTIES; i++)
                if (both[i] != NULL && (except == NULL || strcmp(both[i], except) != 0))
                        told[count++] = (char *)(size_t)both[i];
        field_set_texts(event, "recipient_user_ids", count, told);
        return event_publish(call, event);
}

/* Events of a match and of a session: each takes of it what it has a field for. */
static status tell_of_match(struct call *call, ProtobufCMessage *event, const Mentor__MatchRow *match,
        const char *actor, const char *except)
{
        field_set_text(event, "match_id", match->id);
        field_set_text(event, "mentor_profile_id", match->mentor_profile_id);
        field_set_text(event, "actor_user_id", match->is_anonymous ? NULL : actor);
        return tell(call, event, match->mentor_user_id, match->mentee_user_id, except);
}

static status tell_of_session(
        struct call *call, ProtobufCMessage *event, const Mentor__SessionRow *session, const char *except)
{
        field_set_text(event, "match_id", session->match_id);
        field_set_text(event, "session_id", session->id);
        field_set_text(event, "scheduled_start_time", session->scheduled_start_time);
        field_set_text(event, "actor_user_id", session->is_anonymous ? NULL : call->caller->user_id);
        return tell(call, event, session->mentor_user_id, session->mentee_user_id, except);
}

status announce_registered(struct call *call, const Mentor__MentorProfile *mentor)
{
        Mentor__MentorRegistered event = MENTOR__MENTOR_REGISTERED__INIT;
        event.mentor_profile_id = mentor->id;
        event.n_expertise_areas = mentor->n_expertise_areas;
        event.expertise_areas = mentor->expertise_areas;
        event.actor_user_id = call->caller->user_id;
        return event_publish(call, &event.base);
}

status announce_mentor_updated(struct call *call, const char *id, size_t n_areas, char **areas, bool is_public)
{
        Mentor__MentorUpdated event = MENTOR__MENTOR_UPDATED__INIT;
        event.mentor_profile_id = (char *)(size_t)id;
        event.n_expertise_areas = n_areas;
        event.expertise_areas = areas;
        event.has_is_public = 1;
        event.is_public = is_public;
        return event_publish(call, &event.base);
}

status announce_verified(struct call *call, const char *id, const char *user_id, bool is_verified)
{
        Mentor__MentorVerified event = MENTOR__MENTOR_VERIFIED__INIT;
        event.mentor_profile_id = (char *)(size_t)id;
        event.has_is_verified_mentor = 1;
        event.is_verified_mentor = is_verified;
        return tell(call, &event.base, user_id, NULL, NULL);
}

status announce_requested(struct call *call, const Mentor__MatchRow *match)
{
        Mentor__MatchRequested event = MENTOR__MATCH_REQUESTED__INIT;
        return tell_of_match(call, &event.base, match, match->mentee_user_id, match->mentee_user_id);
}

status announce_match(struct call *call, const Mentor__MatchRow *match, const char *from, const char *to)
{
        Mentor__MatchStatusChanged event = MENTOR__MATCH_STATUS_CHANGED__INIT;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        return tell_of_match(call, &event.base, match, call->caller->user_id, call->caller->user_id);
}

status announce_goal(struct call *call, const Mentor__MatchRow *match, const char *goal_id)
{
        Mentor__GoalAchieved event = MENTOR__GOAL_ACHIEVED__INIT;
        event.goal_id = (char *)(size_t)goal_id;
        return tell_of_match(call, &event.base, match, match->mentee_user_id, NULL);
}

status announce_scheduled(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionScheduled event = MENTOR__SESSION_SCHEDULED__INIT;
        return tell_of_session(call, &event.base, session, NULL);
}

status announce_rescheduled(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionRescheduled event = MENTOR__SESSION_RESCHEDULED__INIT;
        return tell_of_session(call, &event.base, session, call->caller->user_id);
}

status announce_session(struct call *call, const Mentor__SessionRow *session, const char *from, const char *to)
{
        Mentor__SessionStatusChanged event = MENTOR__SESSION_STATUS_CHANGED__INIT;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        return tell_of_session(call, &event.base, session, call->caller->user_id);
}

status announce_reminder(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionReminderDue event = MENTOR__SESSION_REMINDER_DUE__INIT;
        return tell_of_session(call, &event.base, session, NULL);
}

/* Nobody is told: what was said is sealed. */
status announce_feedback(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionFeedbackGiven event = MENTOR__SESSION_FEEDBACK_GIVEN__INIT;
        return tell_of_session(call, &event.base, session, NULL);
}

status announce_review(struct call *call, const Mentor__ReviewRow *review)
{
        Mentor__ReviewRevealed event = MENTOR__REVIEW_REVEALED__INIT;
        event.mentor_profile_id = review->mentor_profile_id;
        event.review_id = review->id;
        event.has_rating = 1;
        event.rating = review->rating;
        return tell(call, &event.base, review->mentor_user_id, NULL, NULL);
}
