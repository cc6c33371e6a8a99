/* SPDX-License-Identifier: Apache-2.0 */
/* Who is calling, and may they? The service asks the second question again. */
#pragma once

#include "gateway/exchange.h"
#include "gateway/jwt.h"

/* PROBLEM_NONE with the caller in the arena (empty for the public), or why not: UNAUTHENTICATED, INVALID_TOKEN,
 * TOKEN_EXPIRED, TOKEN_MISPLACED, FORBIDDEN, UNAVAILABLE as jwt_verify. A token that is sent must be good, on public
 * routes too, and stand in the Authorization header. */
enum problem authenticate(const struct jwt *jwt, struct exchange *exchange, Sfp__Caller **out);

/* The same for what only a user may, whatever the route; *expires_at is the token's end, in seconds since 1970. */
enum problem authenticate_user(
        const struct jwt *jwt, struct exchange *exchange, Sfp__Caller **out, int64_t *expires_at);

/* The same for what only a user of this role may. */
enum problem authenticate_role(const struct jwt *jwt, struct exchange *exchange, const char *role);
