/* SPDX-License-Identifier: Apache-2.0 */
/* The desk in the platform's health: is there room in the queue? */
#include "svc-moderation/health.h"

#include "common/dashboard.h"
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
        {"moderation-efficiency", "cases_opened", DASHBOARD_SUM, "things", "Cases that came to the desk.",
                PEOPLES_ROWS_A_DAY("cases", "opened_at", "true", "author_user_id")},
        {"moderation-efficiency", "reports", DASHBOARD_SUM, "things", "Reports that people made.",
                PEOPLES_ROWS_A_DAY("reports", "created_at", "true", "reporter_user_id")},
        {"moderation-efficiency", "actions", DASHBOARD_SUM, "things",
                "Rulings that changed something, of moderators and of the machine.",
                PEOPLES_ROWS_A_DAY("actions", "taken_at", "action_taken <> 'none'", "reported_user_id")},
        {"moderation-efficiency", "actions_by_machine", DASHBOARD_SUM, "things", "Those of the machine.",
                PEOPLES_ROWS_A_DAY("actions", "taken_at", "is_automated_action", "reported_user_id")},
        {"moderation-efficiency", "actions_reversed", DASHBOARD_SUM, "things",
                "Rulings that were taken back on that day.",
                PEOPLES_ROWS_A_DAY("actions", "reversed_at", "true", "reported_user_id")},
        {"moderation-efficiency", "appeals", DASHBOARD_SUM, "things", "Appeals against rulings.",
                PEOPLES_ROWS_A_DAY("appeals", "submitted_at", "true", "appellant_user_id")},
        {"moderation-efficiency", "hours_to_ruling", DASHBOARD_MEAN, "hours",
                "The median from the opening of a case to a moderator's ruling of that day.",
                "SELECT a.taken_at::date AS day, (percentile_cont(0.5) WITHIN GROUP (ORDER BY"
                " extract(epoch FROM a.taken_at - c.opened_at)) / 3600)::double precision AS value,"
                " count(DISTINCT a.reported_user_id) AS people FROM actions a JOIN cases c ON c.id = a.case_id WHERE " DASHBOARD_DAYS(
                        "a.taken_at") " AND NOT a.is_automated_action GROUP BY 1 ORDER BY 1"},
        {0},
};
