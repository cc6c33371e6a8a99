/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table of chains and one list in order of use, under one mutex. A tag is a counter among TAGS, chosen by its
 * hash: an entry is stale when its counter has moved. Two tags that meet in one counter only cost a miss. */
#include "common/cache.h"

#include "common/cache_remote.h"
#include "common/clock.h"
#include "common/flights.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 4096, TAGS = 8192, ENTRY_MAX = 64 << 10 };

struct entry {
        struct entry *chain;
        struct entry *newer;
        struct entry *older;
        uint64_t hash;
        int64_t fresh_until_us;
        int64_t stale_until_us;
        int64_t refreshed_until_us; /* somebody makes a new one, and has until then */
        struct cache_mark mark;
        uint32_t n_uses;
        uint32_t key_size;
        uint32_t tag_size;
        uint32_t size;
        uint8_t bytes[]; /* key, tag, answer */
};

struct cache {
        pthread_mutex_t mutex;
        size_t limit;
        size_t used;
        struct entry *newest;
        struct entry *oldest;
        struct entry *chains[CHAINS];
        _Atomic uint32_t tags[TAGS];
        struct cache_remote *remote;
        struct flights *flights;
        struct metric *hits, *misses, *stale, *evictions;
};

struct cache *cache_new(size_t bytes, struct metrics *metrics)
{
        struct cache *cache = calloc(1, sizeof *cache);
        if (cache == NULL)
                abort();
        pthread_mutex_init(&cache->mutex, NULL);
        cache->limit = bytes;
        cache->flights = flights_new(metrics);
        cache->hits =
                metrics_counter(metrics, "sfp_cache_hits_total", "tier=\"memory\"", "Answers given from the cache.");
        cache->misses = metrics_counter(
                metrics, "sfp_cache_misses_total", "tier=\"memory\"", "Answers that were not in the cache.");
        cache->stale = metrics_counter(
                metrics, "sfp_cache_stale_total", "", "Answers served past their freshness, while a new one was made.");
        cache->evictions =
                metrics_counter(metrics, "sfp_cache_evictions_total", "", "Answers dropped to make room for others.");
        return cache;
}

static uint64_t hash_bytes(const uint8_t *bytes, size_t size)
{
        uint64_t hash = 14695981039346656037U; /* FNV-1a */
        for (size_t i = 0; i < size; i++)
                hash = (hash ^ bytes[i]) * 1099511628211U;
        return hash ^ hash >> 29;
}

static size_t weight(const struct entry *entry)
{
        return sizeof *entry + entry->key_size + entry->tag_size + entry->size;
}

