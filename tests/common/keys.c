/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/keys.h"

#include "common/base64.h"
#include "common/buffer.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

static const char *const callers[] = {
        IDENTITY_GATEWAY, "anonymize", "feed", "forum", "goals", "ledger", "moderation", NULL};

char *keys_mesh_key(struct arena *arena, const char *name)
{
        uint8_t bytes[SHA256_DIGEST_LENGTH];
        SHA256((const uint8_t *)name, strlen(name), bytes);
        return base64_encode(arena, bytes, sizeof bytes);
}

static const char *callers_of(struct arena *arena, const char *target)
{
        struct buffer out = buffer_in(arena);
        for (const char *const *name = callers; *name != NULL; name++)
                buffer_printf(&out, "%s%s=%s", name == callers ? "" : ",", *name,
                        hop_derive(arena, keys_mesh_key(arena, *name), target));
        return buffer_text(&out);
}

struct identity *keys_identity(const char *name)
{
        struct arena *arena = arena_new(0);
        struct identity *identity = identity_new(
                name, keys_mesh_key(arena, name), callers_of(arena, name), principal_public_key(arena, KEYS_PRINCIPAL));
        arena_free(arena);
        if (identity == NULL)
                abort();
        return identity;
}

ProtobufCBinaryData keys_vouch(struct arena *arena, const Sfp__Caller *user, int64_t now_s)
{
        struct principal_signer *signer = principal_signer_new(KEYS_PRINCIPAL);
        if (signer == NULL)
                abort();
        ProtobufCBinaryData word = principal_sign(signer, arena, user, now_s);
        principal_signer_free(signer);
        return word;
}
