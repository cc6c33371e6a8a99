/* SPDX-License-Identifier: Apache-2.0 */
/* What a token says, once its signature is known to be good. */
#pragma once

#include "common/arena.h"
#include "common/schema.h"
#include "sfp/rpc.pb-c.h"

#include <stdint.h>

enum { CLAIMS_SKEW_S = 60 };

struct claims_rules {
        const char *issuer;   /* what `iss` must be; "": anything or nothing */
        const char *audience; /* what must be in `aud`; "": anything or nothing */
};

/* PROBLEM_NONE with the claims in the arena, or why they let nobody in: INVALID_TOKEN, TOKEN_EXPIRED. `now_s` is in
 * seconds since 1970. Claims without roles get the role "user". */
enum problem claims_read(const struct claims_rules *rules, struct arena *arena, const struct schema_message *schema,
        const char *bytes, size_t size, int64_t now_s, Sfp__Claims **out);
