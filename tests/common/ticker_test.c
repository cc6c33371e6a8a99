/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "common/metrics.h"
#include "common/ticker.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

static struct kit kit;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
}

static void tear_down(void)
{
        kit_close(&kit);
}

TEST(without_a_database_there_is_nothing_to_miss)
{
        int64_t begun_us = clock_now_us();
        struct ticker *ticker = ticker_start(&kit.service, NULL, 1000000);
        ck_assert(ticker_has_database(ticker));
        ticker_stop(ticker);
        ck_assert_int_lt(clock_now_us() - begun_us, 800000); /* stopping does not wait for the next pulse */
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
        metrics_print(kit.service.metrics, METRICS_TEXT, &text);
        ck_assert_ptr_nonnull(strstr(buffer_text(&text), "sfp_database_up 0\n"));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/ticker", FORK, T(without_a_database_there_is_nothing_to_miss),
        T(a_database_that_is_not_there_is_noticed))
