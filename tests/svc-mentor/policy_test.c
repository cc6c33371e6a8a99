/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/policy.h"

#include "sfp/mentor.pb-c.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

TEST(the_lives_of_mentors_matches_sessions_and_reviews_are_whole)
{
        ck_assert_int_gt(lifecycle_walk(mentor_transitions, ""), 0);
        ck_assert_int_gt(lifecycle_walk(match_transitions, "completed declined withdrawn expired ended"), 0);
        ck_assert_int_gt(lifecycle_walk(session_transitions, "completed cancelled late_cancelled no_show expired"), 0);
        ck_assert_int_gt(lifecycle_walk(review_transitions, ""), 0);
}
END_TEST

TEST(a_mentor_accepts_while_both_have_room)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        const struct transition *row = lifecycle_find(match_transitions, "requested", "accept", "mentor");
        match.has_place = 1;
        ck_assert(!row->guard(&match));
        match.mentee_is_free = 1;
        ck_assert(row->guard(&match));
        match.has_place = 0;
        ck_assert(!row->guard(&match));
        ck_assert_ptr_null(lifecycle_find(match_transitions, "requested", "accept", "mentee"));
}
END_TEST

TEST(what_takes_two_is_not_done_by_one)
{
        Mentor__MatchRow match = MENTOR__MATCH_ROW__INIT;
        const struct transition *row = lifecycle_find(match_transitions, "active", "complete", "mentor");
        match.side = (char *)(size_t) "mentor";
        ck_assert(!row->guard(&match));
        match.agreed_action = (char *)(size_t) "complete";
        match.agreed_by = (char *)(size_t) "mentor";
        ck_assert(!row->guard(&match));
        match.agreed_by = (char *)(size_t) "mentee";
        ck_assert(row->guard(&match));
        match.agreed_action = (char *)(size_t) "start";
        ck_assert(!row->guard(&match));
        match.side = (char *)(size_t) "sys";
        ck_assert(row->guard(&match));
}
END_TEST

static bool allows(const char *state, const char *action, int64_t seconds_ahead)
{
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        session.seconds_ahead = seconds_ahead;
        session.match_status = (char *)(size_t) "active";
        session.side = (char *)(size_t) "mentee";
        session.proposed_by = (char *)(size_t) "mentor";
        return lifecycle_find(session_transitions, state, action, "mentee")->guard(&session);
}

TEST(three_hours_before_is_late)
{
        ck_assert(allows("scheduled", "cancel", 3 * 3600));
        ck_assert(!allows("scheduled", "cancel", 3 * 3600 - 1));
        ck_assert(allows("scheduled", "cancel_late", 3 * 3600 - 1));
        ck_assert(!allows("scheduled", "cancel_late", 3 * 3600));
        ck_assert(allows("scheduled", "reschedule", 3 * 3600));
        ck_assert(!allows("scheduled", "reschedule", 3 * 3600 - 1));
}
END_TEST

TEST(a_session_starts_on_time_and_nobody_is_absent_before)
{
        ck_assert(!allows("scheduled", "start", 601));
        ck_assert(allows("scheduled", "start", 600));
        ck_assert(!allows("scheduled", "report_no_show", -599));
        ck_assert(allows("scheduled", "report_no_show", -600));
}
END_TEST

TEST(a_proposal_is_answered_by_the_other_side_before_its_time)
{
        Mentor__SessionRow session = MENTOR__SESSION_ROW__INIT;
        const struct transition *row = lifecycle_find(session_transitions, "proposed", "accept", "mentor");
        session.match_status = (char *)(size_t) "active";
        session.side = session.proposed_by = (char *)(size_t) "mentor";
        session.seconds_ahead = 60;
        ck_assert(!row->guard(&session));
        session.side = (char *)(size_t) "mentee";
        ck_assert(row->guard(&session));
        session.seconds_ahead = 0;
        ck_assert(!row->guard(&session));
}
END_TEST

TEST(few_reviews_stay_near_the_platforms_mean)
{
        ck_assert_double_eq_tol(rating_mean(0, 0, 4.0), 4.0, 1e-9);
        ck_assert_double_eq_tol(rating_mean(5, 1, 4.0), 25.0 / 6, 1e-9);
        ck_assert_double_eq_tol(rating_mean(500, 100, 4.0), 520.0 / 105, 1e-9);
}
END_TEST

SUITE("svc-mentor/policy", FORK, T(the_lives_of_mentors_matches_sessions_and_reviews_are_whole),
        T(a_mentor_accepts_while_both_have_room), T(what_takes_two_is_not_done_by_one), T(three_hours_before_is_late),
        T(a_session_starts_on_time_and_nobody_is_absent_before),
        T(a_proposal_is_answered_by_the_other_side_before_its_time), T(few_reviews_stay_near_the_platforms_mean))
