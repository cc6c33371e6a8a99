/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons as they were told. One is kept for each month and wish: asking again gives the one there is. */
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "common/sealed.h"
#include "common/uuid.h"
#include "svc-peers/comparing.h"
#include "svc-peers/comparison_rows.h"

#include <string.h>

#define COMPARISON_RPCS(RPC)                                                                                           \
        RPC(GetNewestComparison, get_newest, Peers__GetNewestComparisonRequest, Peers__Comparison)                     \
        RPC(CreateComparison, create_comparison, Peers__CreateComparisonRequest, Peers__Comparison)                    \
        RPC(GetComparison, get_comparison, Peers__GetComparisonRequest, Peers__Comparison)                             \
        RPC(DeleteComparison, delete_comparison, Peers__GetComparisonRequest, Sfp__Empty)
RPC_DECLARE(COMPARISON_RPCS)

static const char SQL_KEEP[] = "INSERT INTO peer_comparisons (id, user_id, period, wish, sealed)"
                               " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id";
static const char SQL_KEPT[] =
        "SELECT id, sealed FROM peer_comparisons WHERE user_id = $1 AND period = $2 AND wish = $3";
static const char SQL_GET[] = "SELECT id, sealed FROM peer_comparisons WHERE id = $1 AND user_id = $2";
static const char SQL_DELETE[] = "DELETE FROM peer_comparisons WHERE id = $1 AND user_id = $2 RETURNING id";

static const char *context_of(struct call *call, const char *id)
{
        return arena_printf(call->arena, "peers comparison %s", id);
}

status comparison_open(struct call *call, const Peers__ComparisonRow *row, Peers__Comparison **out)
{
        return sealed_open(
                call, context_of(call, row->id), row->sealed, &peers__comparison__descriptor, (ProtobufCMessage **)out);
}

static status take(struct call *call, const Peers__ComparisonRow *row, Peers__Comparison *out)
{
        Peers__Comparison *kept;
        TRY(comparison_open(call, row, &kept));
        *out = *kept;
        return STATUS_OK;
}

/* The wish, and how ranks are told: another framing is another answer. */
static const char *text_of(struct call *call, const struct wish *wish, const Peers__Comparison *comparison)
{
        return arena_printf(call->arena, "%s %d%d%d%d %s", policy_level_name(wish->level), wish->wants[0],
                wish->wants[1], wish->wants[2], wish->wants[3], comparison->framing->mode);
}

static status announce(struct call *call, const Peers__Comparison *comparison)
{
        Peers__ComparisonGenerated event = PEERS__COMPARISON_GENERATED__INIT;
        event.comparison_id = comparison->id;
        event.period = comparison->period;
        return event_publish(call, &event.base);
}

static status announce_insufficient(struct call *call, const struct wish *wish, const Peers__Comparison *comparison)
{
        char *dimensions[] = {(char *)(size_t)policy_level_name(wish->level)};
        Peers__CohortInsufficient event = PEERS__COHORT_INSUFFICIENT__INIT;
        event.n_dimensions = 1;
        event.dimensions = dimensions;
        event.period = comparison->period;
        return event_publish(call, &event.base);
}

/* Keeps it, or takes the one that is kept. */
static status keep(struct call *call, const struct wish *wish, Peers__Comparison *out)
{
        Peers__ComparisonRow row = PEERS__COMPARISON_ROW__INIT;
        const char *user = call->caller->user_id, *text = text_of(call, wish, out);
        status found = db_one(call, &row.base, SQL_KEPT, user, out->period, text);
        if (found == STATUS_OK)
                return take(call, &row, out);
        if (found != STATUS_NOT_FOUND)
                return found;
        out->id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v4(out->id); /* random: it carries no time */
        ProtobufCBinaryData sealed = sealed_message(call, context_of(call, out->id), &out->base);
        found = db_one(call, &row.base, SQL_KEEP, out->id, user, out->period, text, sealed);
        if (found == STATUS_OK)
                return announce(call, out);
        TRY(db_one(call, &row.base, SQL_KEPT, user, out->period, text)); /* somebody was quicker */
        return take(call, &row, out);
}

static status compare(struct call *call, const struct wish *wish, Peers__Comparison *out)
{
        TRY(comparing_run(call, wish, out));
        if (strcmp(out->status, "insufficient_cohort") == 0)
                return announce_insufficient(call, wish, out);
        return strcmp(out->status, "ok") == 0 ? keep(call, wish, out) : STATUS_OK;
}

static status get_newest(struct call *call, const Peers__GetNewestComparisonRequest *in, Peers__Comparison *out)
{
        const struct wish wish = comparing_wish(0, in->n_metrics, in->metrics);
        return compare(call, &wish, out);
}

static status create_comparison(struct call *call, const Peers__CreateComparisonRequest *in, Peers__Comparison *out)
{
        int level = policy_level_of(in->n_dimensions, in->dimensions);
        if (level < 0)
                return call_invalid(call, "dimensions", "not_allowed",
                        "must be age, or age and income, or age, income and region, in this order");
        const struct wish wish = comparing_wish(level, in->n_metrics, in->metrics);
        TRY(compare(call, &wish, out));
        if (out->id == NULL)
                call_succeed_as(call, 200); /* nothing was made */
        return STATUS_OK;
}

static status get_comparison(struct call *call, const Peers__GetComparisonRequest *in, Peers__Comparison *out)
{
        Peers__ComparisonRow row = PEERS__COMPARISON_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_GET, in->comparison_id, call->caller->user_id));
        return take(call, &row, out);
}

static status delete_comparison(struct call *call, const Peers__GetComparisonRequest *in, Sfp__Empty *out)
{
        Peers__ComparisonRow row = PEERS__COMPARISON_ROW__INIT;
        (void)out;
        return db_one(call, &row.base, SQL_DELETE, in->comparison_id, call->caller->user_id);
}

RPC_TABLE(comparison_rpcs, COMPARISON_RPCS);
