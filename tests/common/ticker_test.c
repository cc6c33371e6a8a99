/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "common/metrics.h"
#include "common/ticker.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static struct kit kit;
static _Atomic int n_often, n_seldom, n_failing, n_wrong, n_slow_ended;

static status run_often(struct call *call)
{
        n_wrong += strcmp(call->caller->service, "goals") != 0 || call->db != NULL || call_time_left(call) == 0;
        n_often++;
        return STATUS_OK;
}

static status run_seldom(struct call *call)
{
        (void)call;
        n_seldom++;
        return STATUS_OK;
}

static status run_failing(struct call *call)
{
        n_failing++;
        return call_fail(call, STATUS_ABORTED, "not now");
}

static status run_slow(struct call *call)
{
        (void)call;
        usleep(200000);
        n_slow_ended++;
        return STATUS_OK;
}

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        n_often = n_seldom = n_failing = n_wrong = n_slow_ended = 0;
}

static void tear_down(void)
{
        kit_close(&kit);
}

static struct ticker *start(const struct service_task *tasks)
{
        kit.definition.tasks = tasks;
        return ticker_start(&kit.service, NULL, 1000000);
}

TEST(tasks_run_at_their_times)
{
        static const struct service_task tasks[] = {
                {"often", 20, run_often}, {"seldom", 10000, run_seldom}, {"failing", 20, run_failing}, {0}};
        struct ticker *ticker = start(tasks);
        usleep(500000);
        ticker_stop(ticker);
        ck_assert_int_ge(n_often, 5);
        ck_assert_int_le(n_often, 26);
        ck_assert_int_eq(n_seldom, 1);
        ck_assert_int_ge(n_failing, 5); /* a failure is tried again */
        ck_assert_int_eq(n_wrong, 0);
}
END_TEST

TEST(stopping_waits_for_the_task_under_way_and_for_nothing_else)
{
        static const struct service_task tasks[] = {{"slow", 10000, run_slow}, {0}};
        int64_t begun_us = clock_now_us();
        struct ticker *ticker = start(tasks);
        usleep(50000);
        ticker_stop(ticker);
        ck_assert_int_eq(n_slow_ended, 1);
        ck_assert_int_lt(clock_now_us() - begun_us, 800000);
}
END_TEST

TEST(without_tasks_and_database_there_is_nothing_to_miss)
{
        struct ticker *ticker = start(NULL);
        ck_assert(ticker_has_database(ticker));
        ticker_stop(ticker);
}
END_TEST

TEST(a_database_that_is_not_there_is_noticed)
{
        struct ticker *ticker = ticker_start(&kit.service, "postgresql:///x?host=/nowhere", 1000000);
        for (int i = 0; i < 300 && ticker_has_database(ticker); i++)
                usleep(10000);
        ck_assert(!ticker_has_database(ticker));
        ticker_stop(ticker);
        struct buffer text = buffer_in(kit.arena);
        metrics_print(kit.service.metrics, &text);
        ck_assert_ptr_nonnull(strstr(buffer_text(&text), "sfp_database_up 0\n"));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/ticker", FORK, T(tasks_run_at_their_times),
        T(stopping_waits_for_the_task_under_way_and_for_nothing_else),
        T(without_tasks_and_database_there_is_nothing_to_miss), T(a_database_that_is_not_there_is_noticed))