static void unlink_use(struct cache *cache, struct entry *entry)
{
        *(entry->newer == NULL ? &cache->newest : &entry->newer->older) = entry->older;
        *(entry->older == NULL ? &cache->oldest : &entry->older->newer) = entry->newer;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
        entry->newer = NULL;
        entry->older = cache->newest;
        *(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = entry;
        cache->newest = entry;
}

static struct entry **find(struct cache *cache, uint64_t hash, const void *key, size_t key_size)
{
        struct entry **place = &cache->chains[hash % CHAINS];
        while (*place != NULL && ((*place)->hash != hash || (*place)->key_size != key_size ||
                                         memcmp((*place)->bytes, key, key_size) != 0))
                place = &(*place)->chain;
        return place;
}

static void drop(struct cache *cache, struct entry **place)
{
        struct entry *entry = *place;
        *place = entry->chain;
        unlink_use(cache, entry);
        cache->used -= weight(entry);
        free(entry);
}

void cache_free(struct cache *cache)
{
        if (cache == NULL)
                return;
        for (struct entry *entry = cache->newest; entry != NULL;) {
                struct entry *older = entry->older;
                free(entry);
                entry = older;
        }
        flights_free(cache->flights);
        pthread_mutex_destroy(&cache->mutex);
        free(cache);
}

void cache_attach(struct cache *cache, struct cache_remote *remote)
{
        cache->remote = remote;
}

struct cache_remote *cache_remote_of(const struct cache *cache)
{
        return cache->remote;
}

struct flights *cache_flights(struct cache *cache)
{
        return cache->flights;
}

struct cache_mark cache_mark_of(struct cache *cache, const char *tag, size_t length)
{
        uint32_t slot = (uint32_t)(hash_bytes((const uint8_t *)tag, length) % TAGS);
        return (struct cache_mark){slot, atomic_load(&cache->tags[slot])};
}

bool cache_is_current(struct cache *cache, struct cache_mark mark)
{
        return atomic_load(&cache->tags[mark.slot]) == mark.version;
}

void cache_clear(struct cache *cache, const char *tag, size_t length)
{
        atomic_fetch_add(&cache->tags[cache_mark_of(cache, tag, length).slot], 1);
        if (cache->remote != NULL)
                cache_remote_clear(cache->remote, tag, length);
}

/* May it be served to this caller? Under the mutex. */
static bool may_serve(struct cache *cache, struct entry *entry, int64_t now_us, bool is_maker)
{
        if (now_us < entry->fresh_until_us)
                return true;
        bool is_refreshed = now_us < entry->refreshed_until_us;
        if (!is_refreshed && is_maker)
                entry->refreshed_until_us = now_us + CACHE_REFRESH_US;
        if (is_refreshed)
                metric_add(cache->stale, 1);
        return is_refreshed;
}

static bool is_dead(struct cache *cache, const struct entry *entry, int64_t now_us)
{
        return now_us >= entry->stale_until_us || !cache_is_current(cache, entry->mark);
}

bool cache_get(struct cache *cache, const void *key, size_t key_size, bool is_maker,
        void (*use)(void *arg, const void *bytes, size_t size), void *arg)
{
        bool is_served = false;
        uint64_t hash = hash_bytes(key, key_size);
        int64_t now_us = clock_now_us();
        pthread_mutex_lock(&cache->mutex);
        struct entry **place = find(cache, hash, key, key_size);
        struct entry *entry = *place;
        if (entry != NULL && is_dead(cache, entry, now_us)) {
                drop(cache, place);
        } else if (entry != NULL) {
                unlink_use(cache, entry);
                link_newest(cache, entry);
                is_served = may_serve(cache, entry, now_us, is_maker);
                entry->n_uses++;
                if (is_served)
                        use(arg, entry->bytes + entry->key_size + entry->tag_size, entry->size);
        }
        pthread_mutex_unlock(&cache->mutex);
        if (is_served || is_maker)
                metric_add(is_served ? cache->hits : cache->misses, 1);
        return is_served;
}

static void make_room(struct cache *cache, size_t needed)
{
        while (cache->oldest != NULL && cache->used + needed > cache->limit) {
                const struct entry *oldest = cache->oldest;
                drop(cache, find(cache, oldest->hash, oldest->bytes, oldest->key_size));
                metric_add(cache->evictions, 1);
        }
}

static struct entry *new_entry(const struct cache_answer *answer, struct cache_mark mark)
{
        size_t size = answer->key_size + answer->tag_length + answer->size;
        struct entry *entry = size > ENTRY_MAX ? NULL : malloc(sizeof *entry + size);
        if (entry == NULL)
                return NULL;
        *entry = (struct entry){.hash = hash_bytes(answer->key, answer->key_size),
                .fresh_until_us = answer->fresh_until_us,
                .stale_until_us = answer->stale_until_us,
                .mark = mark,
                .key_size = (uint32_t)answer->key_size,
                .tag_size = (uint32_t)answer->tag_length,
                .size = (uint32_t)answer->size};
        memcpy(entry->bytes, answer->key, answer->key_size);
        memcpy(entry->bytes + answer->key_size, answer->tag, answer->tag_length);
        memcpy(entry->bytes + answer->key_size + answer->tag_length, answer->bytes, answer->size);
        return entry;
}

void cache_put(struct cache *cache, const struct cache_answer *answer, struct cache_mark mark)
{
        struct entry *entry = new_entry(answer, mark);
        if (entry == NULL || weight(entry) > cache->limit) {
                free(entry);
                return;
        }
        pthread_mutex_lock(&cache->mutex);
        struct entry **place = find(cache, entry->hash, answer->key, answer->key_size);
        if (*place != NULL) {
                entry->n_uses = (*place)->n_uses;
                drop(cache, place);
        }
        make_room(cache, weight(entry));
        place = &cache->chains[entry->hash % CHAINS];
        entry->chain = *place;
        *place = entry;
        link_newest(cache, entry);
        cache->used += weight(entry);
        pthread_mutex_unlock(&cache->mutex);
}

/* Keeps `top` in order, most used first. */
static size_t insert(const struct entry **top, size_t count, size_t max, const struct entry *entry)
{
        size_t at = count;
        while (at > 0 && top[at - 1]->n_uses < entry->n_uses)
                at--;
        if (at == max)
                return count;
        size_t moved = (count < max ? count : max - 1) - at;
        memmove(&top[at + 1], &top[at], moved * sizeof *top);
        top[at] = entry;
        return count < max ? count + 1 : max;
}

static void copy_names(struct arena *arena, const struct entry *entry, struct cache_answer *out)
{
        uint8_t *bytes = arena_alloc(arena, entry->key_size + entry->tag_size + 1);
        memcpy(bytes, entry->bytes, entry->key_size + entry->tag_size);
        *out = (struct cache_answer){.key = bytes,
                .key_size = entry->key_size,
                .tag = (const char *)bytes + entry->key_size,
                .tag_length = entry->tag_size};
}

size_t cache_hottest(struct cache *cache, struct arena *arena, struct cache_answer *out, size_t max)
{
        const struct entry **top = arena_alloc(arena, (max + 1) * sizeof *top);
        size_t count = 0;
        pthread_mutex_lock(&cache->mutex);
        for (const struct entry *entry = cache->newest; entry != NULL; entry = entry->older)
                if (entry->n_uses > 0)
                        count = insert(top, count, max, entry);
        for (size_t i = 0; i < count; i++)
                copy_names(arena, top[i], &out[i]);
        pthread_mutex_unlock(&cache->mutex);
        return count;
}
