/* SPDX-License-Identifier: Apache-2.0 */
/* A month is closed once, by a job that goes on after whatever broke it off. Each test has a month of its own. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/months.h"

#include <signal.h>
#include <string.h>

static long releases(const char *period)
{
        return sql_number(text("SELECT count(*) FROM peers.cohort_releases WHERE period = '%s'", period));
}

/* Each of those with figures of the month, and nobody twice. */
static void expect_told_once(const char *period, int n_people)
{
        const char *told = sql_text(text("SELECT count(*) || ' ' || count(DISTINCT subject) FROM peers.outbox"
                                         " WHERE type LIKE '%%.comparison.updated.v1' AND subject IN"
                                         " (SELECT user_id::text FROM peers.metric_snapshots WHERE period = '%s')",
                period));
        ck_assert_str_eq(told, text("%d %d", n_people, n_people));
}

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
        crowd("West South Central", period, 10, ENOUGH);
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

TEST(of_many_who_close_a_month_at_once_one_does)
{
        enum { MANY = 4 };
        struct request requests[MANY];
        int statuses[MANY];
        const char *period = month(4), *body = text("{\"period\": \"%s\"}", period);
        struct user ops = new_user_as("ops");
        struct user ann = counted("Texas", period, 10);
        crowd("West South Central", period, 10, ENOUGH);
        for (int i = 0; i < MANY; i++)
                requests[i] = (struct request){"POST", RELEASES, ops, body, strlen(body), NULL};
        at_once(MANY, requests, statuses);
        for (int i = 0; i < MANY; i++)
                ck_assert_msg(statuses[i] == 200 || statuses[i] == 202, "answered %d", statuses[i]);
        close_month(period);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.outbox WHERE type LIKE '%%.comparison.updated.v1'"
                                         " AND subject = '%s'",
                                 ann.id)),
                1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM peers.cohort_releases WHERE period = '%s'", period)), 4 * 5);
}
END_TEST

TEST(a_closing_goes_on_after_whatever_broke_it_off)
{
        const char *period = month(2);
        struct user ann = counted("Texas", period, 10);
        crowd("West South Central", period, 10, ENOUGH);
        instance_down("svc-anonymize");
        struct answer answer = ask_to_close(period);
        expect_status(answer, 202);
        ck_assert_str_eq(text_at(answer, "state"), "counting");
        ck_assert(!is_true_at(answer, "was_released"));
        ck_assert(!has(answer, "released_at"));
        ck_assert_msg(AWAIT(20, sql_number(text("SELECT attempts FROM peers.jobs WHERE key = '%s 0'", period)) > 0),
                "it was never tried");
        ck_assert_str_eq(text_at(get(ann, PEERS), "status"), "pending_release");
        ck_assert_int_eq(releases(period), 0);
        instance_kill("svc-peers", SIGKILL);
        instance_up("svc-anonymize");
        ck_assert(AWAIT(20, ask_to_close(period).status / 100 == 2));
        close_month(period);
        ck_assert_str_eq(text_at(get(ann, PEERS), "status"), "ok");
        ck_assert_int_eq(releases(period), 4 * 5);
        expect_told_once(period, ENOUGH + 1);
}
END_TEST

TEST(a_month_of_many_people_is_closed_in_steps)
{
        const char *period = month(22);
        crowd_without_facts(period, 10, ENOUGH); /* more than a step tells */
        close_month(period);
        ck_assert_int_gt(sql_number(text("SELECT step FROM peers.released_periods WHERE period = '%s'", period)), 1);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM peers.released_periods WHERE period = '%s'"
                                         " AND work IS NULL AND progress = 100",
                                 period)),
                1);
        ck_assert_int_eq(releases(period), 5); /* of everybody: nobody has told a fact */
        long noised = sql_number(text("SELECT counts[1] FROM peers.cohort_releases WHERE period = '%s'"
                                      " AND metric = 'cohort_size'",
                period));
        ck_assert_int_gt(noised, 0);
        expect_told_once(period, ENOUGH);
}
END_TEST

TEST(only_operators_close_a_month_and_none_that_is_ahead)
{
        expect_problem(post(new_user(), RELEASES, JSON({})), 403, "forbidden");
        struct user ops = new_user_as("ops");
        expect_problem(post(ops, RELEASES, JSON({"period" : "2999-01"})), 422, "validation_failed");
        expect_problem(post(ops, RELEASES, JSON({"period" : "2026-1x"})), 422, "validation_failed");
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/closing", NO_FORK, T(who_comes_and_goes_changes_nothing_that_was_released),
        T(of_many_who_close_a_month_at_once_one_does), T(a_closing_goes_on_after_whatever_broke_it_off),
        T(a_month_of_many_people_is_closed_in_steps), T(only_operators_close_a_month_and_none_that_is_ahead))
