/* SPDX-License-Identifier: Apache-2.0 */
/* The desk in the platform's health: is there room in the queue? */
#include "svc-moderation/health.h"

#include "common/db.h"
#include "common/service.h"
#include "svc-moderation/checks.h"

static const char SQL_ROOM[] =
        "SELECT count(*) < $1::bigint AS is_good FROM (SELECT FROM cases WHERE state = 'queued' LIMIT $1::bigint) q";

status moderation_health(struct call *call, Platform__Health *out)
{
        const struct moderation_config *config = call->service->config;
        Platform__FigureRow row = PLATFORM__FIGURE_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_ROOM, config->queue_size));
        out->has_is_queue_well = 1;
        out->is_queue_well = row.is_good;
        return STATUS_OK;
}

const struct dashboard_series moderation_dashboards[] = {
        {"moderation-efficiency", "cases_opened", ROWS_A_DAY("cases", "opened_at", "true")},
        {"moderation-efficiency", "reports", ROWS_A_DAY("reports", "created_at", "true")},
        {"moderation-efficiency", "actions", ROWS_A_DAY("actions", "taken_at", "action_taken <> 'none'")},
        {"moderation-efficiency", "actions_by_machine", ROWS_A_DAY("actions", "taken_at", "is_automated_action")},
        {"moderation-efficiency", "actions_reversed", ROWS_A_DAY("actions", "reversed_at", "true")},
        {"moderation-efficiency", "appeals", ROWS_A_DAY("appeals", "submitted_at", "true")},
        {"moderation-efficiency", "hours_to_ruling",
                "SELECT a.taken_at::date AS day, (percentile_cont(0.5) WITHIN GROUP (ORDER BY"
                " extract(epoch FROM a.taken_at - c.opened_at)) / 3600)::double precision AS value"
                " FROM actions a JOIN cases c ON c.id = a.case_id WHERE a.taken_at >= $1::text::date"
                " AND a.taken_at < $2::text::date + 1 AND NOT a.is_automated_action GROUP BY 1 ORDER BY 1"},
        {0},
};
