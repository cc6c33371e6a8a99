/* SPDX-License-Identifier: Apache-2.0 */
/* What was released of groups, for everybody to read: the same for all who ask. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-peers/policy.h"
#include "svc-peers/released.h"
#include "svc-peers/snapshot.h"

#include <string.h>

#define INSIGHT_RPCS(RPC)                                                                                              \
        RPC(GetInsights, get_insights, Peers__GetInsightsRequest, Peers__Insights)                                     \
        RPC(ListCohorts, list_cohorts, Peers__ListCohortsRequest, Peers__CohortList)
RPC_DECLARE(INSIGHT_RPCS)

enum { COHORTS_MAX = 500 };

static const char SQL_NEWEST[] =
        "SELECT period FROM released_periods WHERE released_at IS NOT NULL ORDER BY period DESC LIMIT 1";
static const char SQL_NEWEST_OF[] =
        "SELECT c.period FROM cohort_releases c JOIN released_periods r ON r.period = c.period AND r.released_at IS NOT NULL"
        " WHERE c.cohort = $1 AND c.metric = 'cohort_size' AND c.is_sufficient ORDER BY c.period DESC LIMIT 1";
static const char SQL_AVAILABLE[] =
        "SELECT cohort, level FROM cohort_releases WHERE period = $1 AND metric = 'cohort_size' AND is_sufficient"
        " ORDER BY level DESC, cohort LIMIT $2";
static const char SQL_OWN[] =
        "SELECT user_id, period, sealed FROM metric_snapshots WHERE user_id = $1 ORDER BY period DESC LIMIT 1";

static const struct {
        const char *metric;
        const char *behaviour;
} advice[METRICS] = {
#define ADVICE(metric, behaviour, suggestion) {metric, behaviour},
#include "svc-peers/advice.def"
#undef ADVICE
};

static void add_median(struct call *call, int metric, int bin, Peers__Insights *out)
{
        Peers__MetricMedian *median = arena_alloc(call->arena, sizeof *median);
        peers__metric_median__init(median);
        median->metric = (char *)(size_t)policy_metrics[metric].name;
        median->band = policy_bin_name(call->arena, &policy_metrics[metric], bin);
        out->medians[out->n_medians++] = median;
}

static void add_band(struct call *call, int metric, int bin, int share, int64_t count, Peers__Insights *out)
{
        Peers__MetricBand *band = arena_alloc(call->arena, sizeof *band);
        peers__metric_band__init(band);
        band->metric = (char *)(size_t)policy_metrics[metric].name;
        band->band = policy_bin_name(call->arena, &policy_metrics[metric], bin);
        band->has_share = 1;
        band->share = share;
        band->has_count = 1;
        band->count = count;
        out->bands[out->n_bands++] = band;
}

static void describe_metric(struct call *call, const Peers__CohortRow *row, int metric, Peers__Insights *out)
{
        int shares[BINS_MAX];
        int median = policy_median(row->counts, row->n_counts);
        if (row->n_counts != (size_t)policy_metrics[metric].n_bins || median < 0 ||
                !policy_shares(row->counts, row->n_counts, shares))
                return;
        add_median(call, metric, median, out);
        for (int bin = 0; bin < policy_metrics[metric].n_bins; bin++)
                add_band(call, metric, bin, shares[bin], row->counts[bin], out);
        out->behaviors[out->n_behaviors++] = (char *)(size_t)advice[metric].behaviour;
}

static void describe(struct call *call, const struct released *released, Peers__Insights *out)
{
        out->medians = arena_alloc(call->arena, METRICS * sizeof *out->medians);
        out->bands = arena_alloc(call->arena, sizeof *out->bands * METRICS * BINS_MAX);
        out->behaviors = arena_alloc(call->arena, METRICS * sizeof *out->behaviors);
        out->has_cohort_size = 1;
        out->cohort_size = released->size;
        out->privacy = released_protection(call, released);
        for (int i = 0; i < METRICS; i++)
                if (released->metrics[i] != NULL)
                        describe_metric(call, released->metrics[i], i, out);
}

/* No group but those of the fixed levels. */
static status level_of(struct call *call, const Peers__GetInsightsRequest *in, int *level)
{
        if (in->income_range != NULL && in->age_group == NULL)
                return call_invalid(call, "income_range", "not_allowed", "needs age_group");
        if (in->region != NULL && in->income_range == NULL)
                return call_invalid(call, "region", "not_allowed", "needs age_group and income_range");
        *level = in->region != NULL ? 0 : in->income_range != NULL ? 1 : in->age_group != NULL ? 2 : 3;
        return STATUS_OK;
}

