/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/policy.h"

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

/* Shares of each level, in per cent, from age × income × region to everybody. */
static const int level_shares[COHORT_LEVELS] = {40, 30, 20, 10};

static const char *const metrics[] = {
        "cohort_size", "savings_rate", "emergency_fund_months", "debt_to_income", "financial_discipline"};

enum { METRICS = sizeof metrics / sizeof *metrics };

int64_t policy_level_epsilon(double total, int level)
{
        return level < 0 || level >= COHORT_LEVELS ? 0 : (int64_t)(total * 1e6) * level_shares[level] / 100;
}

int64_t policy_release_epsilon(double total, int level)
{
        return policy_level_epsilon(total, level) / METRICS;
}

bool policy_is_metric(const char *metric)
{
        for (size_t i = 0; i < METRICS; i++)
                if (strcmp(metrics[i], metric) == 0)
                        return true;
        return false;
}

int policy_cohort_level(const char *cohort)
{
        int bands = 1;
        if (strcmp(cohort, "all") == 0)
                return COHORT_LEVELS - 1;
        for (const char *at = cohort; *at != '\0'; at++)
                bands += *at == '/';
        return bands > COHORT_LEVELS - 1 ? -1 : COHORT_LEVELS - 1 - bands;
}
