/* SPDX-License-Identifier: Apache-2.0 */
/* A month is closed once, by the row that says so; the rest is a job (svc-peers/closing.h). Whoever comes later is told
 * how far it is. */
#include "common/clock.h"
#include "common/db.h"
#include "common/rpc.h"
#include "svc-peers/closing.h"
#include "svc-peers/period.h"
#include "svc-peers/snapshot.h"

#include <string.h>

#define RELEASING_RPCS(RPC) RPC(ReleasePeriod, release_period, Peers__ReleasePeriodRequest, Peers__ReleasedPeriod)
RPC_DECLARE(RELEASING_RPCS)

static const char SQL_CLAIM[] =
        "INSERT INTO released_periods (period) VALUES ($1) ON CONFLICT DO NOTHING RETURNING period";
static const char SQL_PERIOD[] =
        "SELECT period, n_released, n_insufficient, released_at, state, progress FROM released_periods WHERE period = $1";

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

/* Figures that are on their way into the month are in it first. */
static status close_period(struct call *call, const char *period)
{
        Peers__PeriodRow claimed = PEERS__PERIOD_ROW__INIT;
        TRY(snapshots_wait(call));
        status found = db_one(call, &claimed.base, SQL_CLAIM, period);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found; /* somebody was quicker */
        return closing_begin(call, period);
}

static void show(const Peers__PeriodRow *row, Peers__ReleasedPeriod *out)
{
        out->period = row->period;
        out->has_n_released = out->has_progress = 1;
        out->n_released = row->n_released;
        out->has_n_insufficient = row->n_insufficient > 0;
        out->n_insufficient = row->n_insufficient;
        out->released_at = row->released_at;
        out->state = row->state;
        out->progress = row->progress;
}

static status release_period(struct call *call, const Peers__ReleasePeriodRequest *in, Peers__ReleasedPeriod *out)
{
        char *period = arena_alloc(call->arena, PERIOD_SIZE);
        Peers__PeriodRow row = PEERS__PERIOD_ROW__INIT;
        TRY(choose_period(call, in, period));
        status found = db_one(call, &row.base, SQL_PERIOD, (const char *)period);
        if (found == STATUS_NOT_FOUND) {
                TRY(close_period(call, period));
                found = db_one(call, &row.base, SQL_PERIOD, (const char *)period);
        }
        TRY(found);
        show(&row, out);
        out->has_was_released = 1;
        out->was_released = strcmp(row.state, "released") == 0;
        if (!out->was_released)
                call_succeed_as(call, 202);
        return STATUS_OK;
}

RPC_TABLE(releasing_rpcs, RELEASING_RPCS);
