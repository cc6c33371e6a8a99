/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "common/rounds.h"
#include "tests/suite.h"

#include <stdatomic.h>
#include <unistd.h>

enum { PATIENCE_US = 20000000 };

static const int64_t hour_us = 3600000000;

static _Atomic int n_looks;
static _Atomic int64_t pause_us;

static int64_t look(void *arg)
{
        (void)arg;
        atomic_fetch_add(&n_looks, 1);
        return clock_now_us() + atomic_load(&pause_us);
}

static void wait_for_looks(int count)
{
        for (int64_t until = clock_now_us() + PATIENCE_US; atomic_load(&n_looks) < count; usleep(1000))
                ck_assert_int_lt(clock_now_us(), until);
}

static struct rounds *start(int64_t us)
{
        atomic_store(&n_looks, 0);
        atomic_store(&pause_us, us);
        struct rounds *rounds = rounds_start(look, NULL);
        wait_for_looks(1);
        return rounds;
}

TEST(it_looks_again_and_again_at_its_times)
{
        struct rounds *rounds = start(1000);
        wait_for_looks(20);
        rounds_stop(rounds);
}
END_TEST

TEST(it_does_not_look_before_its_time)
{
        struct rounds *rounds = start(hour_us);
        usleep(50000);
        rounds_stop(rounds);
        ck_assert_int_eq(atomic_load(&n_looks), 1);
}
END_TEST

TEST(a_wake_has_it_look_at_once)
{
        struct rounds *rounds = start(hour_us);
        rounds_wake(rounds);
        wait_for_looks(2);
        rounds_stop(rounds);
}
END_TEST

TEST(stopping_does_not_wait_for_its_time)
{
        int64_t begun_us = clock_now_us();
        rounds_stop(start(hour_us));
        rounds_stop(NULL);
        ck_assert_int_lt(clock_now_us() - begun_us, PATIENCE_US);
}
END_TEST

SUITE("common/rounds", FORK, T(it_looks_again_and_again_at_its_times), T(it_does_not_look_before_its_time),
        T(a_wake_has_it_look_at_once), T(stopping_does_not_wait_for_its_time))
