/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer tokens: JSON Web Tokens (RFC 7519) in compact form (RFC 7515), read strictly (RFC 8725). A key has one
 * algorithm; what a token's header says is only compared with it. */
#pragma once

#include "common/arena.h"
#include "common/schema.h"
#include "common/violation.h"
#include "sfp/rpc.pb-c.h"

#include <stdint.h>

enum { JWT_SIZE_MAX = 8 << 10, JWT_SECRET_MIN = 32, JWT_SKEW_S = 60 };

struct jwt;

/* Tokens by HMAC-SHA256 with a secret, given in base64. NULL when that is no base64 of JWT_SECRET_MIN bytes or more. */
struct jwt *jwt_new(const struct schema *schema, const char *secret);
void jwt_free(struct jwt *jwt);

/* PROBLEM_NONE with the claims in the arena, or why the token is refused: INVALID_TOKEN, TOKEN_EXPIRED. `now_s` is in
 * seconds since 1970. Claims without roles get the role "user". */
enum problem jwt_verify(
        const struct jwt *jwt, struct arena *arena, const char *token, int64_t now_s, Sfp__Claims **out);

/* A token of these claims in the arena. NULL when they break their rules; the violations say which. */
char *jwt_sign(const struct jwt *jwt, struct arena *arena, Sfp__Claims *claims, struct violations *violations);
