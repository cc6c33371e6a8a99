/* SPDX-License-Identifier: Apache-2.0 */
/* Two are matched, work together, and part. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/twins.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"

static const char *const json_headers[] = {"Content-Type: application/json", NULL};

TEST(a_request_is_between_two)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user();
        const char *mentor = registered(ann, 2);
        struct answer answer = ask_mentor(bob, mentor, ", \"message\": \"Hello, I am bo@example.com\"");
        expect_status(answer, 201);
        const char *match = text_at(answer, "id");
        ck_assert_str_eq(text_at(answer, "status"), "requested");
        ck_assert_str_eq(text_at(answer, "role"), "mentee");
        ck_assert_str_eq(text_at(get(ann, match_path(match)), "message"), "Hello, I am [email 1]");
        ck_assert_str_eq(text_at(get(ann, match_path(match)), "role"), "mentor");
        ck_assert(!dump_has(sql_dump("mentor"), "Hello, I am"));
        expect_problem(get(cleo, match_path(match)), 404, "not_found");
        expect_problem(get(cleo, text("%s/transitions", match_path(match))), 404, "not_found");
        expect_problem(ask_mentor(bob, mentor, ""), 409, "already_exists");
        expect_problem(ask_mentor(ann, mentor, ""), 409, "conflict");
        expect_problem(ask_mentor(bob, NOWHERE, ""), 404, "not_found");
        expect_problem(ask_mentor(cleo, mentor, ", \"planned_duration_weeks\": 3"), 422, "validation_failed");
        expect_problem(take_action(bob, match_path(match), "accept", false), 409, "illegal_transition");
        ck_assert(lists(get(ann, "/mentorship/matches?role=mentor"), match));
        ck_assert(!lists(get(ann, "/mentorship/matches?role=mentee"), match));
        lead_to(ann, match_path(match), "accept", "active");
        ck_assert_int_eq(number_at(get(cleo, mentor_path(mentor)), "free_slots"), 1);
        ck_assert(has(get(bob, match_path(match)), "ends_on"));
        ck_assert_int_eq(events_of("mentor", "mentorship.match.requested", match), 1);
        ck_assert_int_eq(events_of("mentor", "mentorship.match.status_changed", match), 1);
}
END_TEST

TEST(the_last_place_is_given_once)
{
        enum { CROWD = 5 };
        struct user ann = new_user();
        const char *mentor = registered(ann, 1);
        struct request requests[CROWD];
        int statuses[CROWD];
        for (int i = 0; i < CROWD; i++) {
                const char *body = JSON({"action" : "accept", "expected_version" : 1});
                const char *match = requested(new_user(), mentor);
                requests[i] = (struct request){.verb = "POST",
                        .path = text("%s/transitions", match_path(match)),
                        .user = ann,
                        .body = body,
                        .size = strlen(body),
                        .headers = json_headers};
        }
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 200), 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.mentorship_matches WHERE mentor_profile_id = '%s'"
                                         " AND status = 'active'",
                                 mentor)),
                1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM mentor.mentorship_matches WHERE mentor_profile_id = '%s'"
                                         " AND status = 'expired'",
                                 mentor)),
                CROWD - 1);
        ck_assert_int_eq(number_at(get(new_user(), mentor_path(mentor)), "free_slots"), 0);
}
END_TEST

TEST(a_mentee_is_taken_by_one_of_those_they_asked)
{
        struct user mentors[3] = {new_user(), new_user(), new_user()}, bob = new_user();
        struct request requests[3];
        int statuses[3];
        const char *body = JSON({"action" : "accept", "expected_version" : 1});
        for (int i = 0; i < 3; i++)
                requests[i] = (struct request){.verb = "POST",
                        .user = mentors[i],
                        .body = body,
                        .size = strlen(body),
                        .headers = json_headers,
                        .path = text("%s/transitions", match_path(requested(bob, registered(mentors[i], 1))))};
        expect_problem(ask_mentor(bob, registered(new_user(), 1), ""), 409, "conflict");
        ask_at_once(3, requests, statuses);
        ck_assert_int_eq(count_status(3, statuses, 200), 1);
        ck_assert_int_eq(length_at(get(bob, "/mentorship/matches?status=withdrawn"), "items"), 2);
}
END_TEST

TEST(the_next_choice_is_asked_by_itself)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user(), dan = new_user();
        const char *first = registered(ann, 1), *second = registered(bob, 1), *third = registered(cleo, 1);
        struct answer answer = ask_mentor(dan, first, text(", \"choices\": [\"%s\", \"%s\"]", second, third));
        expect_status(answer, 201);
        expect_problem(ask_mentor(dan, third, ""), 409, "conflict");
        expect_problem(ask_mentor(new_user(), first, text(", \"choices\": [\"%s\"]", first)), 422, "validation_failed");
        lead_to(ann, match_path(text_at(answer, "id")), "decline", "declined");
        answer = get(bob, "/mentorship/matches?role=mentor&status=requested");
        ck_assert_int_eq(length_at(answer, "items"), 1);
        const char *match = text_at(answer, "items[0].id");
        sql(text("UPDATE mentor.mentorship_matches SET expires_at = now() - interval '1 minute' WHERE id = '%s'",
                match));
        run_job("sweep_matches");
        ck_assert(AWAIT(20, length_at(get(cleo, "/mentorship/matches?role=mentor&status=requested"), "items") == 1));
        ck_assert_str_eq(text_at(get(dan, match_path(match)), "status"), "expired");
}
END_TEST

TEST(both_decide_what_is_for_both_to_decide)
{
        struct user ann = new_user(), bob = new_user();
        const char *mentor = registered(ann, 1);
        expect_status(patch(ann, mentor_path("me"), JSON({"trial_days" : 14})), 200);
        const char *match = requested(bob, mentor);
        lead_to(ann, match_path(match), "accept", "trial");
        lead_to(ann, match_path(match), "start", "trial");
        ck_assert_str_eq(text_at(get(bob, match_path(match)), "agreed_by"), "mentor");
        lead_to(ann, match_path(match), "start", "trial");
        lead_to(bob, match_path(match), "start", "active");
        lead_to(bob, match_path(match), "pause", "paused");
        lead_to(ann, match_path(match), "resume", "active");
        lead_to(bob, match_path(match), "complete", "active");
        lead_to(ann, match_path(match), "complete", "completed");
        ck_assert_int_eq(number_at(get(bob, mentor_path(mentor)), "free_slots"), 1);
        expect_problem(take_action(ann, match_path(match), "resume", false), 409, "illegal_transition");
        expect_problem(patch(ann, match_path(match), JSON({"planned_duration_weeks" : 8})), 409, "conflict");
}
END_TEST

TEST(a_goal_is_achieved_when_both_say_so)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob);
        struct answer answer = post(bob, match_place(match, "goals"), JSON({"title" : "A budget for a month"}));
        expect_status(answer, 201);
        const char *goal = match_place(match, text("goals/%s", text_at(answer, "id")));
        expect_problem(post(new_user(), match_place(match, "goals"), JSON({"title" : "Not mine"})), 404, "not_found");
        expect_problem(post(bob, match_place(match, "goals"), JSON({"title" : "x"})), 422, "validation_failed");
        expect_problem(patch(bob, match_place(match, "goals/" NOWHERE), JSON({"achieved" : true})), 404, "not_found");
        answer = patch(bob, goal, JSON({"achieved" : true}));
        expect_status(answer, 200);
        ck_assert_int_eq(number_at(answer, "goals_achieved"), 0);
        answer = patch(ann, goal, JSON({"achieved" : true}));
        ck_assert_int_eq(number_at(answer, "goals_achieved"), 1);
        ck_assert(has(answer, "achieved_at"));
        expect_problem(patch(ann, goal, JSON({"achieved" : true})), 409, "conflict");
        expect_problem(del(bob, goal), 409, "conflict");
        ck_assert_int_eq(events_of("mentor", "mentorship.goal.achieved", match), 1);
        answer = get(ann, match_place(match, "progress"));
        ck_assert_int_eq(number_at(answer, "goals_total"), 1);
        ck_assert_int_eq(number_at(answer, "goals_achieved"), 1);
        expect_problem(get(new_user(), match_place(match, "progress")), 404, "not_found");
}
END_TEST

static void finish(struct user ann, struct user bob, const char *match)
{
        lead_to(ann, match_path(match), "complete", "active");
        lead_to(bob, match_path(match), "complete", "completed");
}

TEST(reviews_are_sealed_until_both_have_spoken)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *mentor = text_at(get(ann, mentor_path("me")), "id");
        const char *reviews = mentor_place(mentor, "reviews"), *place = match_place(match, "review");
        expect_problem(post(bob, place, JSON({"rating" : 5})), 409, "conflict");
        finish(ann, bob, match);
        struct answer answer =
                post(bob, place, JSON({"rating" : 5, "text" : "Patient.", "private_note" : "Late once."}));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "sealed");
        expect_problem(post(bob, place, JSON({"rating" : 1})), 409, "already_exists");
        expect_problem(post(bob, place, JSON({"rating" : 6})), 422, "validation_failed");
        expect_problem(post(new_user(), place, JSON({"rating" : 1})), 404, "not_found");
        ck_assert_int_eq(length_at(get(bob, reviews), "items"), 0);
        ck_assert(!dump_has(sql_dump("mentor"), "Late once"));
        expect_status(post(ann, place, JSON({"rating" : 4})), 201);
        answer = get(new_user(), reviews);
        ck_assert_int_eq(length_at(answer, "items"), 1);
        ck_assert_int_eq(number_at(answer, "items[0].rating"), 5);
        ck_assert_int_eq(strlen(text_at(answer, "items[0].month")), 7);
        answer = get(bob, mentor_path(mentor));
        ck_assert_int_eq(number_at(answer, "total_reviews"), 1);
        ck_assert(number_at(answer, "mentor_rating") > 3);
        ck_assert(lists(get(bob, "/mentorship/mentors?min_rating=3&sort=rating&limit=50"), mentor));
        ck_assert_int_eq(events_of("mentor", "mentorship.review.revealed", mentor), 1);
}
END_TEST

TEST(a_review_that_waits_alone_is_revealed_after_two_weeks)
{
        struct user ann = new_user(), bob = new_user();
        const char *match = matched(ann, bob), *mentor = text_at(get(ann, mentor_path("me")), "id");
        lead_to(bob, match_path(match), "end", "ended");
        expect_status(post(bob, match_place(match, "review"), JSON({"rating" : 2})), 201);
        sql(text("UPDATE mentor.mentor_reviews SET created_at = now() - interval '15 days' WHERE match_id = '%s'",
                match));
        run_job("reveal_reviews");
        ck_assert(AWAIT(20, number_at(get(bob, mentor_path(mentor)), "total_reviews") == 1));
        sql(text("UPDATE mentor.mentorship_matches SET over_at = now() - interval '15 days' WHERE id = '%s'", match));
        expect_problem(post(ann, match_place(match, "review"), JSON({"rating" : 2})), 409, "conflict");
}
END_TEST

TEST(in_an_anonymous_match_nobody_is_named)
{
        struct member ann = new_member(), bob = new_member();
        expect_status(patch(bob.user, "/profile", JSON({"display_name" : "Bob Nameless"})), 200);
        expect_status(patch(ann.user, "/profile", JSON({"display_name" : "Ann Unnamed"})), 200);
        const char *mentor = registered(ann.user, 1);
        struct answer answer = ask_mentor(bob.user, mentor, ", \"mentorship_type\": \"anonymous\"");
        expect_status(answer, 201);
        ck_assert_int_eq(number_at(answer, "identity_level"), 0);
        const char *match = text_at(answer, "id");
        lead_to(ann.user, match_path(match), "accept", "active");
        const char *session = booked(bob.user, match, 30);
        const char *const paths[] = {
                match_path(match), "/mentorship/matches", session_path(session), "/mentorship/sessions"};
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                answer = get(ann.user, paths[i]);
                ck_assert_msg(strstr(answer.body, "Nameless") == NULL, "%s", answer.body);
                ck_assert_ptr_null(strstr(answer.body, bob.profile_id));
                ck_assert_ptr_null(strstr(answer.body, bob.user.id));
                answer = get(bob.user, paths[i]);
                ck_assert_ptr_null(strstr(answer.body, "Unnamed"));
                ck_assert_ptr_null(strstr(answer.body, ann.user.id));
        }
        ck_assert_str_eq(text_at(get(ann.user, match_path(match)), "mentee.kind"), "pseudonym");
        ck_assert_int_eq(
                sql_number(text(
                        "SELECT count(*) FROM mentor.outbox WHERE subject = '%s' AND type LIKE '%%match.requested%%'"
                        " AND position('%s'::bytea IN data) > 0",
                        match, bob.user.id)),
                0);
}
END_TEST

TEST(a_block_ends_what_the_two_have)
{
        struct member ann = new_member(), bob = new_member();
        const char *match = matched(ann.user, bob.user), *mentor = text_at(get(ann.user, mentor_path("me")), "id");
        const char *session = booked(bob.user, match, 30);
        expect_status(relate(bob.user, ann, JSON({"blocked" : true})), 200);
        ck_assert(AWAIT(20, strcmp(text_at(get(ann.user, match_path(match)), "status"), "ended") == 0));
        ck_assert_str_eq(text_at(get(ann.user, session_path(session)), "status"), "cancelled");
        ck_assert(AWAIT(20, get(bob.user, mentor_path(mentor)).status == 404));
        expect_problem(ask_mentor(bob.user, mentor, ""), 404, "not_found");
        ck_assert_int_eq(number_at(get(ann.user, mentor_path("me")), "free_slots"), 3);
}
END_TEST

static void erase(struct user who)
{
        struct answer answer = del(who, "/profile?confirm=true&cooling_off=false");
        expect_status(answer, 202);
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert_msg(AWAIT(30, strcmp(text_at(get(who, job), "state"), "completed") == 0), "%s", get(who, job).body);
}

TEST(who_is_erased_leaves_their_matches)
{
        struct member ann = new_member(), bob = new_member();
        const char *match = matched(ann.user, bob.user);
        booked(bob.user, match, 30);
        expect_status(put(bob.user, "/mentorship/mentee-profile", JSON({"focus_areas" : ["debt"]})), 200);
        erase(bob.user);
        struct answer answer = get(ann.user, match_path(match));
        ck_assert_str_eq(text_at(answer, "status"), "ended");
        ck_assert_str_eq(text_at(answer, "mentee.kind"), "deleted");
        ck_assert(!dump_has(sql_dump_beside_events("mentor"), bob.user.id));
        ck_assert_int_eq(number_at(get(ann.user, mentor_path("me")), "free_slots"), 3);
        const char *mentor = text_at(get(ann.user, mentor_path("me")), "id");
        erase(ann.user);
        expect_problem(get(new_user(), mentor_path(mentor)), 404, "not_found");
        ck_assert(!dump_has(sql_dump_beside_events("mentor"), ann.user.id));
}
END_TEST

TEST(places_can_be_counted_again)
{
        struct user ann = new_user();
        matched(ann, new_user());
        const char *mentor = text_at(get(ann, mentor_path("me")), "id");
        sql(text("UPDATE mentor.mentor_profiles SET live_matches = 3 WHERE id = '%s'", mentor));
        struct user ops = new_user_as("ops");
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=mentor.live_matches"), "drifted"), 1);
        expect_status(post(ops, "/status/consistency", JSON({"scope" : "mentor", "repair" : true})), 200);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=mentor"), "drifted"), 0);
        ck_assert_int_eq(number_at(get(ann, mentor_path("me")), "free_slots"), 2);
}
END_TEST

TEST(a_mentor_with_a_profile_is_asked_only_where_they_allow_it)
{
        struct member ann = new_member();
        const char *mentor = registered(ann.user, 2);
        expect_status(set_privacy(ann.user, JSON({"accept_mentor_requests" : false})), 200);
        expect_problem(ask_mentor(new_user(), mentor, ""), 409, "conflict");
        expect_status(set_privacy(ann.user, JSON({"accept_mentor_requests" : true})), 200);
        expect_status(ask_mentor(new_user(), mentor, ""), 201);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/match", NO_FORK, T(a_request_is_between_two), T(the_last_place_is_given_once),
        T(a_mentee_is_taken_by_one_of_those_they_asked), T(the_next_choice_is_asked_by_itself),
        T(both_decide_what_is_for_both_to_decide), T(a_goal_is_achieved_when_both_say_so),
        T(reviews_are_sealed_until_both_have_spoken), T(a_review_that_waits_alone_is_revealed_after_two_weeks),
        T(in_an_anonymous_match_nobody_is_named), T(a_block_ends_what_the_two_have),
        T(who_is_erased_leaves_their_matches), T(places_can_be_counted_again),
        T(a_mentor_with_a_profile_is_asked_only_where_they_allow_it))
