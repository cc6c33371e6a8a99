/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/relations.h"

#include "common/db.h"
#include "common/field.h"

static const char SQL_FOLLOW[] = "INSERT INTO follows (user_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
static const char SQL_UNFOLLOW[] = "DELETE FROM follows WHERE user_id = $1 AND target_id = $2";
static const char SQL_MUTE[] = "INSERT INTO mutes (user_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
static const char SQL_UNMUTE[] = "DELETE FROM mutes WHERE user_id = $1 AND target_id = $2";

status relation_take(struct call *call, const ProtobufCMessage *data)
{
        const char *user_id = field_text(data, "user_id");
        const char *target_id = field_text(data, "target_id");
        if (user_id == NULL || target_id == NULL)
                return STATUS_OK;
        TRY(db_exec(call, field_flag(data, "following") ? SQL_FOLLOW : SQL_UNFOLLOW, user_id, target_id));
        return db_exec(call, field_flag(data, "muted") ? SQL_MUTE : SQL_UNMUTE, user_id, target_id);
}
