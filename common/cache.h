/* SPDX-License-Identifier: Apache-2.0 */
/* Answers kept for a short while: bounded bytes, least recently used first out, a time to live each. A tag names what
 * an answer was made of; clearing a tag makes every answer that carries it stale at once, also one that is just being
 * made. */
#pragma once

#include "common/metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

/* Keeps at most `bytes` of keys and answers; 0 keeps nothing. */
struct cache *cache_new(size_t bytes, struct metrics *metrics);
void cache_free(struct cache *cache);

/* The state of a tag, to be read before an answer is made and given with it. A tag is `length` bytes; none is a tag
 * too. */
struct cache_mark {
        uint32_t slot;
        uint32_t version;
};
struct cache_mark cache_mark_of(struct cache *cache, const char *tag, size_t length);

/* Makes everything kept with this tag stale. */
void cache_clear(struct cache *cache, const char *tag, size_t length);

/* Hands a kept answer that is neither expired nor stale to `use` and returns true. The bytes are the cache's and only
 * good during `use`, which must be quick: others wait for it. */
bool cache_get(struct cache *cache, const void *key, size_t key_size, int64_t now_us,
        void (*use)(void *arg, const void *bytes, size_t size), void *arg);

/* Keeps a copy of an answer, unless its tag was cleared since `mark` was read. */
void cache_put(struct cache *cache, const void *key, size_t key_size, const void *bytes, size_t size,
        struct cache_mark mark, int64_t expires_us);
