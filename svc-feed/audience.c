/* SPDX-License-Identifier: Apache-2.0 */
/* svc-groups tells its members of what concerns them all: whoever is told is one, until it is said that they left. In
 * doubt nobody is, for then less is shown. */
#include "svc-feed/audience.h"

#include "common/db.h"
#include "common/field.h"
#include "common/rpc_call.h"
#include "sfp/profile.pb-c.h"
#include "svc-feed/recipients.h"

#include <string.h>

static const char SQL_CLEAR_LEVELS[] = "DELETE FROM activity_levels WHERE user_id = $1";
static const char SQL_SET_LEVEL[] = "INSERT INTO activity_levels (user_id, type, level) VALUES ($1, $2, $3)"
                                    " ON CONFLICT (user_id, type) DO UPDATE SET level = excluded.level";
static const char SQL_ADD[] = "INSERT INTO group_members (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
static const char SQL_REMOVE[] = "DELETE FROM group_members WHERE group_id = $1 AND user_id = $2";

status audience_take_settings(struct call *call, const ProtobufCMessage *data)
{
        ProtobufCMessage *reply;
        Anonymize__ShowSettingsRequest request = ANONYMIZE__SHOW_SETTINGS_REQUEST__INIT;
        request.user_id = field_text(data, "user_id");
        if (request.user_id == NULL)
                return STATUS_OK;
        status found = rpc_call(call, "sfp.anonymize.Anonymize.ShowSettings", &request.base, &reply);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        TRY(db_exec(call, SQL_CLEAR_LEVELS, request.user_id));
        const Anonymize__PrivacySettings *settings = (const Anonymize__PrivacySettings *)reply;
        for (size_t i = 0; found == STATUS_OK && i < settings->n_activity_levels; i++)
                TRY(db_later(call, NULL, SQL_SET_LEVEL, request.user_id, settings->activity_levels[i]->type,
                        settings->activity_levels[i]->level));
        return STATUS_OK;
}

/* What svc-groups tells all members of a group. */
static const char *const told_to_all[] = {
        "groups.milestone.reached", "groups.celebration.created", "groups.goal.updated"};

static bool is_for_all(struct call *call, const Events__CloudEvent *event)
{
        for (size_t i = 0; i < sizeof told_to_all / sizeof *told_to_all; i++)
                if (event_has_topic(event, event_topic(call->arena, told_to_all[i])))
                        return true;
        return false;
}

static status change_all(struct call *call, const char *sql, const char *group_id, const ProtobufCMessage *data)
{
        const char **ids;
        size_t count = recipients_of(call, data, &ids);
        for (size_t i = 0; i < count; i++)
                TRY(db_exec(call, sql, group_id, ids[i]));
        return STATUS_OK;
}

static status take_state(struct call *call, const char *group_id, const ProtobufCMessage *data)
{
        const char *to = field_text(data, "to");
        if (to == NULL || strcmp(to, "requested") == 0 || strcmp(to, "invited") == 0)
                return STATUS_OK;
        return change_all(call, strcmp(to, "active") == 0 ? SQL_ADD : SQL_REMOVE, group_id, data);
}

status audience_take_group(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const char *group_id = field_text(data, "group_goal_id");
        const char *actor = field_text(data, "actor_user_id");
        bool is_joining = event_has_topic(event, event_topic(call->arena, "groups.participant.joined")) ||
                          event_has_topic(event, event_topic(call->arena, "groups.goal.created"));
        if (group_id == NULL)
                return STATUS_OK;
        if (event_has_topic(event, event_topic(call->arena, "groups.participant.state_changed")))
                return take_state(call, group_id, data);
        if (is_joining && actor != NULL)
                return db_exec(call, SQL_ADD, group_id, actor);
        return is_for_all(call, event) ? change_all(call, SQL_ADD, group_id, data) : STATUS_OK;
}
