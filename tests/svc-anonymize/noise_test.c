/* SPDX-License-Identifier: Apache-2.0 */
/* The sampler against theory. With q = exp(-epsilon) the variance is 2 q / (1 - q)^2; bounds are six standard
 * deviations of each estimate, which a right sampler passes but once in some hundred million runs. */
#include "svc-anonymize/noise.h"
#include "svc-anonymize/policy.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWS = 60000, SIGMAS = 6, SEEN = 12 };

struct sample {
        double mean;
        double square; /* mean of the squares */
        double fourth;
        int counts[2 * SEEN + 1]; /* of -SEEN..SEEN */
};

static struct sample draw(uint32_t numerator, uint32_t denominator)
{
        struct sample sample = {0};
        for (int i = 0; i < DRAWS; i++) {
                int64_t x = noise_laplace(numerator, denominator);
                double square = (double)(x * x);
                sample.mean += (double)x / DRAWS;
                sample.square += square / DRAWS;
                sample.fourth += square * square / DRAWS;
                if (x >= -SEEN && x <= SEEN)
                        sample.counts[x + SEEN]++;
        }
        return sample;
}

static double variance_of(double epsilon)
{
        double q = exp(-epsilon);
        return 2 * q / ((1 - q) * (1 - q));
}

static void expect_laplace(uint32_t numerator, uint32_t denominator)
{
        double epsilon = (double)numerator / denominator, q = exp(-epsilon);
        struct sample sample = draw(numerator, denominator);
        double variance = variance_of(epsilon);
        ck_assert_msg(fabs(sample.mean) < SIGMAS * sqrt(variance / DRAWS), "mean %f", sample.mean);
        double spread = sqrt((sample.fourth - sample.square * sample.square) / DRAWS);
        ck_assert_msg(fabs(sample.square - variance) < SIGMAS * spread, "variance %f, not %f", sample.square, variance);
        for (int x = -SEEN; x <= SEEN; x++) {
                double expected = (1 - q) / (1 + q) * pow(q, abs(x));
                double bound = SIGMAS * sqrt(expected * (1 - expected) / DRAWS) + 1.0 / DRAWS;
                double seen = (double)sample.counts[x + SEEN] / DRAWS;
                ck_assert_msg(fabs(seen - expected) < bound, "P(%d) is %f, not %f", x, seen, expected);
        }
}

TEST(noise_is_as_theory_says_at_epsilon_one)
{
        expect_laplace(1000000, 1000000);
}
END_TEST

TEST(noise_is_as_theory_says_at_a_release_s_epsilon)
{
        expect_laplace(80000, 1000000);
        expect_laplace(250000, 1000000);
}
END_TEST

TEST(a_uniform_number_is_below_its_bound_and_takes_each_value)
{
        int counts[7] = {0};
        for (int i = 0; i < DRAWS; i++) {
                uint64_t x = noise_uniform(7);
                ck_assert_uint_lt(x, 7);
                counts[x]++;
        }
        double expected = DRAWS / 7.0;
        for (int i = 0; i < 7; i++)
                ck_assert_msg(fabs(counts[i] - expected) < SIGMAS * sqrt(expected), "%d times %d", counts[i], i);
        ck_assert_uint_eq(noise_uniform(1), 0);
}
END_TEST

TEST(what_all_releases_cost_is_the_month_s_total_at_most)
{
        int64_t all = 0;
        for (int level = 0; level < COHORT_LEVELS; level++) {
                ck_assert_int_gt(policy_release_epsilon(1.0, level), 0);
                ck_assert_int_le(5 * policy_release_epsilon(1.0, level), policy_level_epsilon(1.0, level));
                all += policy_level_epsilon(1.0, level);
        }
        ck_assert_int_le(all, 1000000);
        ck_assert_int_eq(policy_release_epsilon(1.0, COHORT_LEVELS), 0);
        ck_assert_int_eq(policy_release_epsilon(0, 0), 0);
}
END_TEST

TEST(a_cohort_s_name_says_its_level)
{
        ck_assert_int_eq(policy_cohort_level("all"), 3);
        ck_assert_int_eq(policy_cohort_level("30-39"), 2);
        ck_assert_int_eq(policy_cohort_level("30-39/50k-100k"), 1);
        ck_assert_int_eq(policy_cohort_level("30-39/50k-100k/Pacific"), 0);
        ck_assert_int_eq(policy_cohort_level("a/b/c/d"), -1);
}
END_TEST

SUITE("svc-anonymize/noise", FORK, T(noise_is_as_theory_says_at_epsilon_one),
        T(noise_is_as_theory_says_at_a_release_s_epsilon), T(a_uniform_number_is_below_its_bound_and_takes_each_value),
        T(what_all_releases_cost_is_the_month_s_total_at_most), T(a_cohort_s_name_says_its_level))
