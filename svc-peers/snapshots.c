/* SPDX-License-Identifier: Apache-2.0 */
/* One row a person and month, so that nobody counts twice in a release. The bands of a cohort are those of the moment
 * the figures were given. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/field.h"
#include "common/json_write.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "common/sealed.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-peers/period.h"
#include "svc-peers/policy.h"
#include "svc-peers/snapshot.h"

#include <string.h>

#define SNAPSHOT_RPCS(RPC)                                                                                             \
        RPC(PutMetrics, put_metrics, Peers__PutMetricsRequest, Peers__MetricsAccepted)                                 \
        RPC(DeleteMetrics, delete_metrics, Peers__DeleteMetricsRequest, Sfp__Empty)
RPC_DECLARE(SNAPSHOT_RPCS)

static const char SQL_PUT[] = "INSERT INTO metric_snapshots (id, user_id, period, sealed) VALUES ($1, $2, $3, $4)"
                              " ON CONFLICT (user_id, period) DO UPDATE SET sealed = excluded.sealed,"
                              " submitted_at = now() RETURNING id, period";
/* Many may be giving figures while nobody closes a month, and the other way round. */
#define MONTHS_LOCK "hashtextextended('sfp months', 0)"
static const char SQL_KEEP_OPEN[] = "SELECT pg_advisory_xact_lock_shared(" MONTHS_LOCK ")";
static const char SQL_WAIT[] = "SELECT pg_advisory_xact_lock(" MONTHS_LOCK ")";
static const char SQL_CLOSED[] = "SELECT period FROM released_periods WHERE period >= $1 ORDER BY period";
static const char SQL_LAST[] =
        "SELECT id, period FROM metric_snapshots WHERE user_id = $1 ORDER BY period DESC LIMIT 1";
static const char SQL_FORGET[] = "DELETE FROM metric_snapshots WHERE user_id = $1 AND submitted_at <= $2";
static const char SQL_ALL[] = "SELECT user_id, period, sealed FROM metric_snapshots WHERE user_id = $1 ORDER BY period";

static const char *context_of(struct call *call, const char *user_id, const char *period)
{
        return arena_printf(call->arena, "peers figures of %s in %s", user_id, period);
}

status snapshot_open(struct call *call, const Peers__SnapshotRow *row, Peers__Snapshot **out)
{
        return sealed_open(call, context_of(call, row->user_id, row->period), row->sealed, &peers__snapshot__descriptor,
                (ProtobufCMessage **)out);
}

status snapshot_export(struct call *call, const char *user_id, Personal__PersonalTable *out)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_ALL, user_id));
        out->rows = arena_alloc(call->arena, rows.n_items * sizeof *out->rows + 1);
        for (size_t i = 0; i < rows.n_items; i++) {
                Peers__Snapshot *snapshot;
                struct buffer json = buffer_in(call->arena);
                TRY(snapshot_open(call, rows.items[i], &snapshot));
                json_write_sparse(&json, &snapshot->base);
                out->rows[out->n_rows++] = arena_printf(
                        call->arena, "{\"period\":\"%s\",\"figures\":%s}", rows.items[i]->period, buffer_text(&json));
        }
        return STATUS_OK;
}

static status check_figures(struct call *call, const Peers__PutMetricsRequest *in)
{
        double discipline;
        if (in->has_savings_rate || in->has_emergency_fund_months || in->has_debt_to_income ||
                policy_discipline(in->discipline_inputs, &discipline))
                return STATUS_OK;
        return call_invalid(call, "savings_rate", "required", "or another figure is required");
}

/* The month of as_of: not ahead of us, and not older than PERIODS_BACK months. */
static status wanted_period(struct call *call, const Peers__PutMetricsRequest *in, char out[PERIOD_SIZE])
{
        char now[PERIOD_SIZE], oldest[PERIOD_SIZE], today[CLOCK_RFC3339_SIZE];
        period_at(clock_unix_us(), now);
        clock_rfc3339(clock_unix_us(), today);
        period_shift(now, -PERIODS_BACK, oldest);
        memcpy(out, in->as_of == NULL ? now : in->as_of, PERIOD_SIZE - 1);
        out[PERIOD_SIZE - 1] = '\0';
        if (in->as_of != NULL && (strncmp(in->as_of, today, strlen(in->as_of)) > 0 || strcmp(out, oldest) < 0))
                return call_invalid(
                        call, "as_of", "out_of_range", "must be today or within the last %d months", PERIODS_BACK);
        return STATUS_OK;
}

