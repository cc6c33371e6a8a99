/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that were found good: their claims, and the key that vouches for them, by the SHA-256 of the token, which
 * itself is not kept. An entry ends with its token; whether its key still counts is for the reader to ask. Safe for
 * many threads. */
#pragma once

#include "common/arena.h"
#include "gateway/key.h"
#include "sfp/rpc.pb-c.h"

enum {
        TOKEN_CACHE_ENTRIES = 4096,  /* a power of two; a newer one takes the place of an older */
        TOKEN_CACHE_VALUE_MAX = 512, /* claims that are larger are read anew each time */
};

struct token_cache;

struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *cache);

/* The claims of this token in the arena and its key's fingerprint; false when it is not known, or has ended. */
bool token_cache_find(struct token_cache *cache, struct arena *arena, const char *token, int64_t now_s,
        uint8_t fingerprint[KEY_FINGERPRINT_SIZE], Sfp__Claims **out);

void token_cache_keep(struct token_cache *cache, struct arena *arena, const char *token,
        const uint8_t fingerprint[KEY_FINGERPRINT_SIZE], const Sfp__Claims *claims);
