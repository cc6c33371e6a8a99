/* SPDX-License-Identifier: Apache-2.0 */
/* Answers kept for a while, in this process: bounded bytes, least recently used first out, a time to live each. A tag
 * names what an answer was made of; clearing a tag makes every answer that carries it stale at once, also one that is
 * just being made. Behind it there may be a second tier that replicas share (cache_remote.h); clearing reaches both. */
#pragma once

#include "common/arena.h"
#include "common/metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;
struct cache_remote;
struct flights;

enum { CACHE_REFRESH_US = 5000000 }; /* how long one caller may take to refresh what others are still served */

/* Keeps at most `bytes` of keys and answers; 0 keeps nothing. */
struct cache *cache_new(size_t bytes, struct metrics *metrics);
void cache_free(struct cache *cache);

/* Puts a second tier behind it, which must outlive it; before the first use. NULL: there is none. */
void cache_attach(struct cache *cache, struct cache_remote *remote);
struct cache_remote *cache_remote_of(const struct cache *cache);

/* Answers being made (flights.h). */
struct flights *cache_flights(struct cache *cache);

/* The state of a tag, to be read before an answer is made and given with it. A tag is `length` bytes; none is a tag
 * too. */
struct cache_mark {
        uint32_t slot;
        uint32_t version;
};
struct cache_mark cache_mark_of(struct cache *cache, const char *tag, size_t length);

/* Was the tag not cleared since? */
bool cache_is_current(struct cache *cache, struct cache_mark mark);

/* Makes everything kept with this tag stale, in both tiers. May wait for the second, as cache_remote.h says. */
void cache_clear(struct cache *cache, const char *tag, size_t length);

/* Hands a kept answer that may be served to `use` and returns true. The bytes are the cache's and only good during
 * `use`, which must be quick: others wait for it. An answer past its freshness is served while somebody refreshes it;
 * when nobody does, it is not, and with `is_maker` the caller becomes the one. */
bool cache_get(struct cache *cache, const void *key, size_t key_size, bool is_maker,
        void (*use)(void *arg, const void *bytes, size_t size), void *arg);

/* An answer and all that is known of it. Times are monotonic. */
struct cache_answer {
        const void *key;
        size_t key_size;
        const char *tag;
        size_t tag_length;
        const void *bytes;
        size_t size;
        int64_t fresh_until_us;
        int64_t stale_until_us; /* not before fresh_until_us */
};

/* Keeps a copy of an answer, unless its tag was cleared since `mark` was read. */
void cache_put(struct cache *cache, const struct cache_answer *answer, struct cache_mark mark);

/* The keys and tags of what was asked for most, copied into the arena, the most asked first. Returns how many. */
size_t cache_hottest(struct cache *cache, struct arena *arena, struct cache_answer *out, size_t max);
