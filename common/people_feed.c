/* SPDX-License-Identifier: Apache-2.0 */
/* Events carry ids; names are asked for, so that what is kept is what holds now, in whatever order events come. */
#include "common/people_feed.h"

#include "common/content.h"
#include "common/db.h"
#include "common/field.h"
#include "common/rpc_call.h"
#include "sfp/profile.pb-c.h"

#include <string.h>

static const char SQL_KEEP[] =
        "INSERT INTO people (user_id, profile_id, display_name, avatar_url, experience_level)"
        " VALUES ($1, $2, $3, $4, coalesce($5, 'newcomer')) ON CONFLICT (user_id) DO UPDATE SET"
        " profile_id = excluded.profile_id, display_name = excluded.display_name, avatar_url = excluded.avatar_url,"
        " experience_level = excluded.experience_level";
static const char SQL_FORGET[] = "DELETE FROM people WHERE user_id = $1";
static const char SQL_BLOCK_OUT[] = "INSERT INTO blocks (user_id, other_id, by_user) VALUES ($1, $2, $3::boolean)"
                                    " ON CONFLICT (user_id, other_id) DO UPDATE SET by_user = excluded.by_user";
static const char SQL_BLOCK_IN[] = "INSERT INTO blocks (user_id, other_id, by_other) VALUES ($2, $1, $3::boolean)"
                                   " ON CONFLICT (user_id, other_id) DO UPDATE SET by_other = excluded.by_other";
static const char SQL_UNBLOCKED[] =
        "DELETE FROM blocks WHERE (user_id, other_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))"
        " AND NOT by_user AND NOT by_other";
static const char SQL_SANCTION[] =
        "INSERT INTO sanctions (user_id, sanction_id, kind, until_at) VALUES ($1, $2, $3, $4::text::timestamptz)"
        " ON CONFLICT (user_id, sanction_id) DO UPDATE SET kind = excluded.kind, until_at = excluded.until_at";
static const char SQL_LIFT[] = "DELETE FROM sanctions WHERE user_id = $1 AND sanction_id = $2";

static bool is_of(struct call *call, const Events__CloudEvent *event, const char *topic)
{
        return event_has_topic(event, event_topic(call->arena, topic));
}

static status take_person(struct call *call, const char *user_id)
{
        ProtobufCMessage *reply;
        Anonymize__ShowPersonRequest request = ANONYMIZE__SHOW_PERSON_REQUEST__INIT;
        request.user_id = (char *)(size_t)user_id;
        status result = rpc_call(call, "sfp.anonymize.Anonymize.ShowPerson", &request.base, &reply);
        if (result == STATUS_NOT_FOUND || (result == STATUS_OK && field_flag(reply, "is_deleted")))
                return db_later(call, NULL, SQL_FORGET, user_id);
        TRY(result);
        return db_later(call, NULL, SQL_KEEP, user_id, field_text(reply, "profile_id"),
                field_text(reply, "display_name"), field_text(reply, "avatar_url"),
                field_text(reply, "experience_level"));
}

status people_take_block(struct call *call, const char *user_id, const char *other_id, bool is_blocked)
{
        TRY(db_later(call, NULL, SQL_BLOCK_OUT, user_id, other_id, is_blocked));
        TRY(db_later(call, NULL, SQL_BLOCK_IN, user_id, other_id, is_blocked));
        return is_blocked ? STATUS_OK : db_later(call, NULL, SQL_UNBLOCKED, user_id, other_id);
}

static status take_profile_event(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const char *user_id = field_text(data, "user_id");
        if (user_id == NULL)
                return STATUS_OK;
        if (is_of(call, event, "profile.relationship.changed"))
                return people_take_block(call, user_id, field_text(data, "target_id"), field_flag(data, "blocked"));
        if (is_of(call, event, "profile.profile.") || is_of(call, event, "profile.level.changed"))
                return take_person(call, user_id);
        return STATUS_OK;
}

static status take_moderation_event(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        const char *user_id = field_text(data, "user_id");
        const char *sanction_id = field_text(data, "sanction_id");
        if (is_of(call, event, "moderation.sanction.started"))
                return db_later(call, NULL, SQL_SANCTION, user_id, sanction_id, field_text(data, "kind"),
                        field_text(data, "until_at"));
        if (is_of(call, event, "moderation.sanction.ended"))
                return db_later(call, NULL, SQL_LIFT, user_id, sanction_id);
        return content_take_ruling(call, event, data);
}

const struct event_consumer people_consumers[] = {
        {"kit_people", "anonymize", "profile.", take_profile_event},
        {"kit_rulings", "moderation", "moderation.", take_moderation_event},
        {0},
};
