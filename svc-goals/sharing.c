/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/sharing.h"

#include "common/db.h"
#include "common/field.h"
#include "common/rpc_call.h"
#include "sfp/goals.pb-c.h"
#include "sfp/profile.pb-c.h"
#include "svc-goals/identity.h"
#include "svc-goals/share_states.h"

#include <string.h>

enum { HIDDEN_AT_ONCE = 2000 };

static const char SQL_PUBLIC[] = "SELECT s.id FROM anonymous_goal_shares s JOIN share_owners o ON o.share_id = s.id"
                                 " WHERE o.owner_tag = $1 AND s.status = 'published' ORDER BY s.id LIMIT $2";

/* *is_private: somebody has said so. Who has never said anything about it says it by sharing. */
static status ask_setting(struct call *call, const char *user_id, bool *is_private)
{
        ProtobufCMessage *reply;
        struct call asking = *call; /* somebody without a profile is no failure of ours */
        Anonymize__ShowSettingsRequest request = ANONYMIZE__SHOW_SETTINGS_REQUEST__INIT;
        request.user_id = (char *)(size_t)user_id;
        status found = rpc_call(&asking, "sfp.anonymize.Anonymize.ShowSettings", &request.base, &reply);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return call_fail(call, found, "the privacy settings are out of reach");
        const char *level = found == STATUS_OK ? field_text(reply, "goal_sharing_level") : NULL;
        *is_private = level != NULL && strcmp(level, "private") == 0;
        return STATUS_OK;
}

status sharing_check(struct call *call)
{
        bool is_private = false;
        TRY(ask_setting(call, call->caller->user_id, &is_private));
        if (is_private)
                return call_problem(call, PROBLEM_CONFLICT,
                        "your goals are for you alone: goal_sharing_level in PATCH /privacy/settings says so");
        return STATUS_OK;
}

static status hide(struct call *call, const char *id)
{
        struct lifecycle_subject share;
        struct lifecycle_step step;
        TRY(share_load(call, id, &share));
        if (lifecycle_find(share_lifecycle.transitions, share.state, "hide", "sys") == NULL)
                return STATUS_OK;
        TRY(lifecycle_step(call, &share_lifecycle, &share, "hide", NULL, &step));
        return share_lifecycle.apply(call, &share, &step);
}

status sharing_take_setting(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)event;
        bool is_private = false;
        const char *user_id = field_text(data, "user_id");
        Goals__ShareList shares = GOALS__SHARE_LIST__INIT;
        if (user_id == NULL)
                return STATUS_OK;
        TRY(ask_setting(call, user_id, &is_private));
        if (!is_private)
                return STATUS_OK;
        TRY(db_rows(call, &shares.base, "items", SQL_PUBLIC, identity_owner_of(call, user_id), (int)HIDDEN_AT_ONCE));
        const char **ids = arena_alloc(call->arena, shares.n_items * sizeof *ids + 1);
        for (size_t i = 0; i < shares.n_items; i++) {
                ids[i] = shares.items[i]->id;
                TRY(hide(call, ids[i]));
        }
        return share_outdate(call, shares.n_items, ids);
}
