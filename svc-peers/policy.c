/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/policy.h"

#include "svc-peers/interval.h"

#include <math.h>
#include <string.h>

/* clang-format off */
const struct metric policy_metrics[METRICS] = {
        {"savings_rate", "%", true, 16, -10000, 10000,
                {-2000, -1000, -500, 0, 250, 500, 750, 1000, 1250, 1500, 2000, 2500, 3000, 4000, 5000}},
        {"emergency_fund_months", "months", true, 14, 0, 12000,
                {25, 50, 100, 150, 200, 300, 400, 500, 600, 800, 1200, 1800, 2400}},
        {"debt_to_income", "%", false, 15, 0, 100000,
                {100, 500, 1000, 1500, 2000, 2500, 3000, 3600, 4300, 5000, 6000, 8000, 10000, 15000}},
        {"financial_discipline", "points", true, 10, 0, 10000,
                {1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000}},
};
/* clang-format on */

static const char *const dimensions[] = {"age", "income", "region"};
static const char *const left_out[] = {"region", "income", "age"};
static const char *const level_names[LEVELS] = {"age_income_region", "age_income", "age", "all"};

int policy_metric(const char *name)
{
        for (int i = 0; i < METRICS; i++)
                if (strcmp(policy_metrics[i].name, name) == 0)
                        return i;
        return -1;
}

int policy_n_counts(void)
{
        int n = 0;
        for (int i = 0; i < METRICS; i++)
                n += policy_metrics[i].n_bins;
        return n;
}

int64_t policy_hundredths(const struct metric *metric, double value)
{
        double scaled = value * 100;
        if (!(scaled > (double)metric->low)) /* neither is what is no number */
                return metric->low;
        return scaled < (double)metric->high ? llround(scaled) : metric->high;
}

int policy_bin(const struct metric *metric, double value)
{
        int bin = 0;
        int64_t hundredths = policy_hundredths(metric, value);
        while (bin < metric->n_bins - 1 && hundredths >= metric->edges[bin])
                bin++;
        return bin;
}

char *policy_bin_name(struct arena *arena, const struct metric *metric, int bin)
{
        if (bin == 0)
                return arena_printf(arena, "under %g %s", (double)metric->edges[0] / 100, metric->unit);
        if (bin == metric->n_bins - 1)
                return arena_printf(arena, "%g %s and more", (double)metric->edges[bin - 1] / 100, metric->unit);
        return arena_printf(arena, "%g-%g %s", (double)metric->edges[bin - 1] / 100, (double)metric->edges[bin] / 100,
                metric->unit);
}

bool policy_discipline(const Peers__DisciplineInputs *inputs, double *out)
{
        if (inputs == NULL)
                return false;
        const struct {
                bool is_given;
                double weight;
                double value;
        } parts[] = {
                {inputs->has_on_time_payments_percent, 30, inputs->on_time_payments_percent},
                {inputs->has_budget_adherence_percent, 25, inputs->budget_adherence_percent},
                {inputs->has_saving_months, 25, inputs->saving_months * 100.0 / 12},
                {inputs->has_credit_utilisation_percent, 20, 100 - inputs->credit_utilisation_percent},
        };
        double sum = 0, weights = 0;
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
                sum += parts[i].is_given ? parts[i].weight * parts[i].value : 0;
                weights += parts[i].is_given ? parts[i].weight : 0;
        }
        if (weights > 0)
                *out = sum / weights;
        return weights > 0;
}

bool policy_value(const Peers__Snapshot *snapshot, int metric, double *out)
{
        const struct {
                bool is_given;
                double value;
        } values[METRICS] = {
                {snapshot->has_savings_rate, snapshot->savings_rate},
                {snapshot->has_emergency_fund_months, snapshot->emergency_fund_months},
                {snapshot->has_debt_to_income, snapshot->debt_to_income},
                {snapshot->has_financial_discipline, snapshot->financial_discipline},
        };
        if (values[metric].is_given)
                *out = values[metric].value;
        return values[metric].is_given;
}

char *policy_cohort(struct arena *arena, const char *age_group, const char *income_range, const char *region, int level)
{
        if (level == 3)
                return arena_strdup(arena, "all");
        if (age_group == NULL || (level < 2 && income_range == NULL) || (level < 1 && region == NULL))
                return NULL;
        if (level == 2)
                return arena_strdup(arena, age_group);
        if (level == 1)
                return arena_printf(arena, "%s/%s", age_group, income_range);
        return arena_printf(arena, "%s/%s/%s", age_group, income_range, region);
}

const char *policy_level_name(int level)
{
        return level_names[level];
}

int policy_left_out(int level, const char *const **names)
{
        *names = left_out;
        return level;
}

int policy_level_of(size_t n, char *const *asked)
{
        for (size_t i = 0; i < n; i++)
                if (i >= sizeof dimensions / sizeof *dimensions || strcmp(asked[i], dimensions[i]) != 0)
                        return -1;
        return n == 0 ? 0 : LEVELS - 1 - (int)n;
}

static double clipped(int64_t count)
{
        return count > 0 ? (double)count : 0;
}

static double total_of(const int64_t *counts, size_t n_counts)
{
        double total = 0;
        for (size_t i = 0; i < n_counts; i++)
                total += clipped(counts[i]);
        return total;
}

static int percent(double share)
{
        return (int)lround(fmin(fmax(share, 0), 1) * 100);
}

/* Outwards, and around what is told: what is shown holds as often. */
static struct standing stand(double share, double low, double high)
{
        low = floor(fmin(low, share) * 100) / 100;
        high = ceil(fmax(high, share) * 100) / 100;
        return (struct standing){true, percent(share), percent(low), percent(high)};
}

struct standing policy_standing(const struct metric *metric, const struct released_counts *released, double value)
{
        double low, high;
        size_t bin = (size_t)policy_bin(metric, value);
        double total = total_of(released->counts, released->n_counts);
        if (total <= 0 || released->epsilon_micro <= 0 || released->n_counts != (size_t)metric->n_bins)
                return (struct standing){0};
        double share = (total_of(released->counts, bin) + clipped(released->counts[bin]) / 2) / total;
        interval_of(released, bin, &low, &high);
        return metric->is_more_better ? stand(share, low, high) : stand(1 - share, 1 - high, 1 - low);
}

int policy_median(const int64_t *counts, size_t n_counts)
{
        double total = total_of(counts, n_counts);
        for (size_t i = 0; total > 0 && i < n_counts; i++)
                if (total_of(counts, i + 1) * 2 >= total)
                        return (int)i;
        return -1;
}

bool policy_shares(const int64_t *counts, size_t n_counts, int *out)
{
        double total = total_of(counts, n_counts);
        for (size_t i = 0; total > 0 && i < n_counts; i++)
                out[i] = percent(clipped(counts[i]) / total);
        return total > 0;
}
