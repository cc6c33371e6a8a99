/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons with people like oneself, which tell of nobody. Each test has a month of its own: a month is closed once.
 */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"
#include "sfp/anonymize.pb-c.h"

#include <string.h>

#define PEERS   "/peer-comparison/"
#define METRICS "/peer-comparison/metrics"

enum { ENOUGH = 12, TOO_FEW = 4 };

/* The month so many months ago. */
static const char *month(int ago)
{
        return sql_text(text("SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') - interval '%d months',"
                             " 'YYYY-MM')",
                ago));
}

static struct user person(const char *region)
{
        struct user user = new_user();
        expect_status(put(user, "/profile/demographics",
                              text("{\"birth_year\": 1984, \"annual_income\": 8200000, \"currency\": \"USD\","
                                   " \"region\": \"%s\"}",
                                      region)),
                200);
        return user;
}

static struct answer submit(struct user user, const char *period, int savings_rate)
{
        return put(user, METRICS,
                text("{\"savings_rate\": %d, \"emergency_fund_months\": 3, \"debt_to_income\": 20,"
                     " \"discipline_inputs\": {\"saving_months\": 6}, \"as_of\": \"%s-15\"}",
                        savings_rate, period));
}

static struct user counted(const char *region, const char *period, int savings_rate)
{
        struct user user = person(region);
        struct answer answer = submit(user, period, savings_rate);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "used_from_period"), period);
        ck_assert_int_eq(length_at(answer, "accepted"), 4);
        return user;
}

static struct answer close_month(const char *period)
{
        struct answer answer =
                post(new_user_as("ops"), "/peer-comparison/releases", text("{\"period\": \"%s\"}", period));
        expect_status(answer, 200);
        return answer;
}

TEST(twelve_people_are_compared_and_the_answer_is_the_same_for_ever)
{
        const char *period = month(20);
        struct user people[ENOUGH];
        for (int i = 0; i < ENOUGH; i++)
                people[i] = counted("California", period, i * 5 - 10);
        ck_assert_str_eq(text_at(get(people[0], PEERS), "status"), "pending_release");
        struct answer closed = close_month(period);
        ck_assert(!is_true_at(closed, "was_released"));
        ck_assert_int_eq((int)number_at(closed, "n_released"), 4); /* one of each level */

        struct answer answer = get(people[5], PEERS);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "ok");
        ck_assert_str_eq(text_at(answer, "period"), period);
        ck_assert_str_eq(text_at(answer, "cohort_age_group"), "40-49");
        ck_assert_str_eq(text_at(answer, "cohort_income_range"), "50k-100k");
        ck_assert_str_eq(text_at(answer, "cohort_region"), "Pacific");
        ck_assert_int_ge((int)number_at(answer, "cohort_size"), 10);
        ck_assert_int_eq((int)number_at(answer, "financial_discipline_score"), 50);
        ck_assert_str_eq(text_at(answer, "privacy_protection_applied.mechanism"), "discrete_laplace");
        ck_assert(number_at(answer, "privacy_protection_applied.epsilon") <= 0.4);
        ck_assert_str_eq(text_at(answer, "framing.mode"), "rank_safe");
        ck_assert(!has(answer, "widened_to"));
        for (int i = 0; i < 5; i++)
                ck_assert_str_eq(get(people[5], PEERS).body, answer.body);
        struct answer again = post(people[5], PEERS, JSON({}));
        expect_status(again, 201);
        ck_assert_str_eq(text_at(again, "id"), text_at(answer, "id"));
        ck_assert_ptr_null(strstr(answer.body, people[5].id));
}
END_TEST

TEST(of_too_few_nothing_is_said)
{
        const char *period = month(18);
        struct user people[TOO_FEW];
        for (int i = 0; i < TOO_FEW; i++)
                people[i] = counted("Texas", period, 10);
        struct answer closed = close_month(period);
        ck_assert_int_eq((int)number_at(closed, "n_released"), 0);
        struct answer answer = get(people[0], PEERS);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "insufficient_cohort");
        ck_assert(!has(answer, "cohort_size"));
        ck_assert(!has(answer, "savings_rate_percentile"));
        ck_assert(!has(answer, "id"));
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.cohort_releases WHERE period = '%s'"
                                         " AND cardinality(counts) > 0",
                                 period)),
                0);
        expect_status(post(people[0], PEERS, JSON({})), 200); /* nothing was made */
}
END_TEST

TEST(a_group_that_is_too_small_widens_by_region_first)
{
        const char *period = month(16);
        struct user ann = counted("Texas", period, 10);
        for (int i = 1; i < ENOUGH; i++)
                counted(i % 2 == 0 ? "Texas" : "Ohio", period, 10);
        close_month(period);
        struct answer answer = get(ann, PEERS);
        ck_assert_str_eq(text_at(answer, "status"), "ok");
        ck_assert_str_eq(text_at(answer, "widened_to"), "age_income");
        ck_assert_str_eq(text_at(answer, "cohort_age_group"), "40-49");
        ck_assert(!has(answer, "cohort_region"));
        ck_assert_str_eq(text_at(answer, "privacy_protection_applied.generalised[0]"), "region");
}
END_TEST

