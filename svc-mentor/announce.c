/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/announce.h"

#include "common/event.h"

#include <string.h>

enum { PARTIES = 2 };

/* Who is told: those of the two who are there, but for `except` (NULL: nobody). */
struct told {
        size_t count;
        char **user_ids;
};

static struct told parties(struct call *call, char *mentor, char *mentee, const char *except)
{
        struct told told = {0, arena_alloc(call->arena, PARTIES * sizeof *told.user_ids)};
        char *const both[PARTIES] = {mentor, mentee};
        for (int i = 0; i < PARTIES; i++)
                if (both[i] != NULL && (except == NULL || strcmp(both[i], except) != 0))
                        told.user_ids[told.count++] = both[i];
        return told;
}

#define TELL(event, told)                                                                                              \
        do {                                                                                                           \
                (event).n_recipient_user_ids = (told).count;                                                           \
                (event).recipient_user_ids = (told).user_ids;                                                          \
        } while (0)

static char *actor(struct call *call, bool is_anonymous)
{
        return is_anonymous ? NULL : call->caller->user_id;
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
        struct told told = parties(call, (char *)(size_t)user_id, NULL, NULL);
        event.mentor_profile_id = (char *)(size_t)id;
        event.has_is_verified_mentor = 1;
        event.is_verified_mentor = is_verified;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_requested(struct call *call, const Mentor__MatchRow *match)
{
        Mentor__MatchRequested event = MENTOR__MATCH_REQUESTED__INIT;
        struct told told = parties(call, match->mentor_user_id, NULL, NULL);
        event.match_id = match->id;
        event.mentor_profile_id = match->mentor_profile_id;
        event.actor_user_id = match->is_anonymous ? NULL : match->mentee_user_id;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_match(struct call *call, const Mentor__MatchRow *match, const char *from, const char *to)
{
        Mentor__MatchStatusChanged event = MENTOR__MATCH_STATUS_CHANGED__INIT;
        struct told told = parties(call, match->mentor_user_id, match->mentee_user_id, call->caller->user_id);
        event.match_id = match->id;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.actor_user_id = actor(call, match->is_anonymous);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_scheduled(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionScheduled event = MENTOR__SESSION_SCHEDULED__INIT;
        struct told told = parties(call, session->mentor_user_id, session->mentee_user_id, NULL);
        event.match_id = session->match_id;
        event.session_id = session->id;
        event.scheduled_start_time = session->scheduled_start_time;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_rescheduled(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionRescheduled event = MENTOR__SESSION_RESCHEDULED__INIT;
        struct told told = parties(call, session->mentor_user_id, session->mentee_user_id, call->caller->user_id);
        event.match_id = session->match_id;
        event.session_id = session->id;
        event.scheduled_start_time = session->scheduled_start_time;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_session(struct call *call, const Mentor__SessionRow *session, const char *from, const char *to)
{
        Mentor__SessionStatusChanged event = MENTOR__SESSION_STATUS_CHANGED__INIT;
        struct told told = parties(call, session->mentor_user_id, session->mentee_user_id, call->caller->user_id);
        event.match_id = session->match_id;
        event.session_id = session->id;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.actor_user_id = actor(call, session->is_anonymous);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_reminder(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionReminderDue event = MENTOR__SESSION_REMINDER_DUE__INIT;
        struct told told = parties(call, session->mentor_user_id, session->mentee_user_id, NULL);
        event.match_id = session->match_id;
        event.session_id = session->id;
        event.scheduled_start_time = session->scheduled_start_time;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_feedback(struct call *call, const Mentor__SessionRow *session)
{
        Mentor__SessionFeedbackGiven event = MENTOR__SESSION_FEEDBACK_GIVEN__INIT;
        event.match_id = session->match_id;
        event.session_id = session->id;
        return event_publish(call, &event.base);
}

status announce_goal(struct call *call, const Mentor__MatchRow *match, const char *goal_id)
{
        Mentor__GoalAchieved event = MENTOR__GOAL_ACHIEVED__INIT;
        struct told told = parties(call, match->mentor_user_id, match->mentee_user_id, NULL);
        event.match_id = match->id;
        event.goal_id = (char *)(size_t)goal_id;
        event.actor_user_id = match->is_anonymous ? NULL : match->mentee_user_id;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_review(struct call *call, const Mentor__ReviewRow *review)
{
        Mentor__ReviewRevealed event = MENTOR__REVIEW_REVEALED__INIT;
        struct told told = parties(call, review->mentor_user_id, NULL, NULL);
        event.mentor_profile_id = review->mentor_profile_id;
        event.review_id = review->id;
        event.has_rating = 1;
        event.rating = review->rating;
        TELL(event, told);
        return event_publish(call, &event.base);
}
