/* SPDX-License-Identifier: Apache-2.0 */
/* What people can report here, and what a ruling does to it. */
#include "common/content.h"

#include "common/db.h"
#include "common/lifecycle.h"
#include "svc-groups/announce.h"
#include "svc-groups/celebrations.h"
#include "svc-groups/group_states.h"
#include "svc-groups/membership.h"
#include "svc-groups/policy.h"

#include <string.h>

static const char SQL_SNAPSHOT[] =
        "SELECT created_by_user_id AS author_user_id, status AS state,"
        " NOT is_hidden AND visibility <> 'private' AND status IN ('open', 'active', 'paused', 'reached') AS is_public,"
        " array_remove(ARRAY[title, description, pending_title, pending_description], NULL) AS texts"
        " FROM group_savings_goals WHERE id = $1";
static const char SQL_APPROVE[] =
        "UPDATE group_savings_goals SET title = coalesce(pending_title, title), text_state = 'approved',"
        " description = coalesce(pending_description, description), pending_title = NULL, pending_description = NULL"
        " WHERE id = $1";
static const char SQL_REJECT[] =
        "UPDATE group_savings_goals SET text_state = CASE WHEN pending_title IS NULL THEN 'rejected' ELSE text_state END,"
        " pending_title = NULL, pending_description = NULL WHERE id = $1";
static const char SQL_HIDE[] = "UPDATE group_savings_goals SET is_hidden = true WHERE id = $1";
static const char SQL_RESTORE[] = "UPDATE group_savings_goals SET is_hidden = false WHERE id = $1";

static status show_group(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SNAPSHOT, id);
}

/* `step`: the group's own, taken where it is due. */
static const struct {
        const char *action;
        const char *sql;
        const char *step;
} decisions[] = {
        {"approve", SQL_APPROVE, NULL},
        {"reject", SQL_REJECT, NULL},
        {"hide", SQL_HIDE, "freeze"},
        {"remove", SQL_HIDE, "freeze"},
        {"restore", SQL_RESTORE, "resume"},
        {"reinstate", SQL_RESTORE, "resume"},
};

static status apply(struct call *call, Groups__GroupRow *group, const char *step)
{
        bool is_due = step != NULL && lifecycle_find(group_transitions, group->status, step, "mod") != NULL &&
                      (strcmp(step, "resume") != 0 || group->is_frozen);
        group->is_moderator = 1;
        if (is_due)
                return group_step(call, group, "mod", step);
        TRY(group_store(call, group, group->status));
        return announce_updated(call, group);
}

static status decide_group(struct call *call, const char *id, const char *action, const char *reason)
{
        (void)reason; /* moderation's own record has it */
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_own(call, id, &group));
        for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
                if (strcmp(decisions[i].action, action) != 0)
                        continue;
                TRY(db_exec(call, decisions[i].sql, id));
                return apply(call, &group, decisions[i].step);
        }
        return STATUS_OK;
}

const struct content_kind group_content[] = {
        {"group_goal", show_group, decide_group},
        {"group_celebration", celebration_show, celebration_decide},
        {0},
};
