/* SPDX-License-Identifier: Apache-2.0 */
/* Money into a group and back: to the unit, once, and nobody else's business. */
#include "tests/e2e/database.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/twins.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"
#define REASON  JSON({"reason" : "The wrong account."})

static const char *reversal_of(const char *group, const char *contribution)
{
        return text("/groups/%s/contributions/%s/reversal", group, contribution);
}

/* What all accounts of a group hold together. */
static void expect_zero_sum(const char *group)
{
        ck_assert_int_eq(
                sql_number(text(
                        "SELECT coalesce(sum(s), 0) FROM (SELECT sum(CASE WHEN t.credit = a.id THEN t.amount ELSE -t.amount END) AS s"
                        " FROM groups.ledger_accounts a JOIN groups.ledger_transfers t ON a.id IN (t.debit, t.credit)"
                        " WHERE a.group_goal_id = '%s' GROUP BY a.id) balances",
                        group)),
                0);
        ck_assert_int_eq(
                sql_number(text(
                        "SELECT count(*) FILTER (WHERE seq <> n) FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS n"
                        " FROM groups.ledger_transfers WHERE group_goal_id = '%s') t",
                        group)),
                0);
}

TEST(a_contribution_moves_everything_at_once)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        struct answer answer = pay(bob, group, 25000);
        expect_status(answer, 201);
        ck_assert_int_eq(number_at(answer, "amount"), 25000);
        ck_assert_int_eq(number_at(answer, "current_amount"), 25000);
        ck_assert_int_eq(number_at(answer, "progress_percentage"), 25);
        ck_assert_int_eq(length_at(answer, "milestones_reached"), 1);
        ck_assert_int_eq(number_at(get(bob, group_path(group)), "my_participation.total_contributed"), 25000);
        ck_assert_int_eq(events_of("groups", "groups.contribution.posted", group), 1);
        ck_assert_int_eq(events_of("groups", "groups.milestone.reached", group), 1);
        expect_zero_sum(group);
}
END_TEST

TEST(what_cannot_be_paid_in_is_refused)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *place = group_place(group, "contributions");
        expect_problem(post(bob, place, JSON({"amount" : 5, "currency" : "USD"})), 422, "validation_failed");
        struct answer answer = post_with_key(bob, place, "a", JSON({"amount" : 0, "currency" : "USD"}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "amount");
        answer = post_with_key(bob, place, "b", JSON({"amount" : 5, "currency" : "EUR"}));
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "currency");
        expect_problem(pay(new_user(), group, 5), 403, "forbidden");
        expect_problem(pay(bob, NOWHERE, 5), 404, "not_found");
        lead_to(ann, group_path(group), "pause", "paused");
        expect_problem(pay(bob, group, 5), 409, "conflict");
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 0);
}
END_TEST

TEST(one_key_pays_once)
{
        enum { TWINS = 6 };
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        static const char *const headers[] = {"Content-Type: application/json", "Idempotency-Key: salary", NULL};
        const char *body = JSON({"amount" : 700, "currency" : "USD"});
        struct request requests[TWINS];
        int statuses[TWINS];
        for (int i = 0; i < TWINS; i++)
                requests[i] = (struct request){.verb = "POST",
                        .path = group_place(group, "contributions"),
                        .user = bob,
                        .body = body,
                        .size = strlen(body),
                        .headers = headers};
        ask_at_once(TWINS, requests, statuses);
        ck_assert_int_eq(count_status(TWINS, statuses, 201) + count_status(TWINS, statuses, 409), TWINS);
        struct answer again = post_with_key(bob, group_place(group, "contributions"), "salary", body);
        expect_status(again, 201);
        ck_assert_str_eq(header_of(again, "Idempotent-Replay"), "true");
        expect_problem(post_with_key(bob, group_place(group, "contributions"), "salary",
                               JSON({"amount" : 701, "currency" : "USD"})),
                422, "idempotency_mismatch");
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 700);
        expect_zero_sum(group);
}
END_TEST

