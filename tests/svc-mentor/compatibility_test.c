/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/compatibility.h"

#include "tests/suite.h"

static double sum_of(const double *weights)
{
        double sum = 0;
        for (int c = 0; c < CRITERIA; c++)
                sum += weights[c];
        return sum;
}

TEST(who_has_everything_fits_wholly)
{
        const double all[CRITERIA] = {1, 1, 1, 1, 1, 1}, none[CRITERIA] = {0};
        ck_assert_double_eq_tol(compatibility_of(all, NULL).score, 100, 1e-9);
        ck_assert_double_eq_tol(compatibility_of(all, "style").score, 100, 1e-9);
        ck_assert_double_eq_tol(compatibility_of(none, "style").score, 0, 1e-9);
}
END_TEST

TEST(a_criterion_counts_as_the_formula_says)
{
        static const double expected[CRITERIA] = {30, 20, 15, 15, 10, 10};
        for (int c = 0; c < CRITERIA; c++) {
                double values[CRITERIA] = {0};
                values[c] = 1;
                ck_assert_double_eq_tol(compatibility_of(values, NULL).score, expected[c], 1e-9);
        }
}
END_TEST

TEST(the_top_criterion_counts_half_as_much_again)
{
        const double values[CRITERIA] = {[LANGUAGE] = 1};
        struct compatibility with = compatibility_of(values, "language");
        ck_assert_double_eq_tol(with.weights[LANGUAGE], 0.225 / 1.075, 1e-9);
        ck_assert_double_eq_tol(sum_of(with.weights), 1, 1e-9);
        ck_assert_double_eq_tol(with.score, 100 * 0.225 / 1.075, 1e-9);
}
END_TEST

TEST(values_stay_between_nothing_and_all)
{
        const double values[CRITERIA] = {7, -3, 0.5, 0, 0, 0};
        struct compatibility result = compatibility_of(values, NULL);
        ck_assert_double_eq_tol(result.score, 30 + 7.5, 1e-9);
        ck_assert_str_eq(criterion_name(SCHEDULE), "schedule");
}
END_TEST

SUITE("svc-mentor/compatibility", FORK, T(who_has_everything_fits_wholly), T(a_criterion_counts_as_the_formula_says),
        T(the_top_criterion_counts_half_as_much_again), T(values_stay_between_nothing_and_all))
