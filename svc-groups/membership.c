/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/membership.h"

#include "common/db.h"
#include "svc-groups/group_columns.h"

#include <string.h>

#define STANDING_OF_GROUP                                                                                              \
        "FROM group_goal_participations m LEFT JOIN plan_shares s ON s.participation_id = m.id"                        \
        " WHERE m.group_goal_id = g.id AND m.state IN " STANDING

#define SQL_ROW                                                                                                          \
        "SELECT g.id, g.status, g.version, g.visibility, g.currency, g.target_amount, g.current_amount,"                 \
        " g.max_participants, g.total_participants, coalesce(g.pause_reason = 'frozen', false) AS is_frozen,"            \
        " g.text_state = 'approved' AS is_text_approved, coalesce(g.target_date < current_date, false) AS is_past_date," \
        " g.pause_reason, g.target_date, g.title, g.description, l.model,"                                               \
        " (l.model NOT IN ('percentage', 'income_weighted') OR NOT EXISTS (SELECT " STANDING_OF_GROUP                    \
        " AND s.weight IS NULL)) AND (l.model <> 'percentage'"                                                           \
        "  OR coalesce((SELECT sum(s.weight) " STANDING_OF_GROUP "), 0) = 10000) AS is_plan_ready,"                      \
        " p.id AS participation_id, p.role, p.state, p.display_as, $3::boolean AS is_moderator"                          \
        " FROM " GROUP_SOURCE("$2") " JOIN contribution_plans l ON l.group_goal_id = g.id WHERE g.id = $1"

static const char SQL_LOAD[] = SQL_ROW " AND (" GROUP_IS_VISIBLE("$2") " OR $3::boolean)";
static const char SQL_LOAD_OWN[] = SQL_ROW;
/* A statement of its own: what follows sees what was committed before the lock was had. */
static const char SQL_LOCK[] = "SELECT FROM group_savings_goals WHERE id = $1 FOR UPDATE";

status group_load(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out)
{
        if (is_locked)
                TRY(db_later(call, NULL, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_LOAD, id, call->caller->user_id, call_is_moderator(call));
}

status group_load_own(struct call *call, const char *id, Groups__GroupRow *out)
{
        TRY(db_later(call, NULL, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_LOAD_OWN, id, (const char *)NULL, 0);
}

status group_load_by_token(struct call *call, const char *id, Groups__GroupRow *out)
{
        TRY(db_later(call, NULL, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_LOAD_OWN, id, call->caller->user_id, 0);
}

status group_load_as_member(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out)
{
        TRY(group_load(call, id, is_locked, out));
        if (!is_member(out))
                return call_fail(call, STATUS_PERMISSION_DENIED, "this is for members of the group");
        return STATUS_OK;
}

status group_load_as_gadmin(struct call *call, const char *id, bool is_locked, Groups__GroupRow *out)
{
        TRY(group_load(call, id, is_locked, out));
        if (!is_gadmin(out))
                return call_fail(call, STATUS_PERMISSION_DENIED, "this is for those who run the group");
        return STATUS_OK;
}

bool is_member(const Groups__GroupRow *group)
{
        return group->participation_id != NULL && strcmp(group->state, "requested") != 0;
}

bool is_gadmin(const Groups__GroupRow *group)
{
        return is_member(group) && strcmp(group->role, "gadmin") == 0 && strcmp(group->state, "suspended") != 0;
}

bool sees_amounts(const Groups__GroupRow *group)
{
        return is_member(group) && strcmp(group->role, "member") != 0 && strcmp(group->state, "suspended") != 0;
}
