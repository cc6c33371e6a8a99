/* SPDX-License-Identifier: Apache-2.0 */
/* A value is the fingerprint and the claims behind it, packed. */
#include "gateway/token_cache.h"

#include "common/recent.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct token_cache {
        struct recent *recent;
};

struct token_cache *token_cache_new(void)
{
        struct token_cache *cache = malloc(sizeof *cache);
        if (cache == NULL)
                abort();
        cache->recent = recent_new(TOKEN_CACHE_ENTRIES, TOKEN_CACHE_VALUE_MAX);
        return cache;
}

void token_cache_free(struct token_cache *cache)
{
        if (cache == NULL)
                return;
        recent_free(cache->recent);
        free(cache);
}

static void key_of(const char *token, uint8_t out[RECENT_KEY_SIZE])
{
        SHA256((const uint8_t *)token, strlen(token), out);
}

bool token_cache_find(struct token_cache *cache, struct arena *arena, const char *token, int64_t now_s,
        uint8_t fingerprint[KEY_FINGERPRINT_SIZE], Sfp__Claims **out)
{
        uint8_t key[RECENT_KEY_SIZE], value[TOKEN_CACHE_VALUE_MAX];
        size_t size;
        key_of(token, key);
        if (!recent_find(cache->recent, key, now_s, value, &size))
                return false;
        memcpy(fingerprint, value, KEY_FINGERPRINT_SIZE);
        *out = sfp__claims__unpack(
                arena_protobuf_allocator(arena), size - KEY_FINGERPRINT_SIZE, value + KEY_FINGERPRINT_SIZE);
        return *out != NULL;
}

void token_cache_keep(struct token_cache *cache, struct arena *arena, const char *token,
        const uint8_t fingerprint[KEY_FINGERPRINT_SIZE], const Sfp__Claims *claims)
{
        uint8_t key[RECENT_KEY_SIZE];
        size_t size = KEY_FINGERPRINT_SIZE + sfp__claims__get_packed_size(claims);
        uint8_t *value = arena_alloc(arena, size);
        memcpy(value, fingerprint, KEY_FINGERPRINT_SIZE);
        sfp__claims__pack(claims, value + KEY_FINGERPRINT_SIZE);
        key_of(token, key);
        recent_keep(cache->recent, key, claims->exp, value, size);
}