/* The first month from the wanted one on that is not closed. */
static status open_period(struct call *call, char period[PERIOD_SIZE])
{
        Peers__SnapshotRows closed = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(db_later(call, NULL, SQL_KEEP_OPEN));
        TRY(db_rows(call, &closed.base, "items", SQL_CLOSED, (const char *)period));
        for (size_t i = 0; i < closed.n_items && strcmp(closed.items[i]->period, period) == 0; i++)
                period_shift(closed.items[i]->period, 1, period);
        return STATUS_OK;
}

status snapshots_wait(struct call *call)
{
        return db_exec(call, SQL_WAIT);
}

static status take_bands(struct call *call, Peers__Snapshot *snapshot)
{
        ProtobufCMessage *reply;
        Anonymize__ShowCohortRequest request = ANONYMIZE__SHOW_COHORT_REQUEST__INIT;
        request.user_id = call->caller->user_id;
        TRY(rpc_call(call, "sfp.anonymize.Anonymize.ShowCohort", &request.base, &reply));
        const Anonymize__CohortBands *bands = (const Anonymize__CohortBands *)reply;
        if (bands->is_withdrawn)
                return call_fail(call, STATUS_FAILED_PRECONDITION,
                        "you have taken back your consent: PUT /privacy/consents/peer_comparison gives it");
        snapshot->age_group = bands->age_group;
        snapshot->income_range = bands->income_range;
        snapshot->region = bands->region;
        return STATUS_OK;
}

static void take_figures(const Peers__PutMetricsRequest *in, Peers__Snapshot *snapshot)
{
        snapshot->has_savings_rate = in->has_savings_rate;
        snapshot->savings_rate = in->savings_rate;
        snapshot->has_emergency_fund_months = in->has_emergency_fund_months;
        snapshot->emergency_fund_months = in->emergency_fund_months;
        snapshot->has_debt_to_income = in->has_debt_to_income;
        snapshot->debt_to_income = in->debt_to_income;
        snapshot->has_financial_discipline = policy_discipline(in->discipline_inputs, &snapshot->financial_discipline);
}

static status store(struct call *call, const char *period, const Peers__Snapshot *snapshot, Peers__SnapshotRow *out)
{
        char id[UUID_SIZE];
        const char *user = call->caller->user_id;
        uuid_v4(id);
        return db_one(call, &out->base, SQL_PUT, id, user, period,
                sealed_message(call, context_of(call, user, period), &snapshot->base));
}

static void list_accepted(struct call *call, const Peers__Snapshot *snapshot, Peers__MetricsAccepted *out)
{
        double value;
        out->accepted = arena_alloc(call->arena, METRICS * sizeof *out->accepted);
        for (int i = 0; i < METRICS; i++)
                if (policy_value(snapshot, i, &value))
                        out->accepted[out->n_accepted++] = (char *)(size_t)policy_metrics[i].name;
}

static status put_metrics(struct call *call, const Peers__PutMetricsRequest *in, Peers__MetricsAccepted *out)
{
        char *period = arena_alloc(call->arena, PERIOD_SIZE);
        Peers__SnapshotRow row = PEERS__SNAPSHOT_ROW__INIT;
        Peers__Snapshot snapshot = PEERS__SNAPSHOT__INIT;
        Peers__MetricsSubmitted event = PEERS__METRICS_SUBMITTED__INIT;
        TRY(check_figures(call, in));
        TRY(wanted_period(call, in, period));
        TRY(take_bands(call, &snapshot));
        take_figures(in, &snapshot);
        TRY(open_period(call, period));
        TRY(store(call, period, &snapshot, &row));
        event.snapshot_id = row.id;
        event.period = out->used_from_period = row.period;
        list_accepted(call, &snapshot, out);
        return event_publish(call, &event.base);
}

/* What was given until then. */
static status forget(struct call *call, const char *user_id, const char *until)
{
        Peers__SnapshotRow last = PEERS__SNAPSHOT_ROW__INIT;
        Peers__MetricsWithdrawn event = PEERS__METRICS_WITHDRAWN__INIT;
        status found = db_one(call, &last.base, SQL_LAST, user_id);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        TRY(db_exec(call, SQL_FORGET, user_id, until));
        event.snapshot_id = last.id;
        event.period = last.period;
        return event_publish(call, &event.base);
}

static status delete_metrics(struct call *call, const Peers__DeleteMetricsRequest *in, Sfp__Empty *out)
{
        (void)in;
        (void)out;
        return forget(call, call->caller->user_id, "infinity");
}

status snapshots_take_consent(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const char *user_id = field_text(data, "user_id");
        const char *purpose = field_text(data, "purpose");
        if (user_id == NULL || purpose == NULL || strcmp(purpose, "peer_comparison") != 0 || field_flag(data, "given"))
                return STATUS_OK;
        return forget(call, user_id, event->time); /* what was given since was given anew */
}

RPC_TABLE(snapshot_rpcs, SNAPSHOT_RPCS);