static status get_insights(struct call *call, const Peers__GetInsightsRequest *in, Peers__Insights *out)
{
        int level = 0;
        struct released released;
        Peers__PeriodRow newest = PEERS__PERIOD_ROW__INIT;
        Peers__Snapshot bands = PEERS__SNAPSHOT__INIT;
        TRY(level_of(call, in, &level));
        bands.age_group = in->age_group;
        bands.income_range = in->income_range;
        bands.region = in->region;
        const char *cohort = policy_cohort(call->arena, in->age_group, in->income_range, in->region, level);
        out->status =
                (char *)(size_t) "insufficient_cohort"; /* and nothing else: nobody's absence looks like another's */
        status found = db_one(call, &newest.base, SQL_NEWEST_OF, cohort);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        TRY(released_find(call, newest.period, &bands, level, &released));
        out->status = (char *)(size_t) "ok";
        out->cohort = (char *)(size_t)cohort;
        out->period = newest.period;
        describe(call, &released, out);
        return STATUS_OK;
}

static Peers__CohortAvailable *show(struct call *call, const char *cohort, int level, bool is_available)
{
        static const char *const dimensions[] = {"age", "income", "region"};
        Peers__CohortAvailable *out = arena_alloc(call->arena, sizeof *out);
        peers__cohort_available__init(out);
        out->cohort = (char *)(size_t)cohort;
        out->n_dimensions = (size_t)(LEVELS - 1 - level);
        out->dimensions = (char **)(size_t)dimensions;
        out->has_available = out->has_is_own = 1;
        out->available = is_available;
        return out;
}

static Peers__CohortAvailable *find(const Peers__CohortList *list, const char *cohort)
{
        for (size_t i = 0; i < list->n_items; i++)
                if (strcmp(list->items[i]->cohort, cohort) == 0)
                        return list->items[i];
        return NULL;
}

/* The caller's own, also those that are too small: that they are says nothing of anybody else. */
static status add_own(struct call *call, Peers__CohortList *out)
{
        Peers__Snapshot *own;
        Peers__SnapshotRow row = PEERS__SNAPSHOT_ROW__INIT;
        status found = db_one(call, &row.base, SQL_OWN, call->caller->user_id);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        TRY(snapshot_open(call, &row, &own));
        for (int level = LEVELS - 1; level >= 0; level--) {
                const char *cohort = policy_cohort(call->arena, own->age_group, own->income_range, own->region, level);
                Peers__CohortAvailable *item = cohort == NULL ? NULL : find(out, cohort);
                if (cohort != NULL && item == NULL)
                        out->items[out->n_items++] = item = show(call, cohort, level, false);
                if (item != NULL)
                        item->is_own = 1;
        }
        return STATUS_OK;
}

static status list_cohorts(struct call *call, const Peers__ListCohortsRequest *in, Peers__CohortList *out)
{
        Peers__CohortRows rows = PEERS__COHORT_ROWS__INIT;
        Peers__PeriodRow newest = PEERS__PERIOD_ROW__INIT;
        (void)in;
        status found = db_one(call, &newest.base, SQL_NEWEST);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        if (found == STATUS_OK)
                TRY(db_rows(call, &rows.base, "items", SQL_AVAILABLE, newest.period, (int)COHORTS_MAX));
        out->period = newest.period;
        out->items = arena_alloc(call->arena, (rows.n_items + LEVELS) * sizeof *out->items);
        for (size_t i = 0; i < rows.n_items; i++)
                out->items[out->n_items++] = show(call, rows.items[i]->cohort, rows.items[i]->level, true);
        return add_own(call, out);
}

RPC_TABLE(insight_rpcs, INSIGHT_RPCS);