static const char *releases_of(const char *period)
{
        return sql_text(text("SELECT string_agg(cohort || metric || counts::text, ';' ORDER BY cohort, metric)"
                             " FROM peers.cohort_releases WHERE period = '%s'",
                period));
}

TEST(who_comes_and_goes_changes_nothing_that_was_released)
{
        const char *period = month(14);
        struct user leaving = counted("Texas", period, 45);
        struct user staying = counted("Texas", period, 5);
        for (int i = 2; i < ENOUGH; i++)
                counted("Texas", period, 10);
        close_month(period);
        const char *before = releases_of(period);
        struct answer seen = get(staying, PEERS);
        expect_status(del(leaving, METRICS), 204);
        ck_assert_str_eq(text_at(get(leaving, PEERS), "status"), "not_opted_in");
        struct answer late = submit(person("Texas"), period, 50);
        expect_status(late, 200);
        ck_assert_str_ne(text_at(late, "used_from_period"), period);
        ck_assert(is_true_at(close_month(period), "was_released"));
        ck_assert_str_eq(releases_of(period), before);
        ck_assert_str_eq(get(staying, PEERS).body, seen.body);
}
END_TEST

static Anonymize__ReleasedHistogram *released(const char *period, const char *cohort, int64_t count, int64_t people)
{
        ProtobufCMessage *reply = NULL;
        int64_t counts[] = {count, count, count};
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        request.period = (char *)(size_t)period;
        request.cohort = (char *)(size_t)cohort;
        request.metric = "savings_rate";
        request.n_counts = 3;
        request.counts = counts;
        request.has_n_people = 1;
        request.n_people = people;
        ck_assert_int_eq(mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base,
                                 &anonymize__released_histogram__descriptor, &reply),
                STATUS_OK);
        return (Anonymize__ReleasedHistogram *)reply;
}

TEST(a_release_is_the_same_whatever_counts_are_brought)
{
        const char *cohort = text("test %s", new_user().id);
        const Anonymize__ReleasedHistogram *first = released("2020-01", cohort, 1000, 100);
        const Anonymize__ReleasedHistogram *second = released("2020-01", cohort, 5000, 100);
        ck_assert(first->is_sufficient);
        ck_assert_str_eq(first->release_id, second->release_id);
        for (size_t i = 0; i < first->n_counts; i++)
                ck_assert_int_eq(first->counts[i], second->counts[i]);
        ck_assert_int_eq(
                sql_number(text("SELECT spent_micro FROM anonymize.epsilon_ledger WHERE cohort = '%s'", cohort)),
                first->epsilon_micro);
        const char *small = text("few %s", new_user().id);
        ck_assert(!released("2020-01", small, 3, 9)->is_sufficient);
        ck_assert(!released("2020-01", small, 3000, 9000)->is_sufficient);
}
END_TEST

TEST(a_spent_budget_is_spent)
{
        const char *cohort = text("test %s", new_user().id);
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        int64_t counts[] = {50};
        sql(text("INSERT INTO anonymize.epsilon_ledger VALUES ('2020-02', '%s', 1000, 1000)", cohort));
        request.period = "2020-02";
        request.cohort = (char *)(size_t)cohort;
        request.metric = "cohort_size";
        request.n_counts = 1;
        request.counts = counts;
        request.has_n_people = 1;
        request.n_people = 50;
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base, NULL, NULL),
                STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.releases WHERE cohort = '%s'", cohort)), 0);
        ck_assert_int_eq(
                mesh_ask("goals", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base, NULL, NULL),
                STATUS_PERMISSION_DENIED);
}
END_TEST

TEST(of_many_who_close_a_month_at_once_one_does)
{
        enum { MANY = 4 };
        struct request requests[MANY];
        int statuses[MANY];
        const char *period = month(4), *body = text("{\"period\": \"%s\"}", period);
        struct user ops = new_user_as("ops");
        struct user ann = counted("Texas", period, 10);
        for (int i = 1; i < ENOUGH; i++)
                counted("Texas", period, 10);
        for (int i = 0; i < MANY; i++)
                requests[i] = (struct request){"POST", "/peer-comparison/releases", ops, body, strlen(body), NULL};
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++)
                ck_assert_msg(statuses[i] == 200, "answered %d", statuses[i]);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.outbox WHERE type LIKE '%%.comparison.updated.v1'"
                                         " AND subject = '%s'",
                                 ann.id)),
                1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM peers.cohort_releases WHERE period = '%s'", period)), 4 * 5);
}
END_TEST

