/* SPDX-License-Identifier: Apache-2.0 */
#include "common/canary.h"
#include "common/clock.h"
#include "tests/suite.h"

#include <unistd.h>

TEST(a_canary_lives_while_the_library_does)
{
        struct canary *canary = canary_start();
        ck_assert(canary_is_alive(canary));
        usleep(1200000); /* a round and a bit */
        ck_assert(canary_is_alive(canary));
        canary_stop(canary);
}
END_TEST

TEST(a_canary_stops_without_waiting_for_its_next_round)
{
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < 5; i++)
                canary_stop(canary_start());
        ck_assert_int_lt(clock_now_us() - begun_us, 900000);
}
END_TEST

SUITE("common/canary", NO_FORK, T(a_canary_lives_while_the_library_does),
        T(a_canary_stops_without_waiting_for_its_next_round))
