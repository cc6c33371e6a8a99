/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cache_warmer.h"

#include "common/cache_remote.h"
#include "common/clock.h"
#include "common/frame.h"
#include "sfp/kit.pb-c.h"

#include <pthread.h>
#include <stdlib.h>

enum { LOOK_MS = 100 };

struct cache_warmer {
        struct cache *cache;
        struct metric *warmed;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
};

/* False when it is over. */
static bool rest(struct cache_warmer *warmer, int64_t ms)
{
        struct timespec until = clock_timespec(clock_now_us() + ms * 1000);
        pthread_mutex_lock(&warmer->mutex);
        for (int waited = 0; !warmer->must_stop && waited == 0;)
                waited = pthread_cond_timedwait(&warmer->changed, &warmer->mutex, &until);
        bool goes_on = !warmer->must_stop;
        pthread_mutex_unlock(&warmer->mutex);
        return goes_on;
}

static void warm_one(struct cache_warmer *warmer, struct arena *arena, const Sfp__HotKey *hot)
{
        struct cache_remote_mark mark;
        struct cache_answer answer = {.key = hot->key.data,
                .key_size = hot->key.len,
                .tag = (const char *)hot->tag.data,
                .tag_length = hot->tag.len};
        struct cache_mark local = cache_mark_of(warmer->cache, answer.tag, answer.tag_length);
        if (!cache_remote_get(cache_remote_of(warmer->cache), arena, &mark, &answer))
                return;
        cache_put(warmer->cache, &answer, local);
        metric_add(warmer->warmed, 1);
}

static void warm(struct cache_warmer *warmer)
{
        ProtobufCBinaryData noted;
        ProtobufCMessage *keys;
        struct arena *arena = arena_new(0);
        if (cache_remote_recall(cache_remote_of(warmer->cache), arena, &noted) &&
                frame_unpack(arena, &sfp__hot_keys__descriptor, noted.data, noted.len, &keys) == STATUS_OK) {
                const Sfp__HotKeys *hot = (const Sfp__HotKeys *)keys;
                for (size_t i = 0; i < hot->n_items && i < CACHE_WARM_KEYS; i++)
                        warm_one(warmer, arena, hot->items[i]);
        }
        arena_free(arena);
}

static void fill(Sfp__HotKeys *keys, Sfp__HotKey *items, const struct cache_answer *hottest)
{
        for (size_t i = 0; i < keys->n_items; i++) {
                sfp__hot_key__init(&items[i]);
                items[i].has_key = items[i].has_tag = 1;
                items[i].key = (ProtobufCBinaryData){hottest[i].key_size, (uint8_t *)(size_t)hottest[i].key};
                items[i].tag = (ProtobufCBinaryData){hottest[i].tag_length, (uint8_t *)(size_t)hottest[i].tag};
                keys->items[i] = &items[i];
        }
}

static void note(struct cache_warmer *warmer)
{
        struct cache_answer hottest[CACHE_WARM_KEYS];
        Sfp__HotKey items[CACHE_WARM_KEYS];
        Sfp__HotKey *places[CACHE_WARM_KEYS];
        Sfp__HotKeys keys = SFP__HOT_KEYS__INIT;
        struct arena *arena = arena_new(0);
        keys.items = places;
        keys.n_items = cache_hottest(warmer->cache, arena, hottest, CACHE_WARM_KEYS);
        fill(&keys, items, hottest);
        if (keys.n_items > 0) {
                size_t size = sfp__hot_keys__get_packed_size(&keys);
                uint8_t *bytes = arena_alloc(arena, size);
                sfp__hot_keys__pack(&keys, bytes);
                cache_remote_note(cache_remote_of(warmer->cache), arena, bytes, size);
        }
        arena_free(arena);
}

static void *run(void *arg)
{
        struct cache_warmer *warmer = arg;
        int64_t patience = CACHE_WARM_PATIENCE_S * 1000 / LOOK_MS;
        bool goes_on = true;
        while (goes_on && patience-- > 0 && !cache_remote_is_up(cache_remote_of(warmer->cache)))
                goes_on = rest(warmer, LOOK_MS);
        warm(warmer);
        while (goes_on) {
                goes_on = rest(warmer, CACHE_WARM_NOTE_S * 1000LL);
                note(warmer);
        }
        return NULL;
}

struct cache_warmer *cache_warmer_start(struct cache *cache, struct metrics *metrics)
{
        pthread_condattr_t attributes;
        if (cache == NULL || cache_remote_of(cache) == NULL)
                return NULL;
        struct cache_warmer *warmer = calloc(1, sizeof *warmer);
        if (warmer == NULL)
                abort();
        warmer->cache = cache;
        warmer->warmed =
                metrics_counter(metrics, "sfp_cache_warmed_total", "", "Answers taken over from the process before.");
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&warmer->mutex, NULL);
        pthread_cond_init(&warmer->changed, &attributes);
        if (pthread_create(&warmer->thread, NULL, run, warmer) != 0)
                abort();
        return warmer;
}

void cache_warmer_stop(struct cache_warmer *warmer)
{
        if (warmer == NULL)
                return;
        pthread_mutex_lock(&warmer->mutex);
        warmer->must_stop = true;
        pthread_cond_signal(&warmer->changed);
        pthread_mutex_unlock(&warmer->mutex);
        pthread_join(warmer->thread, NULL);
        pthread_cond_destroy(&warmer->changed);
        pthread_mutex_destroy(&warmer->mutex);
        free(warmer);
}
