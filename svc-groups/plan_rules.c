/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/plan_rules.h"

#include "svc-groups/division.h"

#include <stdlib.h>
#include <string.h>

/* What a rule sees. */
struct planning {
        struct arena *arena;
        const struct plan_terms *terms;
        int64_t missing;
        size_t n_members;
        const struct plan_member *members;
        size_t n_dates;
        const char *const *dates;
        struct instalments out;
};

static void add(struct planning *plan, const char *member, size_t date, int64_t amount, const char *recipient)
{
        if (amount > 0)
                plan->out.items[plan->out.count++] = (struct instalment){member, plan->dates[date], amount, recipient};
}

/* A member's whole over all days, exactly. The dates are the ids, so that odd units fall on different days. */
static void spread(struct planning *plan, const char *member, int64_t whole)
{
        struct part *parts = arena_alloc(plan->arena, plan->n_dates * sizeof *parts + 1);
        for (size_t d = 0; d < plan->n_dates; d++)
                parts[d] = (struct part){plan->dates[d], 1, 0};
        divide(whole, plan->n_dates, parts);
        for (size_t d = 0; d < plan->n_dates; d++)
                add(plan, member, d, parts[d].amount, NULL);
}

static void spread_by_weight(struct planning *plan, bool is_equal)
{
        struct part *parts = arena_alloc(plan->arena, plan->n_members * sizeof *parts + 1);
        for (size_t m = 0; m < plan->n_members; m++)
                parts[m] = (struct part){plan->members[m].id, is_equal ? 1 : plan->members[m].weight, 0};
        divide(plan->missing, plan->n_members, parts);
        for (size_t m = 0; m < plan->n_members; m++)
                spread(plan, parts[m].id, parts[m].amount);
}

static void plan_equal(struct planning *plan)
{
        spread_by_weight(plan, true);
}

static void plan_weighted(struct planning *plan)
{
        spread_by_weight(plan, false);
}

/* Nobody owes anything but what they want to. */
static void plan_flexible(struct planning *plan)
{
        for (size_t m = 0; m < plan->n_members; m++)
                spread(plan, plan->members[m].id, plan->members[m].personal_target);
}

static int compare_turns(const void *left, const void *right)
{
        const struct plan_member *a = *(const struct plan_member *const *)left;
        const struct plan_member *b = *(const struct plan_member *const *)right;
        uint64_t first = fnv1a(a->id), second = fnv1a(b->id);
        return first == second ? strcmp(a->id, b->id) : first > second ? 1 : -1;
}

/* One round for each member, who receives in it; the turns are drawn by FNV-1a of the ids. */
static void plan_round_robin(struct planning *plan)
{
        const struct plan_member **turns = arena_alloc(plan->arena, plan->n_members * sizeof(void *) + 1);
        for (size_t m = 0; m < plan->n_members; m++)
                turns[m] = &plan->members[m];
        qsort(turns, plan->n_members, sizeof(void *), compare_turns);
        for (size_t round = 0; round < plan->n_members && round < plan->n_dates; round++)
                for (size_t m = 0; m < plan->n_members; m++)
                        add(plan, plan->members[m].id, round, plan->terms->amount, turns[round]->id);
}

static int64_t smaller(__int128 left, int64_t right)
{
        return left < right ? (int64_t)left : right;
}

/* The founder owes a rate of what the others do, until the cap is used up. */
static void plan_matching(struct planning *plan)
{
        int64_t cap = plan->terms->matching_cap_amount;
        for (size_t d = 0; d < plan->n_dates; d++) {
                __int128 sum = 0;
                for (size_t m = 0; m < plan->n_members; m++) {
                        if (plan->members[m].is_founder)
                                continue;
                        add(plan, plan->members[m].id, d, plan->terms->amount, NULL);
                        sum += plan->terms->amount;
                }
                int64_t matched = smaller(sum * plan->terms->matching_rate_percent / 100, cap);
                cap -= matched;
                for (size_t m = 0; m < plan->n_members; m++)
                        if (plan->members[m].is_founder)
                                add(plan, plan->members[m].id, d, matched, NULL);
        }
}

static const struct model {
        const char *name;
        void (*plan)(struct planning *plan);
        bool needs_amount, needs_rate, needs_shares;
} models[] = {
        {"equal", plan_equal},
        {"percentage", plan_weighted, .needs_shares = true},
        {"flexible", plan_flexible},
        {"round_robin", plan_round_robin, .needs_amount = true},
        {"income_weighted", plan_weighted, .needs_shares = true},
        {"matching", plan_matching, .needs_amount = true, .needs_rate = true},
};

static const struct model *find_model(const char *name)
{
        for (size_t i = 0; i < sizeof models / sizeof *models; i++)
                if (strcmp(models[i].name, name) == 0)
                        return &models[i];
        return &models[0];
}

struct instalments plan_schedule(struct arena *arena, const struct plan_terms *terms, int64_t missing, size_t n_members,
        const struct plan_member *members, size_t n_dates, const char *const *dates)
{
        struct planning plan = {arena, terms, missing, n_members, members, n_dates, dates, {0}};
        plan.out.items = arena_alloc(arena, n_members * n_dates * sizeof *plan.out.items + 1);
        if (n_members > 0 && n_dates > 0)
                find_model(terms->model)->plan(&plan);
        return plan.out;
}

bool plan_needs_amount(const char *model)
{
        return find_model(model)->needs_amount;
}

bool plan_needs_rate(const char *model)
{
        return find_model(model)->needs_rate;
}

bool plan_needs_shares(const char *model)
{
        return find_model(model)->needs_shares;
}
