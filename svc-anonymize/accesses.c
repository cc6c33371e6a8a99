/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/accesses.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/field.h"
#include "common/keyring.h"
#include "common/service.h"
#include "common/uuid.h"

enum { DAY_S = 86400 };

static const char SQL_RECORD[] =
        "INSERT INTO personal_accesses (id, owner_tag, purpose, actor_role, source_key, at)"
        " VALUES ($1, $2, $3, $4, $5, coalesce($6::text::timestamptz, now())) ON CONFLICT (source_key) DO NOTHING";
/* Whoever is being erased leaves no record behind, also not of an event that was under way. */
static const char SQL_IS_LEAVING[] = "SELECT FROM user_social_profiles WHERE user_id = $1 AND is_leaving";

ProtobufCBinaryData access_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "anonymize accesses", user_id);
}

static status add(struct call *call, const char *user_id, const char *purpose, const char *actor_role, const char *key,
        const char *at)
{
        char id[UUID_SIZE];
        uuid_v4(id);
        return db_later(call, NULL, SQL_RECORD, id, access_tag(call, user_id), purpose, actor_role, key, at);
}

/* Tells nobody whose it is. */
static const char *key_of_day(struct call *call, const char *user_id, const char *purpose, const char *actor_role)
{
        const char *what = arena_printf(
                call->arena, "%s %s %lld", purpose, actor_role, (long long)(clock_unix_us() / 1000000 / DAY_S));
        ProtobufCBinaryData tag = keyring_tag(call->service->keys, call->arena, what, user_id);
        char *key = arena_alloc(call->arena, 2 * tag.len + 1);
        for (size_t i = 0; i < tag.len; i++)
                for (int half = 0; half < 2; half++)
                        key[2 * i + (size_t)half] = "0123456789abcdef"[tag.data[i] >> (4 - 4 * half) & 15];
        key[2 * tag.len] = '\0';
        return key;
}

status access_record(struct call *call, const char *user_id, const char *purpose)
{
        const char *actor_role = arena_printf(call->arena, "service:%s", call->caller->service);
        return add(call, user_id, purpose, actor_role, key_of_day(call, user_id, purpose, actor_role), NULL);
}

status access_take(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        PGresult *leaving;
        const char *user_id = field_text(data, "user_id");
        if (user_id == NULL)
                return STATUS_OK;
        TRY(db_query(call, &leaving, SQL_IS_LEAVING, user_id));
        if (PQntuples(leaving) > 0)
                return STATUS_OK;
        return add(call, user_id, field_text(data, "purpose"), field_text(data, "actor_role"), event->id, event->time);
}
