/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to one Redis, made and kept alive by a thread of their own: whoever uses one never connects, and waits
 * at most REDIS_TIMEOUT_MS for an answer. The first connection that fails takes Redis out of use for everybody; the
 * thread looks for it with growing pauses and, before anybody uses it again, calls `join`. */
#pragma once

#include "common/arena.h"
#include "common/metrics.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>

enum {
        REDIS_TIMEOUT_MS = 100,    /* for an answer, and for a free connection */
        REDIS_CONNECT_MS = 500,    /* on the thread that connects */
        REDIS_PING_MS = 1000,      /* how soon a loss is noticed when nobody asks */
        REDIS_RETRY_MS = 50,       /* pause before the first look for a lost one; doubled each time */
        REDIS_RETRY_MAX_MS = 2000, /* so it is back in use at most this and a little after its return */
        REDIS_LINKS_MAX = 300,
};

struct redis;
struct redis_link;

/* A word of a command. */
struct redis_word {
        const void *bytes;
        size_t size;
};

struct redis_settings {
        const char *url; /* redis://[:PASSWORD@]HOST[:PORT][/DATABASE], or the path of a unix socket; kept */
        int links;       /* connections: at least one for each thread that uses it */
        struct metrics *metrics;
        /* Called on a fresh connection before Redis is open to readers; writers may use it already. `is_behind`: it was
         * lost, or a writer could not reach it: what it holds is in doubt. False: it is not usable yet. */
        bool (*join)(void *owner, struct redis_link *link, bool is_behind);
        void *owner;
};

/* NULL when the URL is none. Returns at once; Redis is in use as soon as it answers. */
struct redis *redis_new(const struct redis_settings *settings);
void redis_free(struct redis *redis);

bool redis_is_up(struct redis *redis);

/* A connection for the caller alone, to be given back. NULL when Redis is not in use, or no connection was free in
 * time. A writer may come a little earlier than a reader: what it writes is not lost to those who join. */
enum redis_use { REDIS_READ, REDIS_WRITE };
struct redis_link *redis_take(struct redis *redis, enum redis_use use);
void redis_give(struct redis *redis, struct redis_link *link);

/* What it holds cannot be relied on any more: it is taken out of use, and whoever joins next is told. */
void redis_doubt(struct redis *redis);

/* Queues a command; its answer is the next one that was not read yet. */
void redis_queue(struct redis_link *link, int count, const struct redis_word *words);

/* The next answer, as long as the arena lives; NULL when the connection is lost, or Redis refused the command. Each
 * queued command must be read. */
const redisReply *redis_read(struct redis_link *link, struct arena *arena);

/* Both in one. */
const redisReply *redis_ask(struct redis_link *link, struct arena *arena, int count, const struct redis_word *words);
