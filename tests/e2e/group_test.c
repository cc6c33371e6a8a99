/* SPDX-License-Identifier: Apache-2.0 */
/* A group is founded, joined, run and ended. */
#include "svc-groups/policy.h"
#include "tests/e2e/database.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/twins.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"

static const char *const json_headers[] = {"Content-Type: application/json", NULL};

static const char *participation(const char *group, const char *part)
{
        return text("/groups/%s/participants/%s", group, part);
}

TEST(a_founder_runs_a_draft_that_nobody_else_sees)
{
        struct user ann = new_user();
        const char *group = founded(ann, "open");
        struct answer answer = get(ann, group_path(group));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "draft");
        ck_assert_str_eq(text_at(answer, "currency"), "USD");
        ck_assert_str_eq(text_at(answer, "my_participation.role"), "gadmin");
        ck_assert_int_eq(number_at(answer, "total_participants"), 1);
        ck_assert(has(answer, "invite_token"));
        ck_assert(!has(answer, "created_by.user_id"));
        ck_assert_ptr_null(strstr(answer.body, ann.id));
        expect_problem(get(new_user(), group_path(group)), 404, "not_found");
        expect_problem(get(ann, group_path(NOWHERE)), 404, "not_found");
        ck_assert(lists(get(ann, "/groups/?mine=true"), group));
        ck_assert(!lists(get(new_user(), "/groups/?limit=50"), group));
}
END_TEST

TEST(what_a_group_must_not_be_is_said_by_field)
{
        static const struct {
                const char *body, *field;
        } bad[] = {
                {"{\"goal_type\": \"home\", \"target_amount\": 5}", "title"},
                {"{\"title\": \"A boat\", \"goal_type\": \"yacht\", \"target_amount\": 5}", "goal_type"},
                {"{\"title\": \"A boat\", \"goal_type\": \"home\", \"target_amount\": 0}", "target_amount"},
                {"{\"title\": \"A boat\", \"goal_type\": \"home\", \"target_amount\": 1.5}", "target_amount"},
                {"{\"title\": \"A boat\", \"goal_type\": \"home\", \"target_amount\": 5, \"target_date\": \"2001-01-01\"}",
                        "target_date"},
                {"{\"title\": \"A boat\", \"goal_type\": \"home\", \"target_amount\": 5, \"max_participants\": 101}",
                        "max_participants"},
                {"{\"title\": \"A boat\", \"goal_type\": \"home\", \"target_amount\": 5,"
                 " \"contribution_plan\": {\"model\": \"round_robin\"}}",
                        "contribution_plan.amount"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = post(new_user(), "/groups/", bad[i].body);
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), bad[i].field);
        }
}
END_TEST

TEST(an_open_group_is_found_and_joined_once)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = founded(ann, "open");
        lead_to(ann, group_path(group), "open", "open");
        ck_assert(lists(get(bob, "/groups/?limit=50&goal_type=other"), group));
        struct answer answer = post(bob, group_place(group, "participants"), JSON({"personal_target" : 5000}));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "state"), "active");
        ck_assert(is_true_at(answer, "is_approved"));
        expect_problem(post(bob, group_place(group, "participants"), "{}"), 409, "already_exists");
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "total_participants"), 2);
        ck_assert_int_eq(length_at(get(bob, group_place(group, "participants")), "items"), 2);
        expect_problem(get(new_user(), group_place(group, "participants")), 403, "forbidden");
        ck_assert_int_eq(events_of("groups", "groups.participant.joined", group), 1);
}
END_TEST

