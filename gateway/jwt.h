/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer tokens: JSON Web Tokens (RFC 7519) in compact form (RFC 7515), read strictly (RFC 8725). A key has one
 * algorithm; what a token's header says is only compared with it, and no key is ever taken from a token. */
#pragma once

#include "common/arena.h"
#include "common/metrics.h"
#include "common/schema.h"
#include "common/violation.h"
#include "gateway/claims.h"
#include "gateway/key_source.h"
#include "sfp/rpc.pb-c.h"

#include <stdint.h>

enum { JWT_SIZE_MAX = 8 << 10, JWT_SECRET_MIN = 32 };

struct jwt;

struct jwt_settings {
        const char *secret;      /* of HS256, in base64; NULL or "": there is none */
        struct key_source *keys; /* of RS256, ES256 and EdDSA; NULL: there are none. Must live as long */
        const char *issuer;      /* as claims_rules; NULL: "" */
        const char *audience;
        bool access_tokens_only; /* `typ` must be at+jwt (RFC 9068): no identity token passes for one */
        struct metrics *metrics; /* good tokens are remembered, and hits counted here; NULL: they are not */
};

/* NULL when the secret is no base64 of JWT_SECRET_MIN bytes or more. The texts are kept, not copied. */
struct jwt *jwt_new(const struct schema *schema, const struct jwt_settings *settings);
void jwt_free(struct jwt *jwt);

/* PROBLEM_NONE with the claims in the arena, or why the token is refused: INVALID_TOKEN, TOKEN_EXPIRED; UNAVAILABLE
 * when its issuer's keys could not be had so far. `now_s` is in seconds since 1970. Claims without roles get the role
 * "user". */
enum problem jwt_verify(
        const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out);

/* A token of these claims in the arena, signed with the secret, for the issuer and audience of the settings. NULL when
 * there is no secret or they break their rules; the violations say which. */
char *jwt_sign(const struct jwt *jwt, struct arena *arena, Sfp__Claims *claims, struct violations *violations);
