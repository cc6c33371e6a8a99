/* SPDX-License-Identifier: Apache-2.0 */
/* Mentors are found, and have hours. */
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"

TEST(a_mentor_is_registered_once_and_found)
{
        struct user ann = new_user(), bob = new_user();
        const char *mentor = registered(ann, 2);
        struct answer answer = get(bob, mentor_path(mentor));
        expect_status(answer, 200);
        ck_assert_int_eq(number_at(answer, "free_slots"), 2);
        ck_assert(is_true_at(answer, "is_available"));
        ck_assert(!is_true_at(answer, "is_verified_mentor"));
        ck_assert(!has(answer, "status"));
        ck_assert(!has(answer, "mentor_rating"));
        ck_assert_ptr_null(strstr(answer.body, ann.id));
        ck_assert_str_eq(text_at(get(ann, mentor_path("me")), "status"), "listed");
        ck_assert(lists(get(bob, "/mentorship/mentors?expertise=budget&language=en&limit=50"), mentor));
        ck_assert(!lists(get(bob, "/mentorship/mentors?expertise=stocks&limit=50"), mentor));
        ck_assert(!lists(get(bob, "/mentorship/mentors?verified=true&limit=50"), mentor));
        ck_assert(lists(get(bob, "/mentorship/mentors?max_price=0&limit=50"), mentor));
        expect_problem(post(ann, "/mentorship/mentors", JSON({"expertise_areas" : ["debt"]})), 409, "already_exists");
        expect_problem(get(bob, mentor_path("me")), 404, "not_found");
        expect_problem(get(bob, mentor_path(NOWHERE)), 404, "not_found");
        expect_problem(get(bob, mentor_path("nobody")), 422, "validation_failed");
        ck_assert_int_eq(events_of("mentor", "mentorship.mentor.registered", mentor), 1);
}
END_TEST

TEST(what_a_mentor_must_not_be_is_said_by_field)
{
        static const struct {
                const char *body, *field;
        } bad[] = {
                {"{}", "expertise_areas"},
                {"{\"expertise_areas\": [\"Not a slug\"]}", "expertise_areas[0]"},
                {"{\"expertise_areas\": [\"debt\"], \"max_mentees\": 0}", "max_mentees"},
                {"{\"expertise_areas\": [\"debt\"], \"hourly_rate\": -1}", "hourly_rate"},
                {"{\"expertise_areas\": [\"debt\"], \"currency\": \"dollar\"}", "currency"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = post(new_user(), "/mentorship/mentors", bad[i].body);
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), bad[i].field);
        }
}
END_TEST

