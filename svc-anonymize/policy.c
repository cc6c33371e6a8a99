/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/policy.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Lowest first. */
static const struct {
        const char *name;
        int bar;
} levels[] = {
        {"newcomer", 0},
        {"learner", 20},
        {"contributor", 100},
        {"expert", 400},
        {"leader", 1000},
};

enum { LEVELS = sizeof levels / sizeof *levels };

static size_t place_of(const char *level)
{
        for (size_t i = 0; i < LEVELS; i++)
                if (strcmp(levels[i].name, level) == 0)
                        return i;
        return 0;
}

const char *policy_level(const char *current, int score)
{
        size_t place = place_of(current);
        while (place + 1 < LEVELS && score >= levels[place + 1].bar)
                place++;
        while (place > 0 && (int64_t)score * 10 < (int64_t)levels[place].bar * 9)
                place--;
        return levels[place].name;
}

/* clang-format off */
const struct transition erasure_transitions[] = {
        /* action     from                     actors   next           effects */
        {"request",  "new",                   "owner", "requested"},
        {"cool_off", "requested",             "owner", "cooling_off", "can_be_cancelled"},
        {"cancel",   "requested cooling_off", "owner", "cancelled",   "nothing_is_erased"},
        {"start",    "requested cooling_off", "sys",   "running",     "cannot_be_cancelled every_service_is_told"},
        {"finish",   "running",               "sys",   "completed",   "nothing_is_left"},
        {NULL},
};

const struct transition export_transitions[] = {
        {"request",  "new",                   "owner", "requested"},
        {"start",    "requested",             "sys",   "running",     "every_service_is_asked"},
        {"finish",   "running",               "sys",   "ready",       "can_be_downloaded"},
        {"expire",   "ready",                 "sys",   "expired",     "archive_is_purged"},
        {"fail",     "requested running",     "sys",   "failed",      "archive_is_purged"},
        {NULL},
};
/* clang-format on */

static const struct {
        const char *name;
        int share; /* of the month's total, in per cent */
} metrics[] = {
        {"savings_rate", 18},
        {"emergency_fund_months", 18},
        {"debt_to_income", 18},
        {"financial_discipline", 18},
};

enum { METRICS = sizeof metrics / sizeof *metrics };

/* The same for the sizes of groups, from the finest. */
static const int size_shares[POLICY_ROUNDS] = {12, 8, 8};

static int64_t share_of(double total, int per_cent)
{
        return (int64_t)(total * 1e6) * per_cent / 100;
}

int policy_metric(const char *metric)
{
        for (int i = 0; i < METRICS; i++)
                if (strcmp(metrics[i].name, metric) == 0)
                        return i;
        return -1;
}

int64_t policy_metric_epsilon(double total, int metric)
{
        return metric < 0 || metric >= METRICS ? 0 : share_of(total, metrics[metric].share);
}

int64_t policy_size_epsilon(double total, int round)
{
        return round < 0 || round >= POLICY_ROUNDS ? 0 : share_of(total, size_shares[round]);
}

/* The tail of discrete Laplace noise: P(X >= x) = exp(-epsilon x) / (1 + exp(-epsilon)) for x >= 1. */
int64_t policy_threshold(int64_t k, int64_t epsilon_micro)
{
        double epsilon = (double)epsilon_micro / 1e6, delta = POLICY_DELTA / POLICY_ROUNDS;
        if (epsilon_micro <= 0)
                return INT64_MAX;
        return k + (int64_t)ceil(log(1 / (delta * (1 + exp(-epsilon)))) / epsilon);
}
