/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/schedule.h"

#include "common/db.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/membership.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/plan_rules.h"

#include <inttypes.h>
#include <string.h>

static const char SQL_DROP[] =
        "DELETE FROM schedule_entries WHERE group_goal_id = $1 AND state = 'due' AND due_on > current_date";
/* What was paid beyond the instalments that stay is in the pot, and not missing any more. */
static const char SQL_SET_BASE[] =
        "UPDATE group_goal_participations p SET schedule_base = p.total_contributed - coalesce((SELECT sum(e.amount)"
        " FROM schedule_entries e WHERE e.participation_id = p.id AND e.state = 'contributed'), 0) WHERE p.group_goal_id = $1";
static const char SQL_PLAN[] =
        "SELECT l.model, l.amount, l.cadence, l.matching_rate_percent, l.matching_cap_amount FROM contribution_plans l"
        " WHERE l.group_goal_id = $1";
static const char SQL_MISSING[] =
        "SELECT greatest(0, g.target_amount - g.current_amount - coalesce((SELECT sum(amount) FROM schedule_entries e"
        " WHERE e.group_goal_id = g.id AND e.state IN ('due', 'overdue')), 0))::bigint AS number"
        " FROM group_savings_goals g WHERE g.id = $1";
static const char SQL_MEMBERS[] =
        "SELECT p.id AS participation_id, coalesce(s.weight, 0) AS weight,"
        " greatest(0, coalesce(p.personal_target, 0) - p.total_contributed) AS personal_target,"
        " p.user_id IS NOT DISTINCT FROM g.created_by_user_id AS is_founder"
        " FROM group_goal_participations p JOIN group_savings_goals g ON g.id = p.group_goal_id"
        " LEFT JOIN plan_shares s ON s.participation_id = p.id"
        " WHERE p.group_goal_id = $1 AND p.state IN ('active', 'delinquent') ORDER BY p.id";
/* A group without a day saves for twelve times; one whose day is near has that day alone. */
static const char SQL_DAYS[] =
        "SELECT coalesce(array_agg(day::text ORDER BY day), '{}') AS days FROM (SELECT least(d.day,"
        " CASE WHEN n = 1 THEN g.target_date END) AS day FROM group_savings_goals g"
        " JOIN contribution_plans l ON l.group_goal_id = g.id CROSS JOIN generate_series(1, 60) n"
        " CROSS JOIN LATERAL (SELECT CASE l.cadence WHEN 'weekly' THEN current_date + 7 * n"
        "  WHEN 'biweekly' THEN current_date + 14 * n WHEN 'monthly' THEN (current_date + n * interval '1 month')::date"
        "  ELSE coalesce(g.target_date, current_date + 30) END AS day) d"
        " WHERE g.id = $1 AND (l.cadence <> 'once' OR n = 1)"
        " AND CASE WHEN g.target_date IS NULL THEN n <= 12 ELSE n = 1 OR d.day <= g.target_date END) days"
        " WHERE day > current_date";
static const char SQL_INSERT[] =
        "INSERT INTO schedule_entries (id, group_goal_id, participation_id, due_on, amount, recipient_participation_id)"
        " SELECT gen_random_uuid(), $1, t.participation_id, t.due_on, t.amount, nullif(t.recipient, '')::uuid"
        " FROM unnest($2::uuid[], $3::date[], $4::bigint[], $5::text[]) AS t (participation_id, due_on, amount, recipient)"
        " ON CONFLICT (participation_id, due_on) DO NOTHING";
static const char SQL_REFRESH[] =
        "UPDATE schedule_entries e SET state = c.state FROM (SELECT r.id, CASE WHEN r.running <= p.total_contributed -"
        " p.schedule_base THEN 'contributed' WHEN r.due_on + l.grace_days < current_date THEN 'overdue' ELSE 'due' END AS state"
        " FROM (SELECT id, due_on, participation_id, sum(amount) OVER (ORDER BY due_on) AS running FROM schedule_entries"
        "       WHERE participation_id = $1 AND state <> 'waived') r"
        " JOIN group_goal_participations p ON p.id = r.participation_id"
        " JOIN contribution_plans l ON l.group_goal_id = p.group_goal_id) c WHERE e.id = c.id AND e.state <> c.state";
static const char SQL_IS_LATE[] =
        "SELECT count(*) AS number FROM schedule_entries WHERE participation_id = $1 AND state = 'overdue'";
static const char SQL_WAIVE[] =
        "UPDATE schedule_entries SET state = 'waived' WHERE participation_id = $1 AND state = 'overdue'";

#define OF_ACTIVE                                                                                                        \
        " FROM group_savings_goals g, contribution_plans l, group_goal_participations p"                                 \
        " WHERE e.group_goal_id = g.id AND l.group_goal_id = g.id AND p.id = e.participation_id AND g.status = 'active'" \
        " AND p.state IN ('active', 'delinquent') AND e.state = 'due'"
#define DUE_COLUMNS " RETURNING e.id, e.group_goal_id, e.participation_id, e.due_on, p.user_id, l.late_policy, p.state"
#define IS_DUE      " AND e.due_on <= current_date AND NOT e.is_told"
#define IS_OVERDUE  " AND e.due_on + l.grace_days < current_date"
static const char SQL_GROUPS_DUE[] =
        "SELECT DISTINCT e.group_goal_id AS id FROM schedule_entries e, group_savings_goals g, contribution_plans l"
        " WHERE e.group_goal_id = g.id AND l.group_goal_id = g.id AND g.status = 'active' AND e.state = 'due'"
        " AND e.due_on <= current_date AND (NOT e.is_told OR e.due_on + l.grace_days < current_date) ORDER BY 1 LIMIT 10";
