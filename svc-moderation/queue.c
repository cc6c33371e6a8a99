/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/queue.h"

#include "common/db.h"
#include "common/event.h"
#include "common/service.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/checks.h"
#include "svc-moderation/policy.h"

/* One at a time goes through the door, so that no two take the last place. */
static const char SQL_DOOR[] = "SELECT pg_advisory_xact_lock(hashtextextended('moderation queue', 0))";
/* Somebody whose word counts points at it: it may enter when there is room. */
#define IS_IN_LINE "state = 'open' AND (weight > 0 OR confidence_score IS NOT NULL)"
/* Counts no further than to the first one too many. Whoever comes does not overtake those in line. */
static const char SQL_DEPTH[] =
        "SELECT (SELECT count(*) FROM (SELECT FROM cases WHERE state = 'queued' LIMIT $1 + 1) q) AS depth,"
        " (SELECT count(*) FROM (SELECT FROM cases WHERE " IS_IN_LINE
        " AND id IS DISTINCT FROM $2::text::uuid LIMIT 1) w)"
        " AS in_line";
static const char SQL_NEXT_IN_LINE[] =
        "SELECT id FROM cases WHERE " IS_IN_LINE " ORDER BY priority_key DESC, id DESC LIMIT $1 FOR UPDATE SKIP LOCKED";

static status look(struct call *call, const char *id, Moderation__QueueLook *out)
{
        const struct moderation_config *config = call->service->config;
        TRY(db_exec(call, SQL_DOOR));
        return db_one(call, &out->base, SQL_DEPTH, config->queue_size, id);
}

/* `depth` wait now, one of them since just now. */
static status tell_saturation(struct call *call, int64_t depth)
{
        const struct moderation_config *config = call->service->config;
        Moderation__QueueSaturated event = MODERATION__QUEUE_SATURATED__INIT;
        if (depth != config->queue_size)
                return STATUS_OK;
        event.has_depth = 1;
        event.depth = depth;
        event.has_limit = 1;
        event.limit = config->queue_size;
        return event_publish(call, &event.base);
}

status queue_admit(struct call *call, const Moderation__Case *row, bool *may_enter)
{
        const struct moderation_config *config = call->service->config;
        Moderation__QueueLook seen = MODERATION__QUEUE_LOOK__INIT;
        TRY(look(call, row->id, &seen));
        *may_enter = case_may_enter(row->severity, row->weight, row->has_confidence_score,
                seen.depth < config->queue_size && seen.in_line == 0);
        return *may_enter ? tell_saturation(call, seen.depth + 1) : STATUS_OK;
}

status queue_fill(struct call *call)
{
        const struct moderation_config *config = call->service->config;
        Moderation__QueueLook seen = MODERATION__QUEUE_LOOK__INIT;
        Moderation__CaseList next = MODERATION__CASE_LIST__INIT;
        TRY(look(call, NULL, &seen));
        int64_t room = config->queue_size - seen.depth;
        if (room <= 0 || seen.in_line == 0)
                return STATUS_OK;
        TRY(db_rows(
                call, &next.base, "items", SQL_NEXT_IN_LINE, room < QUEUE_FILL_MAX ? room : (int64_t)QUEUE_FILL_MAX));
        for (size_t i = 0; i < next.n_items; i++)
                TRY(case_step(call, next.items[i]->id, "enqueue"));
        return next.n_items == 0 ? STATUS_OK : tell_saturation(call, seen.depth + (int64_t)next.n_items);
}
