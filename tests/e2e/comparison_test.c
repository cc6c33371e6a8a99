/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons with people like oneself, which tell of nobody. Each test has a month of its own: a month is closed once.
 */
#include "common/buffer.h"
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/months.h"

#include <string.h>

TEST(people_are_compared_and_the_answer_is_the_same_for_ever)
{
        const char *period = month(20);
        struct user ann = counted("California", period, 15), ben = counted("California", period, -10);
        crowd("Pacific", period, 12, ENOUGH);
        ck_assert_str_eq(text_at(get(ben, PEERS), "status"), "pending_release");
        struct answer closed = close_month(period);
        ck_assert_int_eq((int)number_at(closed, "n_released"), 4); /* one of each level */
        ck_assert(!has(closed, "n_insufficient"));

        struct answer answer = get(ann, PEERS);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "ok");
        ck_assert_str_eq(text_at(answer, "period"), period);
        ck_assert_str_eq(text_at(answer, "cohort_age_group"), "40-49");
        ck_assert_str_eq(text_at(answer, "cohort_income_range"), "50k-100k");
        ck_assert_str_eq(text_at(answer, "cohort_region"), "Pacific");
        ck_assert_int_ge((int)number_at(answer, "cohort_size"), 129);
        ck_assert_int_eq((int)number_at(answer, "cohort_size") % 10, 0);
        ck_assert_int_ge((int)number_at(answer, "savings_rate_percentile"), 80); /* the others are two bins lower */
        ck_assert_int_eq((int)number_at(answer, "financial_discipline_score"), 50);
        ck_assert_str_eq(text_at(answer, "privacy_protection_applied.mechanism"), "discrete_laplace");
        ck_assert(number_at(answer, "privacy_protection_applied.epsilon") <= 1.0);
        ck_assert(number_at(answer, "privacy_protection_applied.delta") <= 1e-6);
        ck_assert_str_eq(text_at(answer, "framing.mode"), "rank_safe");
        ck_assert(!has(answer, "widened_to"));
        for (int i = 0; i < 5; i++)
                ck_assert_str_eq(get(ann, PEERS).body, answer.body);
        struct answer again = post(ann, PEERS, JSON({}));
        expect_status(again, 201);
        ck_assert_str_eq(text_at(again, "id"), text_at(answer, "id"));
        ck_assert_ptr_null(strstr(answer.body, ann.id));
}
END_TEST

TEST(of_too_few_nothing_is_said)
{
        const char *period = month(18);
        struct user ann = counted("Texas", period, 10);
        for (int i = 1; i < TOO_FEW; i++)
                counted("Texas", period, 10);
        struct answer closed = close_month(period);
        ck_assert_int_eq((int)number_at(closed, "n_released"), 0);
        struct answer answer = get(ann, PEERS);
        expect_json(answer, text("{\"status\": \"insufficient_cohort\", \"period\": \"%s\", \"intervals\": [],"
                                 " \"top_performing_behaviors\": [], \"improvement_suggestions\": []}",
                                    period));
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.cohort_releases WHERE period = '%s'", period)), 0);
        expect_status(post(ann, PEERS, JSON({})), 200); /* nothing was made */
}
END_TEST

/* The head of an answer without what every request has of its own. */
static const char *head_of(struct answer answer)
{
        static const char *const own[] = {"date:", "x-request-id:", "traceparent:"};
        struct buffer out = buffer_in(scene_arena());
        for (const char *at = answer.head; *at != '\0';) {
                size_t length = strcspn(at, "\n");
                bool is_own = false;
                for (size_t i = 0; i < sizeof own / sizeof *own; i++)
                        is_own |= strncasecmp(at, own[i], strlen(own[i])) == 0;
                if (!is_own)
                        buffer_printf(&out, "%.*s\n", (int)length, at);
                at += length + (at[length] == '\n');
        }
        return buffer_text(&out);
}

TEST(a_group_of_nobody_and_one_of_nine_look_the_same)
{
        const char *period = month(17);
        for (int i = 0; i < TOO_FEW; i++)
                counted("Ohio", period, 10);
        crowd("Mountain", period, 10, ENOUGH); /* something is released of the month */
        close_month(period);
        struct user ann = new_user();
        static const char query[] = "/peer-comparison/insights?age_group=40-49&income_range=50k-100k&region=";
        struct answer nobody_there = get(ann, text("%sMiddle%%20Atlantic", query));
        struct answer nine = get(ann, text("%sEast%%20North%%20Central", query));
        expect_status(nine, 200);
        expect_json(nine, JSON({"status" : "insufficient_cohort", "medians" : [], "bands" : [], "behaviors" : []}));
        ck_assert_str_eq(nine.body, nobody_there.body);
        ck_assert_str_eq(head_of(nine), head_of(nobody_there));
        ck_assert_str_eq(text_at(get(ann, text("%sMountain", query)), "status"), "ok");
}
END_TEST

