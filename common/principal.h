/* SPDX-License-Identifier: Apache-2.0 */
/* On whose behalf a call is made, as the gateway vouches for it: an Ed25519 signature (RFC 8032) over the user and an
 * end, at most PRINCIPAL_LIFE_S away. Services hold the public key alone: they can check a principal and hand it on,
 * but none can make one. */
#pragma once

#include "common/arena.h"
#include "common/status.h"
#include "sfp/rpc.pb-c.h"

enum {
        PRINCIPAL_LIFE_S = 60,
        PRINCIPAL_SKEW_S = 10, /* by how much the clocks of two hosts may differ */
};

/* The gateway's side. `key` is the base64 of the 32 bytes of a private key (RFC 8032, 5.1.5); NULL when it is none. */
struct principal_signer;
struct principal_signer *principal_signer_new(const char *key);
void principal_signer_free(struct principal_signer *signer);

/* A packed SignedPrincipal, in the arena. Who was vouched for lately is not signed again, so the same user gets the
 * same bytes for a while. `now_s` is seconds since 1970. */
ProtobufCBinaryData principal_sign(
        struct principal_signer *signer, struct arena *arena, const Sfp__Caller *user, int64_t now_s);

/* The base64 of the public key that belongs to `key`, in the arena; NULL when it is none. */
char *principal_public_key(struct arena *arena, const char *key);

/* A service's side. `keys` are public keys in base64, separated by commas, so that the gateway's can be changed: all of
 * them count. NULL when the text is no such list. */
struct principal_verifier;
struct principal_verifier *principal_verifier_new(const char *keys);
void principal_verifier_free(struct principal_verifier *verifier);

/* Who it is, in the arena. UNAUTHENTICATED for anything that was not signed by the gateway or has ended. */
MUST_CHECK status principal_verify(struct principal_verifier *verifier, struct arena *arena,
        ProtobufCBinaryData signed_principal, int64_t now_s, Sfp__Caller **out);
