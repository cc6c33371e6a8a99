/* SPDX-License-Identifier: Apache-2.0 */
/* From a contribution plan to who owes how much on which day, without database or clock. A plan that divides a target
 * divides it exactly: all instalments together are the amount that was missing. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_PERIODS_MAX = 60 };

struct plan_terms {
        const char *model;
        int64_t amount; /* a member's a time; round_robin and matching */
        int64_t matching_rate_percent;
        int64_t matching_cap_amount;
};

struct plan_member {
        const char *id;
        int64_t weight;          /* percentage, income_weighted; 0: no share yet */
        int64_t personal_target; /* flexible; 0: none */
        bool is_founder;         /* matching: who matches */
};

struct instalment {
        const char *member;
        const char *due_on;
        int64_t amount;        /* above 0 */
        const char *recipient; /* round_robin; NULL elsewhere */
};

struct instalments {
        size_t count;
        struct instalment *items; /* in the arena */
};

/* `missing`: what is to be saved yet. `dates`: the days something is due on, in order; round_robin takes as many as
 * there are members and no more. */
struct instalments plan_schedule(struct arena *arena, const struct plan_terms *terms, int64_t missing, size_t n_members,
        const struct plan_member *members, size_t n_dates, const char *const *dates);

/* Does this model demand an amount, a rate, shares? */
bool plan_needs_amount(const char *model);
bool plan_needs_rate(const char *model);
bool plan_needs_shares(const char *model);
