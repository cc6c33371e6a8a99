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
        expect_laplace(120000, 1000000);
        expect_laplace(180000, 1000000);
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
        static const char *const metrics[] = {
                "savings_rate", "emergency_fund_months", "debt_to_income", "financial_discipline"};
        for (int per_mille = 0; per_mille <= 10000; per_mille += 137) {
                int64_t all = 0;
                double total = per_mille / 1000.0;
                for (int i = 0; i < 4; i++)
                        all += policy_metric_epsilon(total, policy_metric(metrics[i]));
                for (int round = 0; round < POLICY_ROUNDS; round++)
                        all += policy_size_epsilon(total, round);
                ck_assert_int_le(all, per_mille * 1000);
                ck_assert_int_ge(all, per_mille * 1000 - 10);
        }
        ck_assert_int_eq(policy_size_epsilon(1.0, POLICY_ROUNDS), 0);
        ck_assert_int_eq(policy_metric_epsilon(1.0, policy_metric("cohort_size")), 0);
}
END_TEST

TEST(the_fewest_people_pass_a_threshold_with_delta_at_most)
{
        for (int64_t epsilon = 10000; epsilon <= 10000000; epsilon += 10000) {
                double e = (double)epsilon / 1e6, delta = POLICY_DELTA / POLICY_ROUNDS;
                double x = (double)(policy_threshold(10, epsilon) - 10);
                ck_assert(exp(-e * x) / (1 + exp(-e)) <= delta * (1 + 1e-9));
                ck_assert(exp(-e * (x - 1)) / (1 + exp(-e)) > delta);
        }
        ck_assert_int_eq(policy_threshold(10, 120000), 129); /* as docs/privacy.md says */
        ck_assert_int_eq(policy_threshold(10, 80000), 189);
        ck_assert_int_eq(policy_threshold(10, 0), INT64_MAX);
}
END_TEST

TEST(the_self_test_passes)
{
        for (int i = 0; i < 100; i++)
                noise_self_test();
}
END_TEST

SUITE("svc-anonymize/noise", FORK, T(noise_is_as_theory_says_at_epsilon_one),
        T(noise_is_as_theory_says_at_a_release_s_epsilon), T(a_uniform_number_is_below_its_bound_and_takes_each_value),
        T(what_all_releases_cost_is_the_month_s_total_at_most),
        T(the_fewest_people_pass_a_threshold_with_delta_at_most), T(the_self_test_passes))