TEST(a_stored_comparison_is_its_owners_and_can_be_deleted)
{
        const char *period = month(12);
        struct user ann = counted("Texas", period, 10);
        for (int i = 1; i < ENOUGH; i++)
                counted("Texas", period, 10);
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
        for (int i = 1; i < ENOUGH; i++) {
                struct user other = new_user();
                expect_status(put(other, "/profile/demographics", JSON({"birth_year" : 1961})), 200);
                expect_status(submit(other, period, 40), 200);
        }
        close_month(period);
        struct answer gentle = get(ann.user, PEERS);
        ck_assert_str_eq(text_at(gentle, "status"), "ok");
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
        for (int i = 1; i < ENOUGH; i++)
                counted("Texas", period, 20);
        close_month(period);
        struct answer trends = get(ann, text("/peer-comparison/trends?metric=savings_rate&from=%s", period));
        expect_status(trends, 200);
        ck_assert_int_le(length_at(trends, "items"), 1); /* the noise may have left nothing */
        if (length_at(trends, "items") == 1) {
                ck_assert_str_eq(text_at(trends, "items[0].period"), period);
                ck_assert_int_eq(length_at(trends, "items[0].interval"), 2);
        }
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

TEST(a_closing_that_broke_off_is_done_again)
{
        const char *period = month(2), *body = text("{\"period\": \"%s\"}", period);
        struct user ops = new_user_as("ops");
        counted("Texas", period, 10);
        instance_down("svc-anonymize");
        expect_problem(post(ops, "/peer-comparison/releases", body), 503, "unavailable");
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM peers.released_periods WHERE period = '%s'", period)), 0);
        instance_up("svc-anonymize");
        ck_assert(AWAIT(20, post(ops, "/peer-comparison/releases", body).status == 200));
        ck_assert(is_true_at(close_month(period), "was_released"));
}
END_TEST

TEST(figures_out_of_range_and_months_out_of_reach_are_refused)
{
        struct user ann = new_user();
        static const char *const bad[][2] = {
                {"savings_rate", "{}"},
                {"savings_rate", "{\"savings_rate\": 101}"},
                {"emergency_fund_months", "{\"emergency_fund_months\": -1}"},
                {"debt_to_income", "{\"debt_to_income\": 1001}"},
                {"discipline_inputs.saving_months", "{\"discipline_inputs\": {\"saving_months\": 13}}"},
                {"as_of", "{\"savings_rate\": 1, \"as_of\": \"2999-01-01\"}"},
                {"as_of", "{\"savings_rate\": 1, \"as_of\": \"2001-01-01\"}"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = put(ann, METRICS, bad[i][1]);
                expect_problem(answer, 422, "validation_failed");
                ck_assert_str_eq(text_at(answer, "errors[0].field"), bad[i][0]);
        }
        expect_problem(put(nobody, METRICS, JSON({"savings_rate" : 1})), 401, "unauthenticated");
        expect_problem(post(ann, PEERS, JSON({"dimensions" : ["region"]})), 422, "validation_failed");
        ck_assert_str_eq(text_at(get(ann, PEERS), "status"), "not_opted_in");
}
END_TEST

TEST(only_operators_close_a_month_and_none_that_is_ahead)
{
        expect_problem(post(new_user(), "/peer-comparison/releases", JSON({})), 403, "forbidden");
        struct user ops = new_user_as("ops");
        expect_problem(post(ops, "/peer-comparison/releases", JSON({"period" : "2999-01"})), 422, "validation_failed");
        expect_problem(post(ops, "/peer-comparison/releases", JSON({"period" : "2026-1x"})), 422, "validation_failed");
}
END_TEST

TEST(figures_are_sealed_and_leave_with_their_owner)
{
        const char *period = month(6);
        struct member ann = new_member();
        expect_status(put(ann.user, METRICS, text("{\"debt_to_income\": 137.25, \"as_of\": \"%s-15\"}", period)), 200);
        ck_assert(!dump_has(sql_dump("peers"), "137.25"));
        struct answer answer = del(ann.user, "/profile?confirm=true&cooling_off=false");
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert(AWAIT(30, strcmp(text_at(get(ann.user, job), "state"), "completed") == 0));
        ck_assert(!dump_has(sql_dump_beside_events("peers"), ann.user.id));
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/peers", NO_FORK, T(twelve_people_are_compared_and_the_answer_is_the_same_for_ever),
        T(of_too_few_nothing_is_said), T(a_group_that_is_too_small_widens_by_region_first),
        T(who_comes_and_goes_changes_nothing_that_was_released), T(a_release_is_the_same_whatever_counts_are_brought),
        T(a_spent_budget_is_spent), T(of_many_who_close_a_month_at_once_one_does),
        T(a_stored_comparison_is_its_owners_and_can_be_deleted), T(ranks_are_told_to_who_asks_for_them),
        T(trends_insights_and_cohorts_are_made_of_releases), T(a_closing_that_broke_off_is_done_again),
        T(figures_out_of_range_and_months_out_of_reach_are_refused),
        T(only_operators_close_a_month_and_none_that_is_ahead), T(figures_are_sealed_and_leave_with_their_owner))
