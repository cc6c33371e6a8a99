/* SPDX-License-Identifier: Apache-2.0 */
/* How far a group is and when it will be there. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-groups/division.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/membership.h"

#include <string.h>

#define PROGRESS_RPCS(RPC) RPC(GetProgress, get_progress, Groups__GetGroupRequest, Groups__Progress)
RPC_DECLARE(PROGRESS_RPCS)

/* At the pace of the last 30 days, or of the group's life where that is shorter; nothing is foreseen beyond a century.
 */
static const char SQL_PACE[] = "SELECT g.current_amount, g.target_amount, g.currency, " PROGRESS(
        "g") " AS progress_percentage,"
             " pace.per_day AS pace_per_day, CASE WHEN g.current_amount >= g.target_amount THEN current_date"
             " WHEN pace.per_day > 0 AND (g.target_amount - g.current_amount) / pace.per_day < 36500"
             " THEN current_date + ((g.target_amount - g.current_amount + pace.per_day - 1) / pace.per_day)::integer"
             " END AS projected_date"
             " FROM group_savings_goals g CROSS JOIN LATERAL (SELECT greatest(0, coalesce(sum(CASE WHEN a.id = t.credit"
             "  THEN t.amount ELSE -t.amount END), 0) / greatest(1, least(30, current_date - (SELECT min(posted_at)::date"
             "  FROM ledger_transfers WHERE group_goal_id = g.id) + 1)))::bigint AS per_day"
             "  FROM ledger_accounts a JOIN ledger_transfers t ON a.id IN (t.debit, t.credit)"
             "  WHERE a.group_goal_id = g.id AND a.participation_id IS NULL AND t.group_goal_id = g.id"
             "  AND t.posted_at > now() - interval '30 days') pace WHERE g.id = $1";
static const char SQL_SERIES[] =
        "SELECT on_date, amount FROM (SELECT on_date, (sum(delta) OVER (ORDER BY on_date))::bigint AS amount"
        " FROM (SELECT t.posted_at::date AS on_date, sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END) AS delta"
        "  FROM ledger_accounts a JOIN ledger_transfers t ON a.id IN (t.debit, t.credit) AND t.group_goal_id = a.group_goal_id"
        "  WHERE a.group_goal_id = $1 AND a.participation_id IS NULL GROUP BY 1) days"
        " ORDER BY on_date DESC LIMIT 90) latest ORDER BY on_date";
static const char SQL_BY_PARTICIPANT[] =
        "SELECT id AS participation_id, id = $2::uuid AS is_me, total_contributed FROM group_goal_participations"
        " WHERE group_goal_id = $1 AND state IN " COUNTED " ORDER BY id = $2::uuid DESC, joined_at, id LIMIT 100";

static void hide_others(struct call *call, const Groups__GroupRow *group, Groups__Progress *progress)
{
        for (size_t i = 0; i < progress->n_by_participant; i++) {
                Groups__ParticipantProgress *item = progress->by_participant[i];
                if (item->is_me || sees_amounts(group))
                        continue;
                item->contributed_band =
                        (char *)(size_t)amount_band(call->arena, item->total_contributed, group->currency);
                item->has_total_contributed = 0;
        }
}

static status get_progress(struct call *call, const Groups__GetGroupRequest *in, Groups__Progress *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        TRY(db_one(call, &out->base, SQL_PACE, group.id));
        TRY(db_rows(call, &out->base, "series", SQL_SERIES, group.id));
        TRY(db_rows(call, &out->base, "by_participant", SQL_BY_PARTICIPANT, group.id, group.participation_id));
        hide_others(call, &group, out);
        return STATUS_OK;
}

RPC_TABLE(progress_rpcs, PROGRESS_RPCS);
