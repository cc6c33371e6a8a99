/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/released.h"

#include "common/db.h"

#include <string.h>

static const char SQL_COHORTS[] =
        "SELECT period, cohort, level, metric, is_sufficient, counts, epsilon_micro, min_size,"
        " n_parts FROM cohort_releases"
        " WHERE period = $1 AND cohort = ANY ($2::text[]) AND is_sufficient ORDER BY level, metric";

enum { ROUND_TO = 10 };

/* The count has noise; how far it is off nobody can tell, so tens are as good. */
static int rounded_size(int64_t count, int k)
{
        int64_t tens = (count + ROUND_TO / 2) / ROUND_TO * ROUND_TO;
        return tens < k ? k : (int)tens;
}

static void take(const Peers__CohortRow *row, struct released *out)
{
        int metric = policy_metric(row->metric);
        out->k = row->min_size;
        out->epsilon += (double)row->epsilon_micro / 1e6;
        if (metric >= 0)
                out->metrics[metric] = row;
        else if (row->n_counts == 1)
                out->size = rounded_size(row->counts[0], row->min_size);
}

status released_find(
        struct call *call, const char *period, const Peers__Snapshot *bands, int level, struct released *out)
{
        char *names[LEVELS];
        size_t count = 0;
        Peers__CohortRows rows = PEERS__COHORT_ROWS__INIT;
        *out = (struct released){0};
        for (; level < LEVELS; level++) {
                names[count] = policy_cohort(call->arena, bands->age_group, bands->income_range, bands->region, level);
                count += names[count] != NULL;
        }
        TRY(db_rows(call, &rows.base, "items", SQL_COHORTS, period, db_texts(count, names)));
        for (size_t i = 0; i < rows.n_items && rows.items[i]->level == rows.items[0]->level; i++) {
                out->cohort = rows.items[i]->cohort;
                out->level = rows.items[i]->level;
                take(rows.items[i], out);
        }
        return STATUS_OK;
}

Peers__PrivacyProtection *released_protection(struct call *call, const struct released *released)
{
        const char *const *left_out;
        Peers__PrivacyProtection *out = arena_alloc(call->arena, sizeof *out);
        peers__privacy_protection__init(out);
        out->has_k = out->has_epsilon = out->has_delta = 1;
        out->k = released->k;
        out->epsilon = released->epsilon;
        out->delta = RELEASE_DELTA;
        out->mechanism = (char *)(size_t) "discrete_laplace";
        out->n_generalised = (size_t)policy_left_out(released->level, &left_out);
        out->generalised = (char **)(size_t)left_out;
        return out;
}
