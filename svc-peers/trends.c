/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody's percentiles from month to month: post-processing of what was released of their groups then. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-peers/period.h"
#include "svc-peers/policy.h"
#include "svc-peers/snapshot.h"

#include <string.h>

#define TREND_RPCS(RPC) RPC(ListTrends, list_trends, Peers__ListTrendsRequest, Peers__TrendList)
RPC_DECLARE(TREND_RPCS)

enum { MONTHS_MAX = 36 };

static const char SQL_SNAPSHOTS[] =
        "SELECT s.user_id, s.period, s.sealed FROM metric_snapshots s JOIN released_periods r ON r.period = s.period"
        " WHERE s.user_id = $1 AND r.released_at IS NOT NULL AND ($2::text IS NULL OR s.period >= $2) AND ($3::text IS NULL OR s.period <= $3)"
        " ORDER BY s.period DESC LIMIT $4";
/* The narrowest group first, so that the first row of a month is the one that counts. */
static const char SQL_RELEASES[] =
        "SELECT c.period, c.cohort, c.level, c.metric, c.counts, c.epsilon_micro, c.n_parts FROM cohort_releases c"
        " JOIN unnest($1::text[], $2::text[]) own (period, cohort) USING (period, cohort)"
        " WHERE c.metric = $3 AND c.is_sufficient ORDER BY c.period DESC, c.level";

/* The caller's figures of some months, and the groups they were in then: (period, cohort), pair by pair. */
struct months {
        size_t count;
        Peers__SnapshotRow **rows;
        Peers__Snapshot **own;
        size_t n_pairs;
        char **periods;
        char **cohorts;
};

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

static void add_cohorts(struct call *call, struct months *months, size_t i)
{
        const Peers__Snapshot *own = months->own[i];
        for (int level = 0; level < LEVELS; level++) {
                char *cohort = policy_cohort(call->arena, own->age_group, own->income_range, own->region, level);
                if (cohort == NULL)
                        continue;
                months->periods[months->n_pairs] = months->rows[i]->period;
                months->cohorts[months->n_pairs++] = cohort;
        }
}

static status load_months(struct call *call, const Peers__ListTrendsRequest *in, struct months *out)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(db_rows(
                call, &rows.base, "items", SQL_SNAPSHOTS, call->caller->user_id, in->from, in->to, (int)MONTHS_MAX));
        *out = (struct months){
                .count = rows.n_items,
                .rows = rows.items,
                .own = arena_alloc(call->arena, rows.n_items * sizeof *out->own + 1),
                .periods = arena_alloc(call->arena, rows.n_items * LEVELS * sizeof(char *) + 1),
                .cohorts = arena_alloc(call->arena, rows.n_items * LEVELS * sizeof(char *) + 1),
        };
        for (size_t i = 0; i < out->count; i++) {
                TRY(snapshot_open(call, out->rows[i], &out->own[i]));
                add_cohorts(call, out, i);
        }
        return STATUS_OK;
}

static const Peers__CohortRow *first_of(const Peers__CohortRows *releases, const char *period)
{
        for (size_t i = 0; i < releases->n_items; i++)
                if (strcmp(releases->items[i]->period, period) == 0)
                        return releases->items[i];
        return NULL;
}

static void add_month(struct call *call, const struct months *months, size_t i, const Peers__CohortRow *release,
        Peers__TrendList *out)
{
        double value;
        int metric = release == NULL ? -1 : policy_metric(release->metric);
        if (metric < 0 || !policy_value(months->own[i], metric, &value))
                return;
        struct standing standing = policy_standing(&policy_metrics[metric],
                &(struct released_counts){release->n_counts, release->counts, release->epsilon_micro, release->n_parts},
                value);
        if (standing.is_known)
                out->items[out->n_items++] = show(call, months->rows[i]->period, &standing);
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
        struct months months;
        Peers__CohortRows releases = PEERS__COHORT_ROWS__INIT;
        TRY(check_month(call, "from", in->from));
        TRY(check_month(call, "to", in->to));
        TRY(load_months(call, in, &months));
        TRY(db_rows(call, &releases.base, "items", SQL_RELEASES, db_texts(months.n_pairs, months.periods),
                db_texts(months.n_pairs, months.cohorts), in->metric));
        out->items = arena_alloc(call->arena, months.count * sizeof *out->items + 1);
        for (size_t i = 0; i < months.count; i++)
                add_month(call, &months, i, first_of(&releases, months.rows[i]->period), out);
        mark_significant(out);
        return STATUS_OK;
}

RPC_TABLE(trend_rpcs, TREND_RPCS);
