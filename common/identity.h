/* SPDX-License-Identifier: Apache-2.0 */
/* Who a process is, and how it knows who calls it: every request names the process that makes it (common/hop.h) and,
 * where it is made for a user, carries the gateway's word for that (common/principal.h). There is no other way to be
 * somebody: what a request says of itself is not believed. */
#pragma once

#include "common/hop.h"
#include "common/principal.h"

/* The process through which users come. */
#define IDENTITY_GATEWAY "gateway"

struct identity;

/* `name` is how others know this process; the rest as hop_keys_new and principal_verifier_new. "" for `principal_keys`:
 * nobody calls this process. NULL when a text is not well formed; a line on stderr says which. */
struct identity *identity_new(
        const char *name, const char *mesh_key, const char *mesh_callers, const char *principal_keys);
void identity_free(struct identity *identity);

/* A request packed with our name and our proof for `target`; otherwise as frame_pack. */
MUST_CHECK status identity_pack(struct identity *identity, const char *target, const Sfp__RequestHeader *header,
        const ProtobufCMessage *payload, struct message **out);

/* The same with a payload that is packed already. */
MUST_CHECK status identity_pack_bytes(struct identity *identity, const char *target, const Sfp__RequestHeader *header,
        const void *payload, size_t size, struct message **out);

/* Who made this request, in the arena: `service` is the process that called, always set; the user's fields are set when
 * it calls for one. UNAUTHENTICATED when either is not proven. */
MUST_CHECK status identity_check(struct identity *identity, struct arena *arena, const struct frame *frame,
        const Sfp__RequestHeader *header, Sfp__Caller **out);
