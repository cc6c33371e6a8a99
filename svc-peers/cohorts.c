/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/cohorts.h"

#include "common/event.h"

#include <string.h>

static struct cohort *find(struct cohorts *cohorts, const char *name, int level)
{
        struct cohort **bucket = &cohorts->buckets[(uint32_t)event_hash(name) % 256];
        for (struct cohort *cohort = *bucket; cohort != NULL; cohort = cohort->next)
                if (strcmp(cohort->name, name) == 0)
                        return cohort;
        struct cohort *made = arena_zalloc(cohorts->arena, sizeof *made);
        made->name = arena_strdup(cohorts->arena, name);
        made->level = level;
        made->next = *bucket;
        *bucket = made;
        cohorts->count++;
        return made;
}

void cohorts_add(struct cohorts *cohorts, const Peers__Snapshot *snapshot)
{
        for (int level = 0; level < LEVELS; level++) {
                double value;
                const char *name = policy_cohort(
                        cohorts->arena, snapshot->age_group, snapshot->income_range, snapshot->region, level);
                struct cohort *cohort = name == NULL ? NULL : find(cohorts, name, level);
                if (cohort == NULL)
                        continue;
                cohort->n_people++;
                for (int i = 0; i < METRICS; i++)
                        if (policy_value(snapshot, i, &value))
                                cohort->counts[i][policy_bin(&policy_metrics[i], value)]++;
        }
}
