/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/identity.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/sealed.h"
#include "common/service.h"
#include "sfp/goals.pb-c.h"

static const char SQL_OWNER[] = "SELECT owner_sealed FROM share_owners WHERE share_id = $1";

ProtobufCBinaryData identity_owner_of(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "goals owner", user_id);
}

ProtobufCBinaryData identity_actor_of(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "goals actor", user_id);
}

ProtobufCBinaryData identity_owner(struct call *call)
{
        return identity_owner_of(call, call->caller->user_id);
}

ProtobufCBinaryData identity_actor(struct call *call)
{
        return identity_actor_of(call, call->caller->user_id);
}

static const char *context_of(struct call *call, const char *share_id)
{
        return arena_printf(call->arena, "goals owner of %s", share_id);
}

struct db_value identity_seal(struct call *call, const char *share_id)
{
        return sealed_text(call, context_of(call, share_id), call->caller->user_id);
}

status identity_open(struct call *call, const char *share_id, ProtobufCBinaryData sealed, char **user_id)
{
        return sealed_open_text(call, context_of(call, share_id), sealed, user_id);
}

status identity_load_owner(struct call *call, const char *share_id, char **user_id)
{
        Goals__OwnerRow row = GOALS__OWNER_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_OWNER, share_id));
        return identity_open(call, share_id, row.owner_sealed, user_id);
}
