/* SPDX-License-Identifier: Apache-2.0 */
/* The cache's second tier: answers in Redis, shared by the replicas of a service and sealed, under keyed hashes of
 * their keys and tags. An answer is good only with the epoch and the tag's version it was made under. Clearing a tag
 * gives it a version that never was; whoever loses Redis renews the epoch before using it again, so that nothing from
 * before a clear that was missed, and nothing from an older state of Redis, is ever served by those who know of the
 * loss. */
#pragma once

#include "common/cache.h"
#include "common/redis.h"

#define CACHE_REMOTE_TAG_LIFE_MS "86400000" /* a tag that is older costs a miss */

enum { CACHE_REMOTE_EPOCH_SIZE = 96, CACHE_REMOTE_VERSION_SIZE = 16, CACHE_REMOTE_ANSWER_MAX = 64 << 10 };

struct cache_remote;
struct keyring;

/* NULL when `url` is no address of a Redis (redis.h). `service` and `url` are kept. */
struct cache_remote *cache_remote_new(
        const char *service, const char *url, int links, const struct keyring *keys, struct metrics *metrics);
void cache_remote_free(struct cache_remote *remote);

/* Under what an answer is made; read before it is. */
struct cache_remote_mark {
        char epoch[CACHE_REMOTE_EPOCH_SIZE]; /* "": Redis is away, and the answer will not be kept there */
        uint8_t version[CACHE_REMOTE_VERSION_SIZE];
};

/* Looks for an answer to out->key with out->tag, and sets *mark either way. True: bytes and times of `out` are set and
 * live in the arena. Waits at most REDIS_TIMEOUT_MS. */
bool cache_remote_get(
        struct cache_remote *remote, struct arena *arena, struct cache_remote_mark *mark, struct cache_answer *out);

/* Keeps an answer, for as long as it may be served. */
void cache_remote_put(struct cache_remote *remote, struct arena *arena, const struct cache_remote_mark *mark,
        const struct cache_answer *answer);

/* Makes everything kept with this tag stale, for all replicas. When Redis cannot be told, it is out of use until its
 * epoch is renewed. */
void cache_remote_clear(struct cache_remote *remote, const char *tag, size_t length);

/* A block of bytes beside the answers, sealed: what the service wants to find again. */
void cache_remote_note(struct cache_remote *remote, struct arena *arena, const void *bytes, size_t size);
bool cache_remote_recall(struct cache_remote *remote, struct arena *arena, ProtobufCBinaryData *out);

/* In use? */
bool cache_remote_is_up(struct cache_remote *remote);
