/* SPDX-License-Identifier: Apache-2.0 */
#include "common/identity.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct identity {
        const char *name;
        struct hop_keys *hops;
        struct principal_verifier *verifier; /* NULL: nobody calls */
};

struct identity *identity_new(
        const char *name, const char *mesh_key, const char *mesh_callers, const char *principal_keys)
{
        struct identity *identity = calloc(1, sizeof *identity);
        if (identity == NULL)
                abort();
        identity->name = name;
        identity->hops = hop_keys_new(mesh_key, mesh_callers);
        identity->verifier = *principal_keys == '\0' ? NULL : principal_verifier_new(principal_keys);
        if (identity->hops == NULL)
                fprintf(stderr,
                        "MESH_KEY is not base64 of at least 32 bytes, or MESH_CALLERS no list of NAME=BASE64\n");
        else if (*principal_keys != '\0' && identity->verifier == NULL)
                fprintf(stderr, "PRINCIPAL_KEYS is not a list of public keys in base64\n");
        else
                return identity;
        identity_free(identity);
        return NULL;
}

void identity_free(struct identity *identity)
{
        if (identity == NULL)
                return;
        hop_keys_free(identity->hops);
        principal_verifier_free(identity->verifier);
        free(identity);
}

/* The header with our name, and room for the proof at its end. */
static Sfp__RequestHeader signed_header(
        const struct identity *identity, const Sfp__RequestHeader *header, uint8_t room[HOP_PROOF_SIZE])
{
        Sfp__RequestHeader out = *header;
        memset(room, 0, HOP_PROOF_SIZE);
        out.caller = (char *)(size_t)identity->name;
        out.has_proof = 1;
        out.proof = (ProtobufCBinaryData){HOP_PROOF_SIZE, room};
        return out;
}

status identity_pack(struct identity *identity, const char *target, const Sfp__RequestHeader *header,
        const ProtobufCMessage *payload, struct message **out)
{
        uint8_t room[HOP_PROOF_SIZE];
        const Sfp__RequestHeader whole = signed_header(identity, header, room);
        TRY(frame_pack(&whole.base, payload, out));
        hop_prove(identity->hops, target, *out);
        return STATUS_OK;
}

status identity_pack_bytes(struct identity *identity, const char *target, const Sfp__RequestHeader *header,
        const void *payload, size_t size, struct message **out)
{
        uint8_t room[HOP_PROOF_SIZE];
        const Sfp__RequestHeader whole = signed_header(identity, header, room);
        TRY(frame_pack_bytes(&whole.base, payload, size, out));
        hop_prove(identity->hops, target, *out);
        return STATUS_OK;
}

static Sfp__Caller *nobody(struct arena *arena)
{
        Sfp__Caller *caller = arena_alloc(arena, sizeof *caller);
        sfp__caller__init(caller);
        return caller;
}

status identity_check(struct identity *identity, struct arena *arena, const struct frame *frame,
        const Sfp__RequestHeader *header, Sfp__Caller **out)
{
        Sfp__Caller *caller;
        if (identity->verifier == NULL || header->caller == NULL || !hop_check(identity->hops, header->caller, frame))
                return STATUS_UNAUTHENTICATED;
        if (header->has_principal)
                TRY(principal_verify(identity->verifier, arena, header->principal, clock_unix_us() / 1000000, &caller));
        else
                caller = nobody(arena);
        caller->service = header->caller;
        *out = caller;
        return STATUS_OK;
}
