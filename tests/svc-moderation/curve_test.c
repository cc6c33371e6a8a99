/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/curve.h"
#include "tests/suite.h"

#include <math.h>

enum { POINTS = 4000, STEPS = 40 };

/* At each sum as many are positive as the curve of `slope` and `shift` says. */
static size_t draw(struct curve_point *points, double slope, double shift)
{
        size_t count = 0;
        for (int step = 0; step < STEPS; step++) {
                double sum = -4 + 8.0 * step / STEPS, share = 1 / (1 + exp(-(slope * sum + shift)));
                for (int i = 0; i < POINTS / STEPS; i++)
                        points[count++] = (struct curve_point){(float)sum, 1, i + 0.5 < share * (POINTS / STEPS)};
        }
        return count;
}

TEST(a_curve_is_found_again)
{
        static struct curve_point points[POINTS];
        struct curve curve = curve_fit(draw(points, 1.7, -0.8), points);
        ck_assert_double_eq_tol((double)curve.slope, 1.7, 0.1);
        ck_assert_double_eq_tol((double)curve.shift, -0.8, 0.1);
}

TEST(a_point_of_weight_two_is_two_points)
{
        struct curve_point twice[] = {{-1, 1, false}, {1, 1, true}, {1, 1, true}, {2, 1, false}, {3, 1, true}};
        struct curve_point heavy[] = {{-1, 1, false}, {1, 2, true}, {2, 1, false}, {3, 1, true}};
        struct curve one = curve_fit(5, twice), other = curve_fit(4, heavy);
        ck_assert_double_eq_tol((double)one.slope, (double)other.slope, 1e-4);
        ck_assert_double_eq_tol((double)one.shift, (double)other.shift, 1e-4);
}

TEST(few_points_that_are_told_apart_do_not_make_sure)
{
        struct curve_point points[] = {{-5, 1, false}, {-4, 1, false}, {4, 1, true}, {5, 1, true}};
        struct curve curve = curve_fit(4, points);
        double highest = 1 / (1 + exp(-(double)(curve.slope * 5 + curve.shift)));
        ck_assert_double_gt(highest, 0.6);
        ck_assert_double_lt(highest, 0.9);
}

TEST(nothing_gives_the_curve_that_changes_nothing)
{
        struct curve_point upside_down[] = {{-1, 1, true}, {1, 1, false}, {2, 1, false}, {-2, 1, true}};
        struct curve none = curve_fit(0, NULL), upside = curve_fit(4, upside_down);
        ck_assert(none.slope == 1);
        ck_assert(upside.slope == 1 && upside.shift == 0);
}

SUITE("svc-moderation/curve", FORK, T(a_curve_is_found_again), T(a_point_of_weight_two_is_two_points),
        T(few_points_that_are_told_apart_do_not_make_sure), T(nothing_gives_the_curve_that_changes_nothing))