TEST(contributions_at_once_all_count)
{
        enum { CROWD = 8 };
        struct user ann = new_user(), members[CROWD];
        for (int i = 0; i < CROWD; i++)
                members[i] = new_user();
        const char *group = active_group(ann, CROWD, members);
        static const char *const headers[] = {"Content-Type: application/json", "Idempotency-Key: once", NULL};
        const char *body = JSON({"amount" : 1111, "currency" : "USD"});
        struct request requests[CROWD];
        int statuses[CROWD];
        for (int i = 0; i < CROWD; i++)
                requests[i] = (struct request){.verb = "POST",
                        .path = group_place(group, "contributions"),
                        .user = members[i],
                        .body = body,
                        .size = strlen(body),
                        .headers = headers};
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 201) + count_status(CROWD, statuses, 409), CROWD);
        for (int i = 0; i < CROWD; i++) /* who has waited too long is told so, and asks again: it counts once */
                expect_status(post_with_key(members[i], group_place(group, "contributions"), "once", body), 201);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), CROWD * 1111);
        expect_zero_sum(group);
}
END_TEST

TEST(a_contribution_is_reversed_once_whoever_asks)
{
        enum { CROWD = 6 };
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *contribution = text_at(pay(bob, group, 30000), "id");
        struct request requests[CROWD];
        int statuses[CROWD];
        for (int i = 0; i < CROWD; i++) {
                const char **headers = arena_alloc(scene_arena(), 3 * sizeof *headers);
                headers[0] = "Content-Type: application/json";
                headers[1] = text("Idempotency-Key: back-%d", i);
                headers[2] = NULL;
                requests[i] = (struct request){.verb = "POST",
                        .path = reversal_of(group, contribution),
                        .user = i % 2 ? ann : bob,
                        .body = REASON,
                        .size = strlen(REASON),
                        .headers = headers};
        }
        ask_at_once(CROWD, requests, statuses);
        ck_assert_int_eq(count_status(CROWD, statuses, 201), 1);
        ck_assert_int_eq(count_status(CROWD, statuses, 409), CROWD - 1);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 0);
        ck_assert_str_eq(text_at(get(bob, group_place(group, "contributions")), "items[0].state"), "reversed");
        ck_assert_int_eq(events_of("groups", "groups.milestone.revoked", group), 1);
        ck_assert_int_eq(events_of("groups", "groups.contribution.reversed", group), 1);
        ck_assert(!dump_has(sql_dump("groups"), "wrong account"));
        expect_zero_sum(group);
}
END_TEST

TEST(not_everybody_takes_a_contribution_back)
{
        struct user ann = new_user(), members[] = {new_user(), new_user()};
        const char *group = active_group(ann, 2, members);
        const char *contribution = text_at(pay(members[0], group, 500), "id");
        expect_problem(post(members[0], reversal_of(group, contribution), REASON), 422, "validation_failed");
        expect_problem(post_with_key(members[1], reversal_of(group, contribution), "x", REASON), 403, "forbidden");
        expect_problem(post_with_key(members[0], reversal_of(group, NOWHERE), "y", REASON), 404, "not_found");
        expect_problem(
                post_with_key(members[0], reversal_of(group, contribution), "z", "{}"), 422, "validation_failed");
        sql(text("UPDATE groups.contributions SET posted_at = now() - interval '25 hours' WHERE id = '%s'",
                contribution));
        expect_problem(post_with_key(members[0], reversal_of(group, contribution), "late", REASON), 403, "forbidden");
        expect_status(post_with_key(ann, reversal_of(group, contribution), "late", REASON), 201);
}
END_TEST

TEST(others_amounts_are_bands)
{
        struct user ann = new_user(), members[] = {new_user(), new_user()};
        const char *group = active_group(ann, 2, members);
        expect_status(pay(members[0], group, 1234), 201);
        struct answer answer = get(members[1], group_place(group, "contributions"));
        ck_assert(!has(answer, "items[0].amount"));
        ck_assert_str_eq(text_at(answer, "items[0].amount_band"), "USD 10-20");
        ck_assert_int_eq(number_at(get(members[0], group_place(group, "contributions")), "items[0].amount"), 1234);
        ck_assert_int_eq(number_at(get(ann, group_place(group, "contributions")), "items[0].amount"), 1234);
        answer = get(members[1], group_place(group, "participants"));
        ck_assert(!has(answer, "items[1].total_contributed"));
        ck_assert_str_eq(text_at(answer, "items[1].contributed_band"), "USD 10-20");
        ck_assert(!has(answer, "items[1].engagement_score"));
        answer = get(members[1], group_place(group, "progress"));
        ck_assert(is_true_at(answer, "by_participant[0].is_me"));
        ck_assert_int_eq(number_at(answer, "by_participant[0].total_contributed"), 0);
        ck_assert(!has(answer, "by_participant[2].total_contributed"));
        ck_assert_int_eq(number_at(answer, "series[0].amount"), 1234);
        ck_assert_int_eq(number_at(answer, "pace_per_day"), 1234);
        ck_assert(has(answer, "projected_date"));
}
END_TEST

