/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's percentiles from month to month: post-processing of what was released of their groups then. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-peers/period.h"
#include "svc-peers/policy.h"
#include "svc-peers/released.h"
#include "svc-peers/snapshot.h"

#define TREND_RPCS(RPC) RPC(ListTrends, list_trends, Peers__ListTrendsRequest, Peers__TrendList)
RPC_DECLARE(TREND_RPCS)

enum { MONTHS_MAX = 36 };

static const char SQL_SNAPSHOTS[] =
        "SELECT s.user_id, s.period, s.sealed FROM metric_snapshots s JOIN released_periods r ON r.period = s.period"
        " WHERE s.user_id = $1 AND ($2::text IS NULL OR s.period >= $2) AND ($3::text IS NULL OR s.period <= $3)"
        " ORDER BY s.period DESC LIMIT $4";

static Peers__Trend *show(struct call *call, char *period, const struct standing *standing)
{
        Peers__Trend *out = arena_alloc(call->arena, sizeof *out);
        peers__trend__init(out);
        out->period = period;
        out->has_percentile = 1;
        out->percentile = standing->percentile;
        out->n_interval = 2;
        out->interval = arena_alloc(call->arena, 2 * sizeof *out->interval);
        out->interval[0] = standing->low;
        out->interval[1] = standing->high;
        return out;
}

static status add_month(struct call *call, const Peers__SnapshotRow *row, int metric, Peers__TrendList *out)
{
        double value;
        Peers__Snapshot *own = NULL;
        struct released released;
        TRY(snapshot_open(call, row, &own));
        TRY(released_find(call, row->period, own, 0, &released));
        const Peers__CohortRow *release = released.metrics[metric];
        if (release == NULL || !policy_value(own, metric, &value))
                return STATUS_OK;
        struct standing standing = policy_standing(
                &policy_metrics[metric], release->counts, release->n_counts, release->epsilon_micro, value);
        if (standing.is_known)
                out->items[out->n_items++] = show(call, row->period, &standing);
        return STATUS_OK;
}

/* Items are the latest first: the next one in the list is the month before. */
static void mark_significant(Peers__TrendList *list)
{
        for (size_t i = 0; i + 1 < list->n_items; i++) {
                const int32_t *now = list->items[i]->interval, *before = list->items[i + 1]->interval;
                list->items[i]->has_significant = 1;
                list->items[i]->significant = now[0] > before[1] || now[1] < before[0];
        }
}

static status check_month(struct call *call, const char *name, const char *period)
{
        return period == NULL || period_is_valid(period)
                       ? STATUS_OK
                       : call_invalid(call, name, "malformed", "must be a month such as 2026-11");
}

static status list_trends(struct call *call, const Peers__ListTrendsRequest *in, Peers__TrendList *out)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(check_month(call, "from", in->from));
        TRY(check_month(call, "to", in->to));
        TRY(db_rows(
                call, &rows.base, "items", SQL_SNAPSHOTS, call->caller->user_id, in->from, in->to, (int)MONTHS_MAX));
        out->items = arena_alloc(call->arena, rows.n_items * sizeof *out->items + 1);
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(add_month(call, rows.items[i], policy_metric(in->metric), out));
        mark_significant(out);
        return STATUS_OK;
}

RPC_TABLE(trend_rpcs, TREND_RPCS);