TEST(a_request_waits_for_a_gadmin)
{
        struct user ann = new_user(), bob = new_user(), cleo = new_user();
        const char *group = founded(ann, "request");
        lead_to(ann, group_path(group), "open", "open");
        const char *part = joined(bob, group);
        ck_assert_str_eq(state_at(bob, participation(group, part)), "requested");
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "total_participants"), 1);
        expect_problem(patch(bob, participation(group, part), JSON({"is_approved" : true})), 403, "forbidden");
        expect_problem(take_action(bob, participation(group, part), "approve", false), 409, "illegal_transition");
        struct answer answer =
                patch(ann, participation(group, part), JSON({"is_approved" : true, "role" : "treasurer"}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), "active");
        ck_assert_str_eq(text_at(answer, "role"), "treasurer");
        const char *other = joined(cleo, group);
        lead_to(ann, participation(group, other), "decline", "declined");
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "total_participants"), 2);
}
END_TEST

TEST(a_private_group_opens_to_its_token_alone)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = founded(ann, "private");
        lead_to(ann, group_path(group), "open", "open");
        expect_problem(get(bob, group_path(group)), 404, "not_found");
        expect_problem(post(bob, group_place(group, "participants"), "{}"), 404, "not_found");
        expect_problem(
                post(bob, group_place(group, "participants"), "{\"invite_token\": \"" NOWHERE "\"}"), 404, "not_found");
        const char *token = text_at(get(ann, group_path(group)), "invite_token");
        expect_status(post(bob, group_place(group, "participants"), text("{\"invite_token\": \"%s\"}", token)), 201);
        struct answer answer = get(bob, group_path(group));
        expect_status(answer, 200);
        ck_assert(!has(answer, "invite_token"));
}
END_TEST

TEST(a_member_does_not_run_the_group)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        expect_problem(patch(bob, group_path(group), JSON({"title" : "Mine now"})), 403, "forbidden");
        expect_problem(del(bob, group_path(group)), 403, "forbidden");
        expect_problem(take_action(bob, group_path(group), "cancel", false), 409, "illegal_transition");
        expect_problem(del(ann, group_path(group)), 409, "conflict");
        expect_problem(get(new_user(), text("%s/transitions", group_path(group))), 403, "forbidden");
}
END_TEST

TEST(a_gadmin_changes_words_and_target)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        struct answer answer = patch(
                ann, group_path(group), JSON({"title" : "A boat, ask jo.doe@example.com", "target_amount" : 200000}));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "title"), "A boat, ask [email 1]");
        ck_assert_int_eq(length_at(answer, "notices"), 1);
        ck_assert_int_eq(number_at(answer, "target_amount"), 200000);
        ck_assert(!dump_has(sql_dump("groups"), "jo.doe"));
        expect_status(pay(bob, group, 5000), 201);
        expect_problem(patch(ann, group_path(group), JSON({"target_amount" : 4000})), 422, "validation_failed");
        expect_problem(patch(ann, group_path(group), JSON({"max_participants" : 1})), 422, "validation_failed");
}
END_TEST

TEST(a_draft_is_deleted_whole)
{
        struct user ann = new_user();
        const char *group = founded(ann, "open");
        expect_status(del(ann, group_path(group)), 204);
        expect_problem(get(ann, group_path(group)), 404, "not_found");
        ck_assert(!dump_has(sql_dump_beside_events("groups"), group));
}
END_TEST

TEST(an_illegal_action_says_what_is_allowed)
{
        struct user ann = new_user();
        const char *group = founded(ann, "open");
        struct answer answer = take_action(ann, group_path(group), "activate", false);
        expect_problem(answer, 409, "illegal_transition");
        ck_assert_str_eq(text_at(answer, "allowed[0]"), "open");
        lead_to(ann, group_path(group), "open", "open");
        expect_problem(take_action(ann, group_path(group), "activate", false), 409, "illegal_transition");
        expect_problem(post(ann, text("%s/transitions", group_path(group)),
                               JSON({"action" : "cancel", "expected_version" : 9})),
                412, "version_mismatch");
}
END_TEST

