/* SPDX-License-Identifier: Apache-2.0 */
/* Figures for comparisons: what is taken, how they are kept, how they leave. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/months.h"

#include <string.h>

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

TEST(figures_that_are_no_numbers_or_too_large_leave_nothing_behind)
{
        struct user ann = new_user();
        static const struct {
                const char *value;
                int status;
                const char *code;
        } bad[] = {
                {"NaN", 400, "malformed_json"},
                {"Infinity", 400, "malformed_json"},
                {"-Infinity", 400, "malformed_json"},
                {"1e308", 422, "validation_failed"},
                {"-1e308", 422, "validation_failed"},
                {"1e309", 422, "validation_failed"},
                {"-1e999", 422, "validation_failed"},
                {"9223372036854775808", 422, "validation_failed"},
                {"-9223372036854775809", 422, "validation_failed"},
                {"\"NaN\"", 422, "validation_failed"},
                {"[1]", 422, "validation_failed"},
        };
        static const char *const fields[] = {"savings_rate", "emergency_fund_months", "debt_to_income"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                for (size_t j = 0; j < sizeof fields / sizeof *fields; j++) {
                        struct answer answer = put(ann, METRICS, text("{\"%s\": %s}", fields[j], bad[i].value));
                        expect_problem(answer, bad[i].status, bad[i].code);
                        answer = put(
                                ann, METRICS, text("{\"discipline_inputs\": {\"saving_months\": %s}}", bad[i].value));
                        expect_problem(answer, bad[i].status, bad[i].code);
                }
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM peers.metric_snapshots WHERE user_id = '%s'", ann.id)), 0);
        ck_assert_str_eq(text_at(get(ann, PEERS), "status"), "not_opted_in");
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

SUITE_WITH(scene_begin, scene_end, "e2e/figures", NO_FORK, T(figures_out_of_range_and_months_out_of_reach_are_refused),
        T(figures_that_are_no_numbers_or_too_large_leave_nothing_behind),
        T(figures_are_sealed_and_leave_with_their_owner))