TEST(who_is_in_a_small_group_is_compared_with_a_wider_one)
{
        const char *period = month(16);
        struct user ann = counted("Texas", period, 10);
        static const char *const divisions[] = {"East North Central", "East South Central", "Middle Atlantic",
                "Mountain", "New England", "Pacific", "South Atlantic", "West North Central"};
        for (size_t i = 0; i < sizeof divisions / sizeof *divisions; i++)
                crowd(divisions[i], period, 10, ENOUGH / 8); /* each too few, all together enough */
        close_month(period);
        struct answer answer = get(ann, PEERS);
        ck_assert_str_eq(text_at(answer, "status"), "ok");
        ck_assert_str_eq(text_at(answer, "widened_to"), "age_income");
        ck_assert_str_eq(text_at(answer, "cohort_age_group"), "40-49");
        ck_assert(!has(answer, "cohort_region"));
        ck_assert_str_eq(text_at(answer, "privacy_protection_applied.generalised[0]"), "region");
}
END_TEST

TEST(a_stored_comparison_is_its_owners_and_can_be_deleted)
{
        const char *period = month(12);
        struct user ann = counted("Texas", period, 10);
        crowd("West South Central", period, 10, ENOUGH);
        close_month(period);
        struct answer made = post(ann, PEERS, JSON({"dimensions" : ["age"], "metrics" : ["savings_rate"]}));
        expect_status(made, 201);
        ck_assert(!has(made, "cohort_income_range"));
        const char *path = text("/peer-comparison/%s", text_at(made, "id"));
        struct answer stored = get(ann, path);
        expect_status(stored, 200);
        ck_assert_str_eq(stored.body, made.body);
        ck_assert_str_eq(text_at(stored, "explanation.inputs_used[0]"), "savings_rate");
        ck_assert_int_eq(length_at(stored, "explanation.inputs_used"), 1);
        expect_problem(get(new_user(), path), 404, "not_found");
        expect_problem(del(new_user(), path), 404, "not_found");
        expect_status(del(ann, path), 204);
        expect_problem(get(ann, path), 404, "not_found");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.outbox WHERE type LIKE '%%.comparison.updated.v1'"
                                         " AND subject = '%s'",
                                 ann.id)),
                1);
}
END_TEST

TEST(ranks_are_told_to_who_asks_for_them)
{
        const char *period = month(10);
        struct member ann = new_member();
        expect_status(put(ann.user, "/profile/demographics", JSON({"birth_year" : 1961})), 200);
        expect_status(submit(ann.user, period, -50), 200);
        crowd_without_facts(period, 40, ENOUGH);
        close_month(period);
        struct answer gentle = get(ann.user, PEERS);
        ck_assert_str_eq(text_at(gentle, "status"), "ok");
        ck_assert_str_eq(text_at(gentle, "widened_to"), "all");
        if (has(gentle, "savings_rate_percentile"))
                ck_assert_int_ge((int)number_at(gentle, "savings_rate_percentile"), 25);
        ck_assert_str_eq(text_at(gentle, "framing.next_bands[0].target"), "-20--10 %");
        expect_status(set_privacy(ann.user, JSON({"comparison_framing" : "hidden"})), 200);
        struct answer hidden = get(ann.user, PEERS);
        ck_assert_str_eq(text_at(hidden, "framing.mode"), "hidden");
        ck_assert(!has(hidden, "savings_rate_percentile"));
        ck_assert_int_eq(length_at(hidden, "intervals"), 0);
}
END_TEST

TEST(trends_insights_and_cohorts_are_made_of_releases)
{
        const char *period = month(8);
        struct user ann = counted("Texas", period, 10);
        crowd("West South Central", period, 20, ENOUGH);
        close_month(period);
        struct answer trends = get(ann, text("/peer-comparison/trends?metric=savings_rate&from=%s", period));
        expect_status(trends, 200);
        ck_assert_int_eq(length_at(trends, "items"), 1);
        ck_assert_str_eq(text_at(trends, "items[0].period"), period);
        ck_assert_int_eq(length_at(trends, "items[0].interval"), 2);
        struct answer cohorts = get(ann, "/peer-comparison/cohorts");
        expect_status(cohorts, 200);
        ck_assert_int_ge(length_at(cohorts, "items"), 4);
        for (int i = 0; i < length_at(cohorts, "items"); i++)
                ck_assert(!has(cohorts, text("items[%d].cohort_size", i)));
        struct answer insights = get(new_user(), "/peer-comparison/insights?age_group=40-49&income_range=50k-100k");
        expect_status(insights, 200);
        ck_assert_str_eq(text_at(insights, "status"), "ok");
        ck_assert_str_eq(text_at(insights, "cohort"), "40-49/50k-100k");
        ck_assert_str_eq(
                get(new_user(), "/peer-comparison/insights?age_group=40-49&income_range=50k-100k").body, insights.body);
        ck_assert_str_eq(
                text_at(get(ann, "/peer-comparison/insights?age_group=70%2B"), "status"), "insufficient_cohort");
        expect_problem(get(ann, "/peer-comparison/insights?income_range=50k-100k"), 422, "validation_failed");
        expect_problem(get(ann, "/peer-comparison/trends"), 422, "validation_failed");
        expect_problem(get(ann, "/peer-comparison/trends?metric=savings_rate&from=2026-99"), 422, "validation_failed");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/comparison", NO_FORK,
        T(people_are_compared_and_the_answer_is_the_same_for_ever), T(of_too_few_nothing_is_said),
        T(a_group_of_nobody_and_one_of_nine_look_the_same), T(who_is_in_a_small_group_is_compared_with_a_wider_one),
        T(a_stored_comparison_is_its_owners_and_can_be_deleted), T(ranks_are_told_to_who_asks_for_them),
        T(trends_insights_and_cohorts_are_made_of_releases))
