/* SPDX-License-Identifier: Apache-2.0 */
/* People as svc-goals knows them: as keyed tags, one kind for owning and another for reacting, so that the two tables
 * cannot be laid side by side. */
#pragma once

#include "common/call.h"
#include "common/db_value.h"

/* The caller's tag as an owner / as somebody who reacts. Lives in the call's arena. The caller must be a user. */
ProtobufCBinaryData identity_owner(struct call *call);
ProtobufCBinaryData identity_actor(struct call *call);

/* The caller's id, sealed for this share. */
struct db_value identity_seal(struct call *call, const char *share_id);

/* Whose share it is, out of what was sealed. DATA_LOSS when it does not open. */
MUST_CHECK status identity_open(struct call *call, const char *share_id, ProtobufCBinaryData sealed, char **user_id);

/* The same for the share in the database; NOT_FOUND when it is gone. */
MUST_CHECK status identity_load_owner(struct call *call, const char *share_id, char **user_id);

/* The tags of somebody who is not the caller, for export and erasure. */
ProtobufCBinaryData identity_owner_of(struct call *call, const char *user_id);
ProtobufCBinaryData identity_actor_of(struct call *call, const char *user_id);