TEST(cancelling_pays_back_what_its_rehearsal_said)
{
        struct user ann = new_user(), members[] = {new_user(), new_user()};
        const char *group = active_group(ann, 2, members);
        pay(ann, group, 1001);
        pay(members[0], group, 333);
        const char *taken = text_at(pay(members[0], group, 500), "id");
        pay(members[1], group, 77);
        expect_status(post_with_key(ann, reversal_of(group, taken), "r", REASON), 201);
        struct answer rehearsed = take_action(ann, group_path(group), "cancel", true);
        expect_status(rehearsed, 200);
        ck_assert_int_eq(length_at(rehearsed, "refunds"), 3);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 1411);
        struct answer done = take_action(ann, group_path(group), "cancel", false);
        expect_status(done, 200);
        ck_assert_str_eq(done.body, rehearsed.body);
        ck_assert(AWAIT(20, strcmp(text_at(get(ann, group_path(group)), "status"), "cancelled") == 0));
        ck_assert_int_eq(sql_number(text("SELECT sum(amount) FROM groups.ledger_transfers WHERE group_goal_id = '%s'"
                                         " AND kind = 'refund'",
                                 group)),
                1411);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 0);
        expect_problem(pay(ann, group, 5), 409, "conflict");
        expect_zero_sum(group);
}
END_TEST

TEST(a_reached_group_is_paid_out_and_stays_reached_to_see)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        pay(bob, group, 60000);
        expect_status(pay(ann, group, 40000), 201);
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "status"), "reached");
        expect_problem(pay(bob, group, 1), 409, "conflict");
        lead_to(ann, group_path(group), "complete", "disbursing");
        ck_assert(AWAIT(20, strcmp(text_at(get(ann, group_path(group)), "status"), "completed") == 0));
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "progress_percentage"), 100);
        ck_assert_int_eq(number_at(get(bob, group_path(group)), "my_participation.total_contributed"), 60000);
        expect_zero_sum(group);
}
END_TEST

TEST(a_reversal_unreaches_and_a_higher_target_reactivates)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *contribution = text_at(pay(bob, group, 100000), "id");
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "status"), "reached");
        expect_status(post_with_key(bob, reversal_of(group, contribution), "b", REASON), 201);
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "status"), "active");
        ck_assert_int_eq(events_of("groups", "groups.milestone.revoked", group), 4);
        expect_status(pay(bob, group, 100000), 201);
        expect_status(patch(ann, group_path(group), JSON({"target_amount" : 150000})), 200);
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "status"), "active");
        ck_assert_int_eq((int)(100 * number_at(get(bob, group_path(group)), "progress_percentage")), 6666);
}
END_TEST

TEST(totals_can_be_counted_again)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        pay(bob, group, 4200);
        sql(text("UPDATE groups.group_savings_goals SET current_amount = 17 WHERE id = '%s'", group));
        struct user ops = new_user_as("ops");
        struct answer found = get(ops, "/status/consistency?scope=groups.current_amount");
        expect_status(found, 200);
        ck_assert_int_eq(length_at(found, "drifted"), 1);
        ck_assert_int_eq(number_at(found, "drifted[0].true"), 4200);
        expect_status(post(ops, "/status/consistency", JSON({"scope" : "groups", "repair" : true})), 200);
        ck_assert_int_eq(number_at(get(ann, group_path(group)), "current_amount"), 4200);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=groups"), "drifted"), 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/contribution", NO_FORK, T(a_contribution_moves_everything_at_once),
        T(what_cannot_be_paid_in_is_refused), T(one_key_pays_once), T(contributions_at_once_all_count),
        T(a_contribution_is_reversed_once_whoever_asks), T(not_everybody_takes_a_contribution_back),
        T(others_amounts_are_bands), T(cancelling_pays_back_what_its_rehearsal_said),
        T(a_reached_group_is_paid_out_and_stays_reached_to_see),
        T(a_reversal_unreaches_and_a_higher_target_reactivates), T(totals_can_be_counted_again))
