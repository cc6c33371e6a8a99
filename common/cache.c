/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table of chains and one list in order of use, under one mutex. A tag is a counter among TAGS, chosen by its
 * hash: an entry is stale when its counter has moved. Two tags that meet in one counter only cost a miss. */
#include "common/cache.h"

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
        int64_t expires_us;
        struct cache_mark mark;
        uint32_t key_size;
        uint32_t size;
        uint8_t bytes[]; /* key, then answer */
};

struct cache {
        pthread_mutex_t mutex;
        size_t limit;
        size_t used;
        struct entry *newest;
        struct entry *oldest;
        struct entry *chains[CHAINS];
        _Atomic uint32_t tags[TAGS];
        struct metric *hits;
        struct metric *misses;
};

struct cache *cache_new(size_t bytes, struct metrics *metrics)
{
        struct cache *cache = calloc(1, sizeof *cache);
        if (cache == NULL)
                abort();
        pthread_mutex_init(&cache->mutex, NULL);
        cache->limit = bytes;
        cache->hits = metrics_counter(metrics, "sfp_cache_hits_total", "", "Answers given from the cache.");
        cache->misses = metrics_counter(metrics, "sfp_cache_misses_total", "", "Answers that had to be made.");
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
        return sizeof *entry + entry->key_size + entry->size;
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

static bool is_fresh(struct cache *cache, const struct entry *entry, int64_t now_us)
{
        return entry->expires_us > now_us && atomic_load(&cache->tags[entry->mark.slot]) == entry->mark.version;
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
        pthread_mutex_destroy(&cache->mutex);
        free(cache);
}

struct cache_mark cache_mark_of(struct cache *cache, const char *tag, size_t length)
{
        uint32_t slot = (uint32_t)(hash_bytes((const uint8_t *)tag, length) % TAGS);
        return (struct cache_mark){slot, atomic_load(&cache->tags[slot])};
}

void cache_clear(struct cache *cache, const char *tag, size_t length)
{
        atomic_fetch_add(&cache->tags[cache_mark_of(cache, tag, length).slot], 1);
}

bool cache_get(struct cache *cache, const void *key, size_t key_size, int64_t now_us,
        void (*use)(void *arg, const void *bytes, size_t size), void *arg)
{
        uint64_t hash = hash_bytes(key, key_size);
        pthread_mutex_lock(&cache->mutex);
        struct entry **place = find(cache, hash, key, key_size);
        bool is_there = *place != NULL && is_fresh(cache, *place, now_us);
        if (is_there) {
                unlink_use(cache, *place);
                link_newest(cache, *place);
                use(arg, (*place)->bytes + key_size, (*place)->size);
        } else if (*place != NULL) {
                drop(cache, place);
        }
        pthread_mutex_unlock(&cache->mutex);
        metric_add(is_there ? cache->hits : cache->misses, 1);
        return is_there;
}

static void make_room(struct cache *cache, size_t needed)
{
        while (cache->oldest != NULL && cache->used + needed > cache->limit) {
                const struct entry *oldest = cache->oldest;
                drop(cache, find(cache, oldest->hash, oldest->bytes, oldest->key_size));
        }
}

void cache_put(struct cache *cache, const void *key, size_t key_size, const void *bytes, size_t size,
        struct cache_mark mark, int64_t expires_us)
{
        struct entry *entry = size + key_size > ENTRY_MAX ? NULL : malloc(sizeof *entry + key_size + size);
        if (entry == NULL ||
                weight(&(struct entry){.key_size = (uint32_t)key_size, .size = (uint32_t)size}) > cache->limit) {
                free(entry);
                return;
        }
        *entry = (struct entry){.hash = hash_bytes(key, key_size),
                .expires_us = expires_us,
                .mark = mark,
                .key_size = (uint32_t)key_size,
                .size = (uint32_t)size};
        memcpy(entry->bytes, key, key_size);
        memcpy(entry->bytes + key_size, bytes, size);
        pthread_mutex_lock(&cache->mutex);
        struct entry **place = find(cache, entry->hash, key, key_size);
        if (*place != NULL)
                drop(cache, place);
        make_room(cache, weight(entry));
        place = &cache->chains[entry->hash % CHAINS];
        entry->chain = *place;
        *place = entry;
        link_newest(cache, entry);
        cache->used += weight(entry);
        pthread_mutex_unlock(&cache->mutex);
}
