/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/identity.h"

#include "common/keyring.h"
#include "common/service.h"

#include <string.h>

ProtobufCBinaryData identity_owner(struct call *call)
{
        return keyring_tag(call->service->keys, call->arena, "goals owner", call->caller->user_id);
}

ProtobufCBinaryData identity_actor(struct call *call)
{
        return keyring_tag(call->service->keys, call->arena, "goals actor", call->caller->user_id);
}

ProtobufCBinaryData identity_seal(struct call *call, const char *share_id)
{
        const char *context = arena_printf(call->arena, "goals owner of %s", share_id);
        return keyring_seal(
                call->service->keys, call->arena, context, call->caller->user_id, strlen(call->caller->user_id));
}
