/* SPDX-License-Identifier: Apache-2.0 */
/* What releases cost and what they are worth:
 *   privacy_bench noise SECONDS                          numbers drawn a second, by one thread
 *   privacy_bench fill DATABASE_URL DATA_KEYS PERIOD N   N people in a month, over all cells of one country
 *   privacy_bench error                                  of percentiles made of releases, by the size of a group
 */
#include "common/arena.h"
#include "common/clock.h"
#include "svc-anonymize/noise.h"
#include "svc-peers/policy.h"
#include "tests/e2e/crowd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MICRO = 1000000 };

static int draw(double seconds)
{
        enum { BATCH = 10000 };
        int64_t n = 0, sum = 0, begun_us = clock_now_us(), end_us = begun_us + (int64_t)(seconds * MICRO);
        for (; clock_now_us() < end_us; n += BATCH)
                for (int i = 0; i < BATCH; i++)
                        sum += noise_laplace(180000, MICRO);
        printf("%.0f %d\n", (double)n * MICRO / (double)(clock_now_us() - begun_us), sum == 1);
        return EXIT_SUCCESS;
}

static const char *const ages[] = {"18-29", "30-39", "40-49", "50-59", "60-69", "70+"};
static const char *const incomes[] = {"under-25k", "25k-50k", "50k-100k", "100k-150k", "150k+"};
static const char *const regions[] = {"East North Central", "East South Central", "Middle Atlantic", "Mountain",
        "New England", "Pacific", "South Atlantic", "West North Central", "West South Central"};

enum { AGES = 6, INCOMES = 5, REGIONS = 9, CELLS = AGES * INCOMES * REGIONS };

static int fill(char **argv)
{
        int n = (int)strtol(argv[3], NULL, 10);
        for (int cell = 0; cell < CELLS; cell++) {
                Peers__Snapshot figures = PEERS__SNAPSHOT__INIT;
                figures.age_group = (char *)(size_t)ages[cell % AGES];
                figures.income_range = (char *)(size_t)incomes[cell / AGES % INCOMES];
                figures.region = (char *)(size_t)regions[cell / AGES / INCOMES];
                figures.has_savings_rate = figures.has_emergency_fund_months = figures.has_debt_to_income =
                        figures.has_financial_discipline = 1;
                figures.savings_rate = cell % 40;
                figures.emergency_fund_months = cell % 12;
                figures.debt_to_income = cell % 60;
                figures.financial_discipline = cell % 100;
                if (!crowd_add(argv[0], argv[1], argv[2], &figures, n / CELLS + (cell < n % CELLS)))
                        return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
}

/* ---- error ----------------------------------------------------------------------------------------------------------
 */

static double uniform(void)
{
        return ((double)noise_uniform(1u << 30) + 0.5) / (1u << 30);
}

/* A savings rate: log-normal about 8 %, some below nothing. */
static double figure(void)
{
        double normal = sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
        return fmin(100, exp(log(10) + 0.8 * normal) - 4);
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;
        return (a > b) - (a < b);
}

struct errors {
        double *of; /* in points */
        int count;
        int covered; /* by their intervals */
};

/* Somebody of a group of n, whose figures are released as the sum of n_parts groups. */
static void compare_somebody(const struct metric *metric, int n, int n_parts, int64_t epsilon, struct errors *errors)
{
        int64_t counts[BINS_MAX] = {0}, noised[BINS_MAX];
        for (int i = 0; i < n; i++)
                counts[policy_bin(metric, figure())]++;
        double own = figure(), below = 0;
        for (int i = 0; i < metric->n_bins; i++) {
                noised[i] = counts[i];
                for (int part = 0; part < n_parts; part++)
                        noised[i] += noise_laplace((uint32_t)epsilon, MICRO);
                below += i < policy_bin(metric, own) ? (double)counts[i] : 0;
        }
        below += (double)counts[policy_bin(metric, own)] / 2;
        struct standing standing = policy_standing(
                metric, &(struct released_counts){(size_t)metric->n_bins, noised, epsilon, n_parts}, own);
        if (!standing.is_known)
                return;
        double truth = 100 * below / n;
        errors->of[errors->count++] = fabs(standing.percentile - truth);
        errors->covered += truth >= standing.low && truth <= standing.high;
}

static int tell_errors(void)
{
        enum { TIMES = 1000 };
        static double of[TIMES];
        static const struct {
                int n, n_parts, epsilon;
        } cases[] = {{50, 1, 180000}, {100, 1, 180000}, {150, 1, 180000}, {200, 1, 180000}, {500, 1, 180000},
                {1000, 1, 180000}, {500, 1, 250000}, {2000, 9, 180000}, {10000, 45, 180000}, {50000, 270, 180000}};
        const struct metric *metric = &policy_metrics[policy_metric("savings_rate")];
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                double sum = 0;
                struct errors errors = {.of = of};
                for (int j = 0; j < TIMES; j++)
                        compare_somebody(metric, cases[i].n, cases[i].n_parts, cases[i].epsilon, &errors);
                qsort(of, (size_t)errors.count, sizeof *of, compare);
                for (int j = 0; j < errors.count; j++)
                        sum += of[j];
                printf("%d %d %.2f %.2f %.1f %.1f\n", cases[i].n, cases[i].n_parts, cases[i].epsilon / 1e6,
                        sum / errors.count, of[errors.count * 95 / 100], 100.0 * errors.covered / errors.count);
        }
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "noise") == 0)
                return draw(strtod(argv[2], NULL));
        if (argc == 6 && strcmp(argv[1], "fill") == 0)
                return fill(argv + 2);
        if (argc == 2 && strcmp(argv[1], "error") == 0)
                return tell_errors();
        return EXIT_FAILURE;
}