TEST(only_the_mentor_changes_a_profile_and_only_an_admin_verifies)
{
        struct user ann = new_user(), bob = new_user(), admin = new_user_as("admin");
        const char *mentor = registered(ann, 2);
        expect_problem(patch(bob, mentor_path(mentor), JSON({"hourly_rate" : 5})), 403, "forbidden");
        expect_problem(patch(ann, mentor_path("me"), JSON({"is_verified_mentor" : true})), 403, "forbidden");
        struct answer answer = patch(ann, mentor_path("me"), JSON({"hourly_rate" : 5000, "is_available" : false}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "unlisted");
        expect_problem(get(bob, mentor_path(mentor)), 404, "not_found");
        expect_problem(ask_mentor(bob, mentor, ""), 409, "conflict");
        expect_status(patch(ann, mentor_path("me"), JSON({"is_available" : true})), 200);
        expect_status(patch(admin, mentor_path(mentor), JSON({"is_verified_mentor" : true})), 200);
        ck_assert(is_true_at(get(bob, mentor_path(mentor)), "is_verified_mentor"));
        expect_problem(del(bob, mentor_path(mentor)), 403, "forbidden");
        expect_status(del(ann, mentor_path("me")), 204);
        expect_problem(get(bob, mentor_path(mentor)), 404, "not_found");
        expect_status(post(ann, "/mentorship/mentors", JSON({"expertise_areas" : ["debt"]})), 201);
        ck_assert_str_eq(text_at(get(ann, mentor_path("me")), "id"), mentor);
}
END_TEST

static int count_slots(struct user who, const char *mentor, const char *day, const char *next)
{
        struct answer answer =
                get(who, text("/mentorship/mentors/%s/slots?from=%sT00:00:00Z&to=%sT12:00:00Z", mentor, day, next));
        expect_status(answer, 200);
        return length_at(answer, "items");
}

TEST(hours_follow_the_wall_through_a_change_of_clocks)
{
        struct user ann = new_user(), bob = new_user();
        const char *mentor = registered(ann, 1);
        const char *sunday =
                "{\"time_zone\": \"%s\", \"min_notice_hours\": 0, \"weekly\": [{\"day\": 7, \"start\": \"01:00\","
                " \"end\": \"05:00\"}], \"overrides\": [{\"on_date\": \"2037-04-12\"}, {\"on_date\": \"2037-04-13\","
                " \"start\": \"10:00\", \"end\": \"11:00\"}]}";
        expect_status(put(ann, "/mentorship/mentors/me/availability", text(sunday, "Europe/Berlin")), 200);
        ck_assert_int_eq(count_slots(bob, mentor, "2037-03-21", "2037-03-22"), 4);
        ck_assert_int_eq(count_slots(bob, mentor, "2037-03-28", "2037-03-29"), 3); /* an hour is left out */
        ck_assert_int_eq(count_slots(bob, mentor, "2037-10-24", "2037-10-25"), 5); /* an hour comes twice */
        ck_assert_int_eq(count_slots(bob, mentor, "2037-04-11", "2037-04-12"), 0); /* a day off */
        ck_assert_int_eq(count_slots(bob, mentor, "2037-04-13", "2037-04-13"), 1); /* a day that differs */
        struct answer answer =
                get(bob, text("/mentorship/mentors/%s/slots?from=2037-03-28T00:00:00Z&to=2037-03-30T00:00:00Z"
                              "&time_zone=Europe/Berlin",
                                 mentor));
        ck_assert_str_eq(text_at(answer, "items[0].start"), "2037-03-29T00:00:00Z");
        ck_assert_str_eq(text_at(answer, "items[0].local_start"), "2037-03-29T01:00:00");
        ck_assert_str_eq(text_at(answer, "items[1].local_start"), "2037-03-29T03:00:00");
        expect_status(put(ann, "/mentorship/mentors/me/availability", text(sunday, "America/New_York")), 200);
        ck_assert_int_eq(count_slots(bob, mentor, "2037-03-07", "2037-03-08"), 3);
        ck_assert_int_eq(count_slots(bob, mentor, "2037-10-31", "2037-11-01"), 4); /* 01:00 comes twice: the later */
        expect_status(put(ann, "/mentorship/mentors/me/availability", text(sunday, "Asia/Kolkata")), 200);
        ck_assert_int_eq(count_slots(bob, mentor, "2037-03-28", "2037-03-29"), 4);
}
END_TEST

TEST(hours_that_are_none_are_refused)
{
        struct user ann = new_user();
        registered(ann, 1);
        static const char *const bad[] = {
                "{\"time_zone\": \"Mars/Olympus\"}",
                "{\"time_zone\": \"UTC\", \"weekly\": [{\"day\": 8, \"start\": \"01:00\", \"end\": \"05:00\"}]}",
                "{\"time_zone\": \"UTC\", \"weekly\": [{\"day\": 1, \"start\": \"1:000\", \"end\": \"05:00\"}]}",
                "{\"time_zone\": \"UTC\", \"weekly\": [{\"day\": 1, \"start\": \"05:00\", \"end\": \"05:00\"}]}",
                "{\"time_zone\": \"UTC\", \"overrides\": [{\"on_date\": \"2037-01-01\", \"start\": \"05:00\"}]}",
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_problem(put(ann, "/mentorship/mentors/me/availability", bad[i]), 422, "validation_failed");
        expect_problem(get(new_user(), "/mentorship/mentors/me/availability"), 404, "not_found");
        ck_assert_int_eq(length_at(get(ann, "/mentorship/mentors/me/availability"), "weekly"), 7);
}
END_TEST

TEST(recommendations_show_what_they_are_made_of)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user();
        const char *tag = text("tag-%.8s", ann.id);
        struct answer answer = post(ann, "/mentorship/mentors",
                text("{\"expertise_areas\": [\"%s\"], \"languages\": [\"xx-%.4s\"]}", tag, ann.id));
        expect_status(answer, 201);
        const char *mentor = text_at(answer, "id");
        expect_status(post(bob, "/mentorship/mentors", text("{\"expertise_areas\": [\"%s\", \"other\"]}", tag)), 201);
        answer = put(cleo, "/mentorship/mentee-profile",
                text("{\"focus_areas\": [\"%s\"], \"languages\": [\"xx-%.4s\"], \"top_criterion\": \"language\","
                     " \"must_have\": [\"expertise\", \"language\"]}",
                        tag, ann.id));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "anonymous_level"), "none");
        answer = get(cleo, "/mentorship/recommendations");
        expect_status(answer, 200);
        ck_assert_int_eq(length_at(answer, "items"), 1);
        ck_assert_str_eq(text_at(answer, "items[0].mentor.id"), mentor);
        ck_assert_int_eq(length_at(answer, "items[0].breakdown"), 6);
        ck_assert_str_eq(text_at(answer, "items[0].breakdown[0].criterion"), "expertise");
        ck_assert(number_at(answer, "items[0].breakdown[0].value") == 1);
        /* all of expertise, language (the top), style, capacity; nothing of goal fit and schedule */
        ck_assert(number_at(answer, "items[0].compatibility_score") > 67);
        ck_assert(number_at(answer, "items[0].compatibility_score") < 68);
        expect_problem(
                put(cleo, "/mentorship/mentee-profile", JSON({"top_criterion" : "beauty"})), 422, "validation_failed");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/mentor", NO_FORK, T(a_mentor_is_registered_once_and_found),
        T(what_a_mentor_must_not_be_is_said_by_field), T(only_the_mentor_changes_a_profile_and_only_an_admin_verifies),
        T(hours_follow_the_wall_through_a_change_of_clocks), T(hours_that_are_none_are_refused),
        T(recommendations_show_what_they_are_made_of))
