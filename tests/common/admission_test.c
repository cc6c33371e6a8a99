/* SPDX-License-Identifier: Apache-2.0 */
#include "common/admission.h"
#include "tests/suite.h"

enum { MS = 1000, LONG = 10 * ADMISSION_TARGET_US };

static struct admission admission;
static int64_t now;

/* One request a millisecond, each having waited so long; how many were refused. */
static int serve(int count, int64_t waited_us)
{
        int n_refused = 0;
        for (int i = 0; i < count; i++, now += MS)
                n_refused += !admission_admits(&admission, now, waited_us);
        return n_refused;
}

static void set_up(void)
{
        admission = (struct admission){0};
        now = 1000000;
}

TEST(a_line_that_moves_refuses_nobody)
{
        ck_assert_int_eq(serve(10000, ADMISSION_TARGET_US), 0);
}
END_TEST

TEST(a_burst_is_served_however_long_it_waited)
{
        ck_assert_int_eq(serve(ADMISSION_INTERVAL_US / MS, LONG), 0);
}
END_TEST

TEST(a_line_that_stands_is_cut)
{
        serve(ADMISSION_INTERVAL_US / MS, LONG);
        ck_assert_int_eq(serve(100, LONG), 100);
}
END_TEST

TEST(a_standing_line_still_serves_who_waited_less_than_twice_the_target)
{
        serve(ADMISSION_INTERVAL_US / MS + 1, LONG);
        ck_assert_int_eq(serve(10, 2 * ADMISSION_TARGET_US), 0);
        ck_assert_int_eq(serve(10, LONG), 10);
}
END_TEST

TEST(one_who_gets_through_quickly_ends_the_standing)
{
        serve(ADMISSION_INTERVAL_US / MS + 1, LONG);
        serve(1, MS);
        ck_assert_int_eq(serve(100, LONG), 0);
}
END_TEST

TEST(a_burst_after_a_quiet_hour_is_not_blamed_for_the_last_one)
{
        serve(100, LONG);
        now += 3600 * 1000000LL;
        serve(1, 0);
        ck_assert_int_eq(serve(100, LONG), 0);
}
END_TEST

SUITE_WITH(set_up, NULL, "common/admission", FORK, T(a_line_that_moves_refuses_nobody),
        T(a_burst_is_served_however_long_it_waited), T(a_line_that_stands_is_cut),
        T(a_standing_line_still_serves_who_waited_less_than_twice_the_target),
        T(one_who_gets_through_quickly_ends_the_standing), T(a_burst_after_a_quiet_hour_is_not_blamed_for_the_last_one))
