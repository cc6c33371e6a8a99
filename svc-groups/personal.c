/* SPDX-License-Identifier: Apache-2.0 */
/* What the service knows of a person. The books stay, by nobody: whoever leaves the platform leaves their groups first,
 * with their money; a group they ran alone gets the longest-standing treasurer or member at its head. */
#include "common/personal.h"

#include "common/db.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/group_states.h"
#include "svc-groups/membership.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/policy.h"

#include <string.h>

static const char SQL_EXPORT_GROUPS[] =
        "SELECT row_to_json(t) FROM (SELECT id, title, description, goal_type, target_amount, currency, target_date, status"
        " FROM group_savings_goals WHERE created_by_user_id = $1) t";
static const char SQL_ERASE_GROUPS[] = "UPDATE group_savings_goals SET created_by_user_id = NULL, title = '[removed]',"
                                       " description = NULL WHERE created_by_user_id = $1";
static const char SQL_ANONYMIZE_GROUPS[] =
        "UPDATE group_savings_goals SET created_by_user_id = NULL WHERE created_by_user_id = $1";
static const char SQL_EXPORT_PARTICIPATIONS[] =
        "SELECT row_to_json(t) FROM (SELECT id, group_goal_id, role, state, display_as, personal_target,"
        " total_contributed, joined_at FROM group_goal_participations WHERE user_id = $1) t";
static const char SQL_SHARED[] = "SELECT count(*) AS items, max(joined_at) AS last_at FROM group_goal_participations"
                                 " WHERE user_id = $1 AND is_approved";
static const char SQL_EXPORT_CONTRIBUTIONS[] =
        "SELECT row_to_json(t) FROM (SELECT c.id, c.group_goal_id, c.amount, c.source_ref, c.state, c.posted_at"
        " FROM contributions c JOIN group_goal_participations p ON p.id = c.participation_id WHERE p.user_id = $1) t";
/* In front of the participations: after them nobody knows whose they were. */
static const char SQL_ERASE_SOURCES[] =
        "UPDATE contributions c SET source_ref = NULL FROM group_goal_participations p"
        " WHERE p.id = c.participation_id AND p.user_id = $1 AND c.source_ref IS NOT NULL";
static const char SQL_EXPORT_CELEBRATIONS[] =
        "SELECT row_to_json(t) FROM (SELECT milestone_id, kind, message, created_at FROM milestone_celebrations"
        " WHERE user_id = $1) t";
static const char SQL_ERASE_CELEBRATIONS[] = "DELETE FROM milestone_celebrations WHERE user_id = $1";
static const char SQL_ANONYMIZE_CELEBRATIONS[] = "UPDATE milestone_celebrations SET user_id = NULL WHERE user_id = $1";
/* Steps and events that follow speak of nobody. */
static const char SQL_FORGET[] =
        "WITH gone AS (UPDATE group_goal_participations SET user_id = NULL WHERE user_id = $1"
        " RETURNING id, group_goal_id, state)"
        " SELECT id, group_goal_id, (state IN " LIVE ")::integer AS number FROM gone ORDER BY group_goal_id, id";
static const char SQL_SUCCEED[] =
        "UPDATE group_goal_participations SET role = 'gadmin', version = version + 1 WHERE id ="
        " (SELECT id FROM group_goal_participations WHERE group_goal_id = $1 AND id <> $2 AND user_id IS NOT NULL"
        "  AND state IN ('active', 'delinquent') ORDER BY role = 'treasurer' DESC, joined_at, id LIMIT 1)"
        " RETURNING id, group_goal_id, user_id, role, state";

/* *has_heir: somebody runs the group now. */
static status succeed(struct call *call, const Groups__ParticipationRow *who, bool *has_heir)
{
        Groups__ParticipationRow heir = GROUPS__PARTICIPATION_ROW__INIT;
        *has_heir = who->can_be_spared;
        if (*has_heir)
                return STATUS_OK;
        status found = db_one(call, &heir.base, SQL_SUCCEED, who->group_goal_id, who->id);
        *has_heir = found == STATUS_OK;
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        return announce_participation(call, &heir, heir.state, heir.state);
}

/* Nobody is left: a draft goes, what is under way ends, with everybody's money back. */
static status wind_up(struct call *call, const Groups__GroupRow *group)
{
        if (strcmp(group->status, "draft") == 0)
                return group_step(call, group, "gadmin", "discard");
        return group_lets_go(group->status) ? group_step(call, group, "sys", "cancel") : STATUS_OK;
}

static status leave(struct call *call, const Groups__Id *participation)
{
        struct standing standing;
        bool has_heir;
        TRY(standing_load_own(call, participation->id, &standing));
        if (strcmp(standing.who.state, "requested") == 0)
                return standing_step(call, &standing, "sys", "withdraw");
        TRY(succeed(call, &standing.who, &has_heir));
        if (!has_heir)
                return wind_up(call, &standing.group);
        standing.who.can_be_spared = 1;
        if (strcmp(standing.who.state, "leaving") == 0 || !group_lets_go(standing.group.status))
                return STATUS_OK;
        return standing_step(call, &standing, "sys", "leave");
}

static status forget_participations(struct call *call, const char *user_id, const char *mode, int64_t *rows)
{
        (void)mode;
        Groups__IdList gone = GROUPS__ID_LIST__INIT;
        TRY(db_rows(call, &gone.base, "items", SQL_FORGET, user_id));
        *rows += (int64_t)gone.n_items;
        for (size_t i = 0; i < gone.n_items; i++)
                if (gone.items[i]->number)
                        TRY(leave(call, gone.items[i]));
        return STATUS_OK;
}

const struct personal_table group_personal[] = {
        {"groups", SQL_EXPORT_GROUPS, SQL_ERASE_GROUPS, SQL_ANONYMIZE_GROUPS},
        {"group_celebrations", SQL_EXPORT_CELEBRATIONS, SQL_ERASE_CELEBRATIONS, SQL_ANONYMIZE_CELEBRATIONS},
        {"group_contributions", SQL_EXPORT_CONTRIBUTIONS, SQL_ERASE_SOURCES},
        {"group_participations", SQL_EXPORT_PARTICIPATIONS, .erase = forget_participations, .feature = "groups",
                .sql_shared = SQL_SHARED},
        {0},
};