TEST(the_last_gadmin_stays_whoever_is_quicker)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *parts[2] = {part_of(ann, group), part_of(bob, group)};
        expect_problem(del(ann, participation(group, parts[0])), 409, "illegal_transition");
        expect_problem(patch(ann, participation(group, parts[0]), JSON({"role" : "member"})), 409, "conflict");
        expect_status(patch(ann, participation(group, parts[1]), JSON({"role" : "gadmin"})), 200);
        const struct request requests[] = {{.verb = "DELETE", .path = participation(group, parts[0]), .user = ann},
                {.verb = "DELETE", .path = participation(group, parts[1]), .user = bob}};
        int statuses[2];
        ask_at_once(2, requests, statuses);
        ck_assert_int_eq(count_status(2, statuses, 200), 1);
        ck_assert_int_eq(count_status(2, statuses, 409), 1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM groups.group_goal_participations WHERE group_goal_id = '%s'"
                                " AND role = 'gadmin' AND state = 'active'",
                        group)),
                1);
}
END_TEST

TEST(the_last_place_is_given_once)
{
        enum { CROWD = 8 };
        struct user ann = new_user();
        struct answer answer = post(ann, "/groups/", JSON({
                "title" : "A small boat",
                "goal_type" : "other",
                "target_amount" : 1000,
                "visibility" : "open",
                "max_participants" : 2
        }));
        const char *group = text_at(answer, "id");
        lead_to(ann, group_path(group), "open", "open");
        struct request requests[CROWD];
        int statuses[CROWD];
        for (int i = 0; i < CROWD; i++)
                requests[i] = (struct request){.verb = "POST",
                        .path = group_place(group, "participants"),
                        .user = new_user(),
                        .body = "{}",
                        .size = 2,
                        .headers = json_headers};
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 201), 1);
        ck_assert_int_eq(count_status(CROWD, statuses, 409), CROWD - 1);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "total_participants"), 2);
}
END_TEST

TEST(who_is_removed_is_gone_and_has_a_place_no_more)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *part = part_of(bob, group);
        expect_status(pay(bob, group, 1234), 201);
        struct answer planned = del(ann, text("%s?dry_run=true", participation(group, part)));
        expect_status(planned, 200);
        ck_assert_int_eq(number_at(planned, "refunds[0].amount"), 1234);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 1234);
        struct answer gone = del(ann, participation(group, part));
        expect_status(gone, 200);
        ck_assert_str_eq(gone.body, planned.body);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 0);
        ck_assert(AWAIT(20, number_at(get(ann, group_path(group)), "total_participants") == 1));
        ck_assert_str_eq(
                sql_text(text("SELECT state FROM groups.group_goal_participations WHERE id = '%s'", part)), "removed");
        expect_problem(get(bob, group_place(group, "participants")), 403, "forbidden");
}
END_TEST

TEST(a_pseudonym_is_not_the_profile)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = founded(ann, "open");
        lead_to(ann, group_path(group), "open", "open");
        expect_status(post(bob, "/initialize-profile", JSON({"display_name" : "Bob the Builder"})), 201);
        expect_status(post(bob, group_place(group, "participants"), JSON({"display_as" : "pseudonym"})), 201);
        struct answer answer = get(ann, group_place(group, "participants"));
        ck_assert_str_eq(text_at(answer, "items[1].user.kind"), "pseudonym");
        ck_assert_ptr_null(strstr(answer.body, "Builder"));
        ck_assert_ptr_null(strstr(answer.body, bob.id));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/group", NO_FORK, T(a_founder_runs_a_draft_that_nobody_else_sees),
        T(what_a_group_must_not_be_is_said_by_field), T(an_open_group_is_found_and_joined_once),
        T(a_request_waits_for_a_gadmin), T(a_private_group_opens_to_its_token_alone),
        T(a_member_does_not_run_the_group), T(a_gadmin_changes_words_and_target), T(a_draft_is_deleted_whole),
        T(an_illegal_action_says_what_is_allowed), T(the_last_gadmin_stays_whoever_is_quicker),
        T(the_last_place_is_given_once), T(who_is_removed_is_gone_and_has_a_place_no_more),
        T(a_pseudonym_is_not_the_profile))
