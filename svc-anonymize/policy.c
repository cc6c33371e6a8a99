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
