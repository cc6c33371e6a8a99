/* SPDX-License-Identifier: Apache-2.0 */
/* Against published values. */
#include "tests/common/statistics.h"

#include "tests/suite.h"

#include <math.h>

TEST(bounds_of_a_share_are_those_of_clopper_and_pearson)
{
        ck_assert_double_eq_tol(statistics_lower(10, 100, 0.025), 0.0490047, 1e-6);
        ck_assert_double_eq_tol(statistics_upper(10, 100, 0.025), 0.1762226, 1e-6);
        ck_assert_double_eq_tol(statistics_upper(0, 100, 0.025), 1 - pow(0.025, 0.01), 1e-9);
        ck_assert_double_eq_tol(statistics_lower(100, 100, 0.025), pow(0.025, 0.01), 1e-9);
        ck_assert_double_eq(statistics_lower(0, 7, 0.1), 0);
        ck_assert_double_eq(statistics_upper(7, 7, 0.1), 1);
}
END_TEST

TEST(tails_of_chi_square_are_those_of_the_tables)
{
        ck_assert_double_eq_tol(statistics_chi_square_tail(3.841459, 1), 0.05, 1e-6);
        ck_assert_double_eq_tol(statistics_chi_square_tail(18.307038, 10), 0.05, 1e-6);
        ck_assert_double_eq_tol(statistics_chi_square_tail(2, 2), exp(-1), 1e-12);
        ck_assert_double_eq_tol(statistics_chi_square_tail(100, 2) / exp(-50), 1, 1e-9);
}
END_TEST

TEST(ranks_of_equals_are_their_mean)
{
        double values[] = {1e9, 3, -7, 3};
        statistics_rank(4, values);
        ck_assert_double_eq(values[0], 3);
        ck_assert_double_eq(values[1], 1.5);
        ck_assert_double_eq(values[2], 0);
        ck_assert_double_eq(values[3], 1.5);
}
END_TEST

SUITE("common/statistics", FORK, T(bounds_of_a_share_are_those_of_clopper_and_pearson),
        T(tails_of_chi_square_are_those_of_the_tables), T(ranks_of_equals_are_their_mean))
