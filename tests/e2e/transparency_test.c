/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody may know of the desk: months that are over, rounded, and nothing about few. The months of these tests
 * are long past, and theirs alone. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"

#include <string.h>

#define REPORT "/moderation/transparency-report?period=%s"

/* `n` cases of a category in that month, of `n_people` people, each ruled on by somebody after `hours`. */
static void rule_on(const char *month, const char *category, int n, int n_people, int hours, bool is_by_machine)
{
        sql(text(
                "WITH made AS (INSERT INTO moderation.cases (id, object_type, object_id, author_user_id, category, severity,"
                " state, priority_key, opened_at) SELECT gen_random_uuid(), 'forum_post', gen_random_uuid(),"
                " ('00000000-0000-4000-8000-' || lpad((i %% %d)::text, 12, '0'))::uuid, '%s', 3, 'resolved', 0,"
                " '%s-10T00:00:00Z' FROM generate_series(1, %d) i RETURNING *)"
                " INSERT INTO moderation.actions (id, case_id, object_type, object_id, reported_user_id, action_taken, reason,"
                " is_automated_action, taken_at) SELECT gen_random_uuid(), id, object_type, object_id, author_user_id, 'hide',"
                " 'made for the report', %s, opened_at + interval '%d hours' FROM made",
                n_people, category, month, n, is_by_machine ? "true" : "false", hours));
}

/* One in `one_in` of that month's actions is appealed against with success, the others without. */
static void decide_appeals(const char *month, int one_in)
{
        sql(text(
                "INSERT INTO moderation.appeals (id, action_id, appellant_user_id, reviewer_user_id, state, submitted_at,"
                " decided_at) SELECT gen_random_uuid(), id, reported_user_id, gen_random_uuid(),"
                " CASE WHEN row_number() OVER () %% %d = 0 THEN 'granted' ELSE 'denied' END, taken_at,"
                " taken_at + interval '30 hours' FROM moderation.actions WHERE reason = 'made for the report'"
                " AND to_char(taken_at, 'YYYY-MM') = '%s'",
                one_in, month));
}

static void end(void)
{
        sql("DELETE FROM moderation.appeals p USING moderation.actions a WHERE a.id = p.action_id"
            " AND a.reason = 'made for the report'");
        sql("WITH gone AS (DELETE FROM moderation.actions WHERE reason = 'made for the report' RETURNING case_id)"
            " SELECT count(*) FROM gone");
        sql("DELETE FROM moderation.cases WHERE opened_at < '2010-01-01'");
        scene_end();
}

/* Of the figures under `part`; -1 when it is left out. */
static int count_of(struct answer report, const char *part, const char *what, const char *of)
{
        const char *counts = text("%s.counts", part);
        for (int i = 0; has(report, counts) && i < length_at(report, counts); i++)
                if (strcmp(text_at(report, text("%s[%d].what", counts, i)), what) == 0 &&
                        strcmp(text_at(report, text("%s[%d].of", counts, i)), of) == 0)
                        return (int)number_at(report, text("%s[%d].count", counts, i));
        return -1;
}

static struct answer report_of(const char *period)
{
        struct answer report = get(nobody, text(REPORT, period));
        expect_status(report, 200);
        return report;
}

TEST(counts_are_rounded_and_few_are_not_spoken_of)
{
        rule_on("2004-05", "spam", 27, 27, 5, false);
        rule_on("2004-05", "hate", 9, 9, 5, false);
        rule_on("2004-05", "harassment", 40, 9, 5, false);
        struct answer report = report_of("2004-05");
        ck_assert_int_eq(count_of(report, "figures", "cases", "spam"), 30);
        ck_assert_int_eq(count_of(report, "figures", "cases", "hate"), -1);
        ck_assert_int_eq(count_of(report, "figures", "cases", "harassment"), -1);
        ck_assert_int_eq(count_of(report, "figures", "actions_by_people", "hide"), 80);
        ck_assert_int_eq((int)number_at(report, "figures.median_hours_to_ruling"), 5);
        ck_assert(!has(report, "figures.people_error_rate") && !has(report, "figures.median_hours_to_appeal_decision"));
}
END_TEST

TEST(the_month_before_stands_beside_it)
{
        rule_on("2005-12", "spam", 60, 60, 2, false);
        rule_on("2006-01", "scam", 20, 20, 2, true);
        struct answer report = report_of("2006-01");
        ck_assert_str_eq(text_at(report, "previous_period"), "2005-12");
        ck_assert_int_eq(count_of(report, "previous", "cases", "spam"), 60);
        ck_assert_int_eq(count_of(report, "figures", "actions_by_machine", "hide"), 20);
        ck_assert_int_eq(count_of(report, "figures", "cases", "spam"), -1);
        ck_assert(number_at(report, "previous.automated_share") == 0);
        ck_assert(!has(report, "figures.automated_share"));
}
END_TEST

TEST(errors_are_what_appeals_found)
{
        rule_on("2007-03", "spam", 60, 60, 1, true);
        decide_appeals("2007-03", 4);
        struct answer report = report_of("2007-03");
        ck_assert_double_eq_tol(number_at(report, "figures.machine_error_rate"), 0.25, 1e-9);
        ck_assert(!has(report, "figures.people_error_rate"));
        ck_assert_int_eq(count_of(report, "figures", "appeals_decided", "denied"), 50);
        ck_assert_int_eq((int)number_at(report, "figures.median_hours_to_appeal_decision"), 30);
}
END_TEST

TEST(every_number_is_defined)
{
        struct answer report = report_of("2008-01");
        ck_assert_int_ge(length_at(report, "definitions"), 11);
        for (int i = 0; i < length_at(report, "definitions"); i++)
                ck_assert_uint_gt(strlen(text_at(report, text("definitions[%d].means", i))), 10);
}
END_TEST

TEST(only_months_that_are_over_have_a_report)
{
        expect_status(get(nobody, "/moderation/transparency-report"), 200);
        expect_problem(get(nobody, text(REPORT, "2999-01")), 404, "not_found");
        static const char *const bad[] = {"2004-13", "2004-00", "20040-1", "abcd-ef", "1999-12", "2004/05"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_problem(get(nobody, text(REPORT, bad[i])), 422, "validation_failed");
}
END_TEST

SUITE_WITH(scene_begin, end, "e2e/transparency", NO_FORK, T(counts_are_rounded_and_few_are_not_spoken_of),
        T(the_month_before_stands_beside_it), T(errors_are_what_appeals_found), T(every_number_is_defined),
        T(only_months_that_are_over_have_a_report))