static const char SQL_TELL[] =
        "UPDATE schedule_entries e SET is_told = true" OF_ACTIVE " AND g.id = $1" IS_DUE DUE_COLUMNS;
static const char SQL_MARK[] = "UPDATE schedule_entries e SET state = 'overdue', is_told = true" OF_ACTIVE
                               " AND g.id = $1" IS_OVERDUE DUE_COLUMNS;

status schedule_drop(struct call *call, const char *group_id)
{
        return db_exec(call, SQL_DROP, group_id);
}

static status load_members(struct call *call, const char *group_id, size_t *count, struct plan_member **out)
{
        Groups__PlanMemberList rows = GROUPS__PLAN_MEMBER_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_MEMBERS, group_id));
        *count = rows.n_items;
        *out = arena_alloc(call->arena, rows.n_items * sizeof **out + 1);
        for (size_t i = 0; i < rows.n_items; i++) {
                const Groups__PlanMember *row = rows.items[i];
                (*out)[i] =
                        (struct plan_member){row->participation_id, row->weight, row->personal_target, row->is_founder};
        }
        return STATUS_OK;
}

static status insert(struct call *call, const char *group_id, const struct instalments *instalments)
{
        size_t count = instalments->count;
        char **columns[4];
        for (int c = 0; c < 4; c++)
                columns[c] = arena_alloc(call->arena, count * sizeof(char *) + 1);
        for (size_t i = 0; i < count; i++) {
                const struct instalment *item = &instalments->items[i];
                columns[0][i] = (char *)(size_t)item->member;
                columns[1][i] = (char *)(size_t)item->due_on;
                columns[2][i] = arena_printf(call->arena, "%" PRId64, item->amount);
                columns[3][i] = (char *)(size_t)(item->recipient == NULL ? "" : item->recipient);
        }
        return db_exec(call, SQL_INSERT, group_id, db_texts(count, columns[0]), db_texts(count, columns[1]),
                db_texts(count, columns[2]), db_texts(count, columns[3]));
}

static status fill(struct call *call, const char *group_id)
{
        Groups__Plan plan = GROUPS__PLAN__INIT;
        Groups__Id missing = GROUPS__ID__INIT;
        Groups__Days days = GROUPS__DAYS__INIT;
        struct plan_member *members;
        size_t n_members;
        TRY(db_one(call, &plan.base, SQL_PLAN, group_id));
        TRY(db_one(call, &missing.base, SQL_MISSING, group_id));
        TRY(db_one(call, &days.base, SQL_DAYS, group_id));
        TRY(load_members(call, group_id, &n_members, &members));
        const struct plan_terms terms = {plan.model, plan.amount, plan.matching_rate_percent, plan.matching_cap_amount};
        const struct instalments instalments = plan_schedule(
                call->arena, &terms, missing.number, n_members, members, days.n_days, (const char *const *)days.days);
        return instalments.count == 0 ? STATUS_OK : insert(call, group_id, &instalments);
}

status schedule_make(struct call *call, const char *group_id)
{
        Groups__PotRow pot = GROUPS__POT_ROW__INIT;
        TRY(db_one(call, &pot.base, "SELECT status FROM group_savings_goals WHERE id = $1", group_id));
        if (strcmp(pot.status, "active") != 0)
                return STATUS_OK;
        TRY(db_later(call, NULL, SQL_DROP, group_id));
        TRY(db_later(call, NULL, SQL_SET_BASE, group_id));
        return fill(call, group_id);
}

status schedule_refresh(struct call *call, const char *participation_id, bool *is_late)
{
        Groups__Id late = GROUPS__ID__INIT;
        TRY(db_later(call, NULL, SQL_REFRESH, participation_id));
        TRY(db_one(call, &late.base, SQL_IS_LATE, participation_id));
        *is_late = late.number > 0;
        return STATUS_OK;
}

status schedule_waive(struct call *call, const char *participation_id)
{
        return db_exec(call, SQL_WAIVE, participation_id);
}

static status mark_late(struct call *call, const Groups__DueRow *row)
{
        bool is_missed = strcmp(row->late_policy, "delinquent") == 0 && strcmp(row->state, "active") == 0;
        TRY(announce_due(call, row, true));
        return is_missed ? participation_step(call, row->participation_id, "miss") : STATUS_OK;
}

static status remind_group(struct call *call, const char *group_id)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        Groups__DueRowList due = GROUPS__DUE_ROW_LIST__INIT, late = GROUPS__DUE_ROW_LIST__INIT;
        TRY(group_load_own(call, group_id, &group));
        TRY(db_rows(call, &late.base, "items", SQL_MARK, group_id));
        TRY(db_rows(call, &due.base, "items", SQL_TELL, group_id));
        for (size_t i = 0; i < due.n_items; i++)
                TRY(announce_due(call, due.items[i], false));
        for (size_t i = 0; i < late.n_items; i++)
                TRY(mark_late(call, late.items[i]));
        return STATUS_OK;
}

status remind_of_schedule(struct call *call)
{
        Groups__IdList groups = GROUPS__ID_LIST__INIT;
        TRY(db_rows(call, &groups.base, "items", SQL_GROUPS_DUE));
        for (size_t i = 0; i < groups.n_items; i++)
                TRY(remind_group(call, groups.items[i]->id));
        return STATUS_OK;
}
