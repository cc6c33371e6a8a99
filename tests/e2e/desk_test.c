/* SPDX-License-Identifier: Apache-2.0 */
/* The review desk: from a report to a ruling, from a ruling to its reversal; who may do what; and that nobody learns
 * who was behind it. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/twins.h"

#include <string.h>

static const char UNKNOWN[] = "00000000-0000-4000-8000-000000000000";

static const char *report_of(const char *id)
{
        return text("/moderation/reports/%s", id);
}

static const char *action_path(const char *id)
{
        return text("/moderation/actions/%s", id);
}

static bool is_seen(const char *share)
{
        return get(new_user(), path_of(share)).status == 200;
}

TEST(a_report_opens_a_case_that_its_reporter_can_follow)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A questionable boat");
        const char *report = reported(bob, "goal_share", share, "spam");
        struct answer own = get(bob, report_of(report));
        ck_assert_str_eq(text_at(own, "state"), "linked");
        ck_assert_str_eq(text_at(own, "details"), "see for yourself");
        ck_assert(!has(own, "case_ref"));
        expect_problem(get(ann, report_of(report)), 404, "not_found");
        const char *id = case_of(mod, "goal_share", share);
        struct answer whole = get(mod, case_path(id, ""));
        ck_assert_str_eq(text_at(whole, "texts[0]"), "A questionable boat");
        ck_assert_str_eq(text_at(whole, "evidence[0].details"), "see for yourself");
        ck_assert_str_eq(text_at(whole, "author.kind"), "pseudonym");
        ck_assert_ptr_null(strstr(whole.body, ann.id));
        ck_assert_ptr_null(strstr(whole.body, bob.id));
        ck_assert(!dump_has(sql_dump("moderation"), "see for yourself"));
}
END_TEST

TEST(reports_of_one_thing_are_one_case)
{
        struct user ann = new_user(), bob = new_user(), carl = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        reported(carl, "goal_share", share, "harassment");
        const char *id = case_of(mod, "goal_share", share);
        struct answer whole = get(mod, case_path(id, ""));
        ck_assert_int_eq((int)number_at(whole, "reports_count"), 2);
        ck_assert_int_eq(length_at(whole, "evidence"), 2);
}
END_TEST

TEST(one_reports_a_thing_once_for_a_reason_and_never_ones_own)
{
        struct user ann = new_user(), bob = new_user();
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        const char *body =
                text("{\"object_type\": \"goal_share\", \"object_id\": \"%s\", \"reason\": \"spam\"}", share);
        expect_problem(post(bob, "/moderation/reports", body), 409, "already_exists");
        struct answer own = post(ann, "/moderation/reports", body);
        expect_problem(own, 422, "validation_failed");
        ck_assert_str_eq(text_at(own, "errors[0].field"), "object_id");
}
END_TEST

TEST(what_is_not_there_cannot_be_reported)
{
        struct user bob = new_user();
        expect_problem(post(bob, "/moderation/reports",
                               text("{\"object_type\": \"goal_share\", \"object_id\": \"%s\", \"reason\": \"spam\"}",
                                       UNKNOWN)),
                404, "not_found");
        struct user ann = new_user();
        const char *draft = drafted(ann, "Not for you");
        expect_problem(
                post(bob, "/moderation/reports",
                        text("{\"object_type\": \"goal_share\", \"object_id\": \"%s\", \"reason\": \"spam\"}", draft)),
                404, "not_found");
}
END_TEST

TEST(twenty_reports_a_day_are_the_most)
{
        struct user bob = new_user();
        for (int i = 0; i < 20; i++)
                reported(bob, "goal_share", shared(new_user(), "A boat"), "spam");
        expect_problem(post(bob, "/moderation/reports",
                               text("{\"object_type\": \"goal_share\", \"object_id\": \"%s\", \"reason\": \"spam\"}",
                                       shared(new_user(), "A boat"))),
                429, "limit_reached");
}
END_TEST

TEST(a_report_can_be_taken_back_until_it_is_ruled_on)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        const char *report = reported(bob, "goal_share", share, "spam");
        expect_status(del(bob, report_of(report)), 200);
        ck_assert_str_eq(text_at(get(bob, report_of(report)), "state"), "withdrawn");
        expect_problem(del(bob, report_of(report)), 409, "illegal_transition");
        ck_assert_int_eq(
                (int)number_at(get(mod, case_path(case_of(mod, "goal_share", share), "")), "reports_count"), 0);
}
END_TEST

TEST(a_removal_takes_the_thing_away_and_an_appeal_brings_it_back)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *share = shared(ann, "A boat that offends");
        const char *report = reported(bob, "goal_share", share, "harassment");
        const char *action = ruled(mod, case_of(mod, "goal_share", share), "remove", "");
        ck_assert_msg(AWAIT(30, !is_seen(share)), "it is still there");
        ck_assert_msg(AWAIT(30, strcmp(text_at(get(bob, report_of(report)), "state"), "upheld") == 0), "no outcome");

        struct answer statement = get(ann, action_path(action));
        ck_assert_str_eq(text_at(statement, "reason"), "It breaks rule number one.");
        ck_assert_str_eq(text_at(statement, "rule_id"), "be_kind");
        ck_assert(is_true_at(statement, "can_appeal"));
        ck_assert(!has(statement, "case_id") && !has(statement, "reported"));
        ck_assert_ptr_null(strstr(statement.body, mod.id));
        expect_problem(get(bob, action_path(action)), 404, "not_found");

        const char *appeal = appealed(ann, action);
        expect_problem(step_appeal(mod, appeal, "claim"), 403, "forbidden");
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, is_seen(share)), "it does not come back");
        struct answer decided = get(ann, text("/moderation/appeals/%s", appeal));
        ck_assert_str_eq(text_at(decided, "state"), "granted");
        ck_assert_str_eq(text_at(decided, "decision_text"), "We have looked at it with care.");
        ck_assert(is_true_at(get(ann, action_path(action)), "is_reversed"));
}
END_TEST

TEST(a_hidden_thing_comes_back_when_the_appeal_is_granted)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *share = shared(ann, "A boat to hide");
        reported(bob, "goal_share", share, "spam");
        const char *action = ruled(mod, case_of(mod, "goal_share", share), "hide", "");
        ck_assert_msg(AWAIT(30, !is_seen(share)), "it is still there");
        const char *appeal = appealed(ann, action);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant_partly"), 200);
        ck_assert_msg(AWAIT(30, is_seen(share)), "it does not come back");
        struct answer mine = get(ann, "/moderation/actions");
        ck_assert_str_eq(text_at(mine, "items[0].action_taken"), "warn");
}
END_TEST

TEST(an_appeal_is_made_once_by_whom_it_concerns)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        const char *action = ruled(mod, case_of(mod, "goal_share", share), "hide", "");
        const char *body = text("{\"action_id\": \"%s\", \"statement\": \"I would like to object to it.\"}", action);
        expect_problem(post(ann, "/moderation/appeals", body), 422, "validation_failed");
        expect_problem(post_once(bob, "/moderation/appeals", body), 404, "not_found");
        appealed(ann, action);
        expect_problem(post_once(ann, "/moderation/appeals", body), 409, "already_exists");
}
END_TEST

TEST(question_and_answer_go_both_ways)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        const char *appeal = appealed(ann, ruled(mod, case_of(mod, "goal_share", share), "warn", ""));
        const char *path = text("/moderation/appeals/%s", appeal);
        expect_problem(patch(ann, path, JSON({"message" : "One more thing."})), 428, "version_required");
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "ask"), 200);
        expect_problem(step_appeal(other, appeal, "deny"), 409, "illegal_transition");
        expect_status(step_appeal(ann, appeal, "answer"), 200);
        struct answer whole = get(ann, path);
        ck_assert_int_eq(length_at(whole, "messages"), 2);
        ck_assert_str_eq(text_at(whole, "messages[0].by"), "moderator");
        ck_assert_str_eq(text_at(whole, "messages[1].by"), "affected");
        expect_status(step_appeal(other, appeal, "deny"), 200);
        ck_assert_str_eq(text_at(get(ann, path), "state"), "denied");
}
END_TEST

TEST(a_sanction_stops_writes_until_it_is_lifted)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "harassment");
        const char *id = case_of(mod, "goal_share", share);
        expect_status(step_case(mod, id, "claim"), 200);
        struct answer without = post(
                mod, case_path(id, "/actions"), JSON({"action_taken" : "limit", "reason" : "Too much for one day."}));
        expect_problem(without, 422, "validation_failed");
        ck_assert_str_eq(text_at(without, "errors[0].field"), "duration_s");
        expect_status(step_case(mod, id, "release"), 200);
        const char *action = ruled(mod, id, "limit", ", \"duration_s\": 3600");
        const char *goal = JSON({"goal_category" : "home", "goal_title" : "Another boat"});
        ck_assert_msg(AWAIT(30, post(ann, "/goal-sharing/", goal).status == 403), "writes go on");
        expect_problem(post(ann, "/goal-sharing/", goal), 403, "sanctioned");
        expect_status(get(ann, "/goal-sharing/"), 200);
        const char *appeal = appealed(ann, action);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, post(ann, "/goal-sharing/", goal).status == 201), "it is not lifted");
}
END_TEST

TEST(a_dry_run_of_a_ruling_says_what_would_follow)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        const char *id = case_of(mod, "goal_share", share);
        const char *body = JSON({
                "action_taken" : "remove",
                "reason" : "It breaks rule number one.",
                "rule_id" : "be_kind",
                "dry_run" : true
        });
        expect_problem(post(mod, case_path(id, "/actions"), body), 409, "illegal_transition");
        expect_status(step_case(mod, id, "claim"), 200);
        struct answer answer = post(mod, case_path(id, "/actions"), body);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "effects[0]"), "content_is_removed");
        ck_assert_str_eq(text_at(get(mod, case_path(id, "")), "state"), "claimed");
        ck_assert(is_seen(share));
        expect_status(step_case(mod, id, "release"), 200);
}
END_TEST

TEST(nobody_rules_on_what_they_reported)
{
        struct user ann = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(mod, "goal_share", share, "spam");
        const char *id = case_of(mod, "goal_share", share);
        expect_problem(get(mod, case_path(id, "/transitions")), 403, "forbidden");
}
END_TEST

TEST(the_desk_is_for_moderators)
{
        struct user ann = new_user();
        expect_problem(get(ann, "/moderation/queue"), 403, "forbidden");
        expect_problem(post(ann, "/moderation/queue/claims", "{}"), 403, "forbidden");
        expect_problem(get(ann, case_path(UNKNOWN, "")), 403, "forbidden");
        expect_problem(get(new_user_as("mod"), case_path(UNKNOWN, "")), 404, "not_found");
}
END_TEST

TEST(of_many_who_claim_a_case_one_gets_it)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *share = shared(ann, "A boat");
        reported(bob, "goal_share", share, "spam");
        const char *id = case_of(mod, "goal_share", share);
        struct request requests[8];
        int statuses[8];
        for (int i = 0; i < 8; i++) {
                const char *body = JSON({"action" : "claim", "expected_version" : 1});
                requests[i] = (struct request){.verb = "POST",
                        .path = case_path(id, "/transitions"),
                        .user = new_user_as("mod"),
                        .body = body,
                        .size = strlen(body)};
        }
        ask_at_once(8, requests, statuses);
        ck_assert_int_eq(count_status(8, statuses, 200), 1);
}
END_TEST

TEST(what_a_machine_holds_waits_for_a_person)
{
        struct user ann = new_user(), mod = new_user_as("mod");
        struct answer answer = post(ann, "/goal-sharing/",
                JSON({"goal_category" : "other", "goal_title" : "You are a worthless idiot and everybody hates you"}));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        const char *share = text_at(answer, "id");
        const char *id = case_of(mod, "goal_share", share);
        ck_assert(is_true_at(get(mod, case_path(id, "")), "is_held"));
        ruled(mod, id, "none", "");
        ck_assert_msg(AWAIT(30, is_seen(share)), "it is not let through");
}
END_TEST

TEST(what_is_held_anew_is_what_is_ruled_on)
{
        struct user ann = new_user(), mod = new_user_as("mod");
        struct answer answer = post(ann, "/goal-sharing/",
                JSON({"goal_category" : "other", "goal_title" : "You are a worthless idiot and everybody hates you"}));
        expect_status(answer, 201);
        const char *share = text_at(answer, "id");
        const char *id = case_of(mod, "goal_share", share);
        expect_status(
                patch(ann, path_of(share), JSON({"goal_title" : "You are a pathetic worthless idiot, all hate you"})),
                200);
        ck_assert_msg(AWAIT(30, strstr(text_at(get(mod, case_path(id, "")), "texts[0]"), "pathetic") != NULL),
                "the case shows the old text");
        ruled(mod, id, "remove", "");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/desk", NO_FORK, T(a_report_opens_a_case_that_its_reporter_can_follow),
        T(reports_of_one_thing_are_one_case), T(one_reports_a_thing_once_for_a_reason_and_never_ones_own),
        T(what_is_not_there_cannot_be_reported), T(twenty_reports_a_day_are_the_most),
        T(a_report_can_be_taken_back_until_it_is_ruled_on),
        T(a_removal_takes_the_thing_away_and_an_appeal_brings_it_back),
        T(a_hidden_thing_comes_back_when_the_appeal_is_granted), T(an_appeal_is_made_once_by_whom_it_concerns),
        T(question_and_answer_go_both_ways), T(a_sanction_stops_writes_until_it_is_lifted),
        T(a_dry_run_of_a_ruling_says_what_would_follow), T(nobody_rules_on_what_they_reported),
        T(the_desk_is_for_moderators), T(of_many_who_claim_a_case_one_gets_it),
        T(what_a_machine_holds_waits_for_a_person), T(what_is_held_anew_is_what_is_ruled_on))
