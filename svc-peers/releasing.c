/* SPDX-License-Identifier: Apache-2.0 */
/* A month is closed once: its row is the right to release it, and whoever comes second waits and reads what there is.
 * svc-anonymize draws the noise and keeps the releases, so a closing that broke off goes on with the same numbers. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-peers/cohorts.h"
#include "svc-peers/period.h"
#include "svc-peers/snapshot.h"

#include <inttypes.h>
#include <string.h>

#define RELEASING_RPCS(RPC) RPC(ReleasePeriod, release_period, Peers__ReleasePeriodRequest, Peers__ReleasedPeriod)
RPC_DECLARE(RELEASING_RPCS)

enum { SNAPSHOTS_MAX = 20000 };

static const char SQL_CLAIM[] =
        "INSERT INTO released_periods (period, n_released, n_insufficient) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING"
        " RETURNING period";
static const char SQL_PERIOD[] =
        "SELECT period, n_released, n_insufficient, released_at FROM released_periods WHERE period = $1";
static const char SQL_CLOSE[] = "UPDATE released_periods SET n_released = $2, n_insufficient = $3 WHERE period = $1"
                                " RETURNING period, n_released, n_insufficient, released_at";
static const char SQL_SNAPSHOTS[] =
        "SELECT id, user_id, period, sealed FROM metric_snapshots WHERE period = $1 ORDER BY user_id LIMIT $2";
static const char SQL_STORE[] =
        "INSERT INTO cohort_releases (period, cohort, level, metric, is_sufficient, counts, epsilon_micro, min_size)"
        " VALUES ($1, $2, $3, $4, $5::integer::boolean, $6::text[]::bigint[], $7, $8)";

static char **texts_of(struct call *call, size_t count, const int64_t *counts)
{
        char **texts = arena_alloc(call->arena, count * sizeof *texts + 1);
        for (size_t i = 0; i < count; i++)
                texts[i] = arena_printf(call->arena, "%" PRId64, counts[i]);
        return texts;
}

static status release(struct call *call, const char *period, const struct cohort *cohort, const char *metric,
        const int64_t *counts, size_t n_counts, bool *is_sufficient)
{
        ProtobufCMessage *reply;
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        request.period = (char *)(size_t)period;
        request.cohort = (char *)(size_t)cohort->name;
        request.metric = (char *)(size_t)metric;
        request.n_counts = n_counts;
        request.counts = (int64_t *)(size_t)counts;
        request.has_n_people = 1;
        request.n_people = cohort->n_people;
        TRY(rpc_call(call, "sfp.anonymize.Anonymize.Release", &request.base, &reply));
        const Anonymize__ReleasedHistogram *released = (const Anonymize__ReleasedHistogram *)reply;
        *is_sufficient = released->is_sufficient;
        return db_later(call, NULL, SQL_STORE, period, cohort->name, cohort->level, metric, released->is_sufficient,
                db_texts(released->n_counts, texts_of(call, released->n_counts, released->counts)),
                released->epsilon_micro, released->min_size);
}

static status release_cohort(
        struct call *call, const char *period, const struct cohort *cohort, Peers__PeriodRow *totals)
{
        bool is_sufficient = false;
        TRY(release(call, period, cohort, "cohort_size", &cohort->n_people, 1, &is_sufficient));
        *(is_sufficient ? &totals->n_released : &totals->n_insufficient) += 1;
        for (int i = 0; is_sufficient && i < METRICS; i++)
                TRY(release(call, period, cohort, policy_metrics[i].name, cohort->counts[i],
                        (size_t)policy_metrics[i].n_bins, &is_sufficient));
        return STATUS_OK;
}

static status release_all(struct call *call, const char *period, struct cohorts *cohorts, Peers__PeriodRow *totals)
{
        for (size_t i = 0; i < sizeof cohorts->buckets / sizeof *cohorts->buckets; i++)
                for (const struct cohort *cohort = cohorts->buckets[i]; cohort != NULL; cohort = cohort->next)
                        TRY(release_cohort(call, period, cohort, totals));
        return STATUS_OK;
}

/* Nobody is told whose group was large enough: everybody with figures has something new to look at. */
static status announce(struct call *call, const char *period, const Peers__SnapshotRow *row)
{
        char *changed[METRICS];
        Peers__ComparisonUpdated event = PEERS__COMPARISON_UPDATED__INIT;
        for (int i = 0; i < METRICS; i++)
                changed[i] = (char *)(size_t)policy_metrics[i].name;
        event.user_id = row->user_id;
        event.period = (char *)(size_t)period;
        event.n_changed = METRICS;
        event.changed = changed;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = (char **)(size_t)&row->user_id;
        return event_publish(call, &event.base);
}

static status close_period(struct call *call, const char *period, Peers__PeriodRow *totals)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        struct cohorts cohorts = {.arena = call->arena};
        TRY(db_rows(call, &rows.base, "items", SQL_SNAPSHOTS, period, (int)SNAPSHOTS_MAX + 1));
        if (rows.n_items > SNAPSHOTS_MAX)
                return call_fail(
                        call, STATUS_RESOURCE_EXHAUSTED, "more people than are released at once: %d", SNAPSHOTS_MAX);
        for (size_t i = 0; i < rows.n_items; i++) {
                Peers__Snapshot *snapshot = NULL;
                TRY(snapshot_open(call, rows.items[i], &snapshot));
                cohorts_add(&cohorts, snapshot);
                TRY(announce(call, period, rows.items[i]));
        }
        TRY(release_all(call, period, &cohorts, totals));
        return db_one(call, &totals->base, SQL_CLOSE, period, totals->n_released, totals->n_insufficient);
}

static status choose_period(struct call *call, const Peers__ReleasePeriodRequest *in, char out[PERIOD_SIZE])
{
        char now[PERIOD_SIZE];
        period_at(clock_unix_us(), now);
        period_shift(now, -1, out);
        if (in->period == NULL)
                return STATUS_OK;
        if (!period_is_valid(in->period) || strcmp(in->period, now) > 0)
                return call_invalid(call, "period", "malformed", "must be a month that has begun, such as %s", out);
        memcpy(out, in->period, PERIOD_SIZE);
        return STATUS_OK;
}

static status release_period(struct call *call, const Peers__ReleasePeriodRequest *in, Peers__ReleasedPeriod *out)
{
        char *period = arena_alloc(call->arena, PERIOD_SIZE);
        Peers__PeriodRow row = PEERS__PERIOD_ROW__INIT;
        TRY(choose_period(call, in, period));
        status claimed = db_one(call, &row.base, SQL_CLAIM, (const char *)period);
        out->has_was_released = 1;
        out->was_released = claimed == STATUS_NOT_FOUND;
        if (out->was_released)
                claimed = db_one(call, &row.base, SQL_PERIOD, (const char *)period);
        else if (claimed == STATUS_OK)
                claimed = close_period(call, period, &row);
        TRY(claimed);
        out->period = row.period;
        out->has_n_released = out->has_n_insufficient = 1;
        out->n_released = row.n_released;
        out->n_insufficient = row.n_insufficient;
        out->released_at = row.released_at;
        return STATUS_OK;
}

RPC_TABLE(releasing_rpcs, RELEASING_RPCS);
