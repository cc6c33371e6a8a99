/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/cohorts.h"

#include "common/event.h"

#include <string.h>

static struct cohort **bucket_of(struct cohorts *cohorts, const char *name)
{
        return &cohorts->buckets[(uint32_t)event_hash(name) % COHORT_BUCKETS];
}

static void put(struct cohorts *cohorts, Peers__CohortCount *count)
{
        struct cohort **bucket = bucket_of(cohorts, count->name);
        struct cohort *cohort = arena_alloc(cohorts->arena, sizeof *cohort);
        *cohort = (struct cohort){count, *bucket};
        *bucket = cohort;
        cohorts->count++;
}

static Peers__CohortCount *new_count(struct arena *arena, char *name, int level)
{
        Peers__CohortCount *made = arena_alloc(arena, sizeof *made);
        peers__cohort_count__init(made);
        made->name = name;
        made->has_level = made->has_n_people = 1;
        made->level = level;
        made->n_counts = COHORT_COUNTS;
        made->counts = arena_zalloc(arena, COHORT_COUNTS * sizeof *made->counts);
        return made;
}

static Peers__CohortCount *find(struct cohorts *cohorts, char *name, int level)
{
        for (const struct cohort *cohort = *bucket_of(cohorts, name); cohort != NULL; cohort = cohort->next)
                if (strcmp(cohort->count->name, name) == 0)
                        return cohort->count;
        Peers__CohortCount *made = new_count(cohorts->arena, name, level);
        put(cohorts, made);
        return made;
}

bool cohorts_take(struct cohorts *cohorts, size_t n, Peers__CohortCount *const *items)
{
        for (size_t i = 0; i < n; i++) {
                if (items[i]->name == NULL || items[i]->n_counts != COHORT_COUNTS)
                        return false;
                put(cohorts, items[i]);
        }
        return true;
}

void cohorts_add(struct cohorts *cohorts, const Peers__Snapshot *snapshot)
{
        for (int level = 0; level < LEVELS; level++) {
                double value;
                char *name = policy_cohort(
                        cohorts->arena, snapshot->age_group, snapshot->income_range, snapshot->region, level);
                Peers__CohortCount *count = name == NULL ? NULL : find(cohorts, name, level);
                if (count == NULL)
                        continue;
                count->n_people++;
                for (int i = 0; i < METRICS; i++)
                        if (policy_value(snapshot, i, &value))
                                cohort_bins(count, i)[policy_bin(&policy_metrics[i], value)]++;
        }
}

Peers__CohortCount **cohorts_list(const struct cohorts *cohorts)
{
        size_t n = 0;
        Peers__CohortCount **list = arena_alloc(cohorts->arena, (cohorts->count + 1) * sizeof(Peers__CohortCount *));
        for (size_t i = 0; i < COHORT_BUCKETS; i++)
                for (const struct cohort *cohort = cohorts->buckets[i]; cohort != NULL; cohort = cohort->next)
                        list[n++] = cohort->count;
        return list;
}

int64_t *cohort_bins(const Peers__CohortCount *count, int metric)
{
        return count->counts + (size_t)metric * BINS_MAX;
}
