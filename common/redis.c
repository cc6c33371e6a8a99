/* SPDX-License-Identifier: Apache-2.0 */
/* Idle links are a stack under the mutex. A link belongs to the stay of Redis in which it was made: when that is over,
 * whoever gives one back closes it. */
#include "common/redis.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/redis_url.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct redis_link {
        redisContext *context;
        unsigned stay;
        bool is_lost;
};

struct redis {
        struct redis_settings settings;
        struct redis_place place;
        pthread_t keeper;
        pthread_mutex_t mutex;
        pthread_cond_t changed;  /* for the keeper */
        pthread_cond_t returned; /* a link is idle */
        bool must_stop;
        bool is_up;          /* for writers */
        bool is_open;        /* for readers, too */
        bool is_behind;      /* something may have been missed since it was joined */
        bool has_complained; /* the keeper's own */
        unsigned stay;
        int n_links; /* of this stay, idle or not */
        int n_idle;
        struct redis_link *idle[REDIS_LINKS_MAX];
        struct metric *up;
};

static struct timeval timeval_of(int ms)
{
        return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static void link_free(struct redis_link *link)
{
        if (link == NULL)
                return;
        if (link->context != NULL)
                redisFree(link->context);
        free(link);
}

void redis_queue(struct redis_link *link, int count, const struct redis_word *words)
{
        const char *texts[8];
        size_t sizes[8];
        for (int i = 0; i < count && i < 8; i++) {
                texts[i] = words[i].bytes;
                sizes[i] = words[i].size;
        }
        if (!link->is_lost && redisAppendCommandArgv(link->context, count, texts, sizes) != REDIS_OK)
                link->is_lost = true;
}

const redisReply *redis_read(struct redis_link *link, struct arena *arena)
{
        void *reply = NULL;
        if (link->is_lost || redisGetReply(link->context, &reply) != REDIS_OK || reply == NULL) {
                link->is_lost = true;
                return NULL;
        }
        arena_defer(arena, freeReplyObject, reply);
        return ((redisReply *)reply)->type == REDIS_REPLY_ERROR ? NULL : reply;
}

const redisReply *redis_ask(struct redis_link *link, struct arena *arena, int count, const struct redis_word *words)
{
        redis_queue(link, count, words);
        return redis_read(link, arena);
}

static bool is_told(struct redis_link *link, struct arena *arena, const char *command, const char *word)
{
        const struct redis_word words[] = {{command, strlen(command)}, {word, strlen(word)}};
        return redis_ask(link, arena, *word == '\0' ? 1 : 2, words) != NULL;
}

static bool introduce(const struct redis *redis, struct redis_link *link)
{
        char database[16];
        struct arena *arena = arena_new(0);
        snprintf(database, sizeof database, "%d", redis->place.database);
        bool is_good = (*redis->place.password == '\0' || is_told(link, arena, "AUTH", redis->place.password)) &&
                       (redis->place.database == 0 || is_told(link, arena, "SELECT", database)) &&
                       is_told(link, arena, "PING", "");
        arena_free(arena);
        return is_good;
}

/* NULL when Redis does not answer. */
static struct redis_link *connect_link(struct redis *redis, unsigned stay)
{
        const struct redis_place *place = &redis->place;
        struct redis_link *link = calloc(1, sizeof *link);
        if (link == NULL)
                abort();
        link->stay = stay;
        link->context = place->port == 0
                                ? redisConnectUnixWithTimeout(place->host, timeval_of(REDIS_CONNECT_MS))
                                : redisConnectWithTimeout(place->host, place->port, timeval_of(REDIS_CONNECT_MS));
        if (link->context != NULL && link->context->err == 0 &&
                redisSetTimeout(link->context, timeval_of(REDIS_TIMEOUT_MS)) == REDIS_OK && introduce(redis, link))
                return link;
        link_free(link);
        return NULL;
}

/* Under the mutex. */
static void open_up(struct redis *redis, bool is_open)
{
        if (redis->is_open != is_open)
                LOG(is_open ? LOG_INFO : LOG_WARN, is_open ? "redis is in use" : "redis is lost: memory alone");
        redis->is_open = is_open;
        metric_set(redis->up, is_open);
        pthread_cond_broadcast(&redis->returned);
        pthread_cond_signal(&redis->changed);
}

/* Ends the stay: every link of it is to be closed. Under the mutex. */
static void end_stay(struct redis *redis)
{
        redis->is_behind = true;
        if (!redis->is_up)
                return;
        redis->is_up = false;
        open_up(redis, false);
        redis->stay++;
        redis->n_links = 0;
        while (redis->n_idle > 0)
                link_free(redis->idle[--redis->n_idle]);
}

void redis_doubt(struct redis *redis)
{
        pthread_mutex_lock(&redis->mutex);
        end_stay(redis);
        pthread_mutex_unlock(&redis->mutex);
}

/* Under the mutex. */
static bool is_usable(const struct redis *redis, enum redis_use use)
{
        return use == REDIS_WRITE ? redis->is_up : redis->is_open;
}

struct redis_link *redis_take(struct redis *redis, enum redis_use use)
{
        struct redis_link *link = NULL;
        struct timespec until = clock_timespec(clock_now_us() + REDIS_TIMEOUT_MS * 1000);
        pthread_mutex_lock(&redis->mutex);
        for (int waited = 0; is_usable(redis, use) && redis->n_idle == 0 && waited == 0;)
                waited = pthread_cond_timedwait(&redis->returned, &redis->mutex, &until);
        if (is_usable(redis, use) && redis->n_idle > 0)
                link = redis->idle[--redis->n_idle];
        pthread_mutex_unlock(&redis->mutex);
        return link;
}

void redis_give(struct redis *redis, struct redis_link *link)
{
        pthread_mutex_lock(&redis->mutex);
        bool is_of_now = link->stay == redis->stay;
        if (link->is_lost && is_of_now)
                end_stay(redis);
        bool is_kept = !link->is_lost && is_of_now;
        if (is_kept) {
                redis->idle[redis->n_idle++] = link;
                pthread_cond_signal(&redis->returned);
        }
        pthread_mutex_unlock(&redis->mutex);
        if (!is_kept)
                link_free(link);
}

bool redis_is_up(struct redis *redis)
{
        pthread_mutex_lock(&redis->mutex);
        bool is_open = redis->is_open;
        pthread_mutex_unlock(&redis->mutex);
        return is_open;
}

static unsigned current_stay(struct redis *redis)
{
        pthread_mutex_lock(&redis->mutex);
        unsigned stay = redis->stay;
        pthread_mutex_unlock(&redis->mutex);
        return stay;
}

/* Lets writers in; says whether any was turned away before. */
static bool let_writers_in(struct redis *redis, struct redis_link *link)
{
        pthread_mutex_lock(&redis->mutex);
        bool was_behind = redis->is_behind;
        redis->is_behind = false;
        redis->is_up = true;
        redis->n_links = 2;
        redis->idle[redis->n_idle++] = link;
        pthread_mutex_unlock(&redis->mutex);
        return was_behind;
}

static bool let_readers_in(struct redis *redis, unsigned stay)
{
        pthread_mutex_lock(&redis->mutex);
        bool is_of_now = redis->is_up && stay == redis->stay;
        if (is_of_now)
                open_up(redis, true);
        pthread_mutex_unlock(&redis->mutex);
        return is_of_now;
}

/* Every write that was turned away came before the join, every later one reaches Redis itself. */
static bool begin_stay(struct redis *redis)
{
        unsigned stay = current_stay(redis);
        struct redis_link *first = connect_link(redis, stay);
        struct redis_link *second = first == NULL ? NULL : connect_link(redis, stay);
        if (second == NULL) {
                link_free(first);
                return false;
        }
        bool was_behind = let_writers_in(redis, first);
        bool is_joined = redis->settings.join(redis->settings.owner, second, was_behind);
        is_joined = is_joined && let_readers_in(redis, stay);
        if (!is_joined)
                redis_doubt(redis);
        redis_give(redis, second);
        return is_joined;
}

static bool wants_link(struct redis *redis, unsigned *stay)
{
        pthread_mutex_lock(&redis->mutex);
        *stay = redis->stay;
        bool wants = redis->is_open && redis->n_links < redis->settings.links && !redis->must_stop;
        redis->n_links += wants;
        pthread_mutex_unlock(&redis->mutex);
        return wants;
}

static void fill(struct redis *redis)
{
        unsigned stay;
        while (wants_link(redis, &stay)) {
                struct redis_link *link = connect_link(redis, stay);
                if (link == NULL)
                        redis_doubt(redis);
                else
                        redis_give(redis, link);
        }
}

static void ping(struct redis *redis)
{
        struct redis_link *link = redis_take(redis, REDIS_READ);
        if (link == NULL)
                return;
        struct arena *arena = arena_new(0);
        link->is_lost |= !is_told(link, arena, "PING", "");
        arena_free(arena);
        redis_give(redis, link);
}

/* Sleeps until the time is over or something has changed; false when it is over for good. */
static bool rest(struct redis *redis, int ms, bool while_up)
{
        struct timespec until = clock_timespec(clock_now_us() + ms * 1000LL);
        pthread_mutex_lock(&redis->mutex);
        for (int waited = 0; !redis->must_stop && redis->is_open == while_up && waited == 0;)
                waited = pthread_cond_timedwait(&redis->changed, &redis->mutex, &until);
        bool goes_on = !redis->must_stop;
        pthread_mutex_unlock(&redis->mutex);
        return goes_on;
}

/* How long to wait after it was looked for in vain. One that never was there is complained of once. */
static int next_pause(struct redis *redis, int pause_ms)
{
        if (!redis->has_complained)
                LOG(LOG_WARN, "redis is out of reach: memory alone");
        redis->has_complained = true;
        if (pause_ms < REDIS_RETRY_MS || pause_ms == REDIS_PING_MS)
                return REDIS_RETRY_MS;
        return 2 * pause_ms < REDIS_RETRY_MAX_MS ? 2 * pause_ms : REDIS_RETRY_MAX_MS;
}

static void *keep(void *arg)
{
        struct redis *redis = arg;
        int pause_ms = 0;
        while (rest(redis, pause_ms, redis_is_up(redis))) {
                if (redis_is_up(redis)) {
                        redis->has_complained = true; /* from now on its comings and goings are noted */
                        fill(redis);
                        ping(redis);
                        pause_ms = REDIS_PING_MS;
                } else {
                        pause_ms = begin_stay(redis) ? 0 : next_pause(redis, pause_ms);
                }
        }
        return NULL;
}

struct redis *redis_new(const struct redis_settings *settings)
{
        pthread_condattr_t attributes;
        struct redis_place place;
        if (!redis_url_parse(settings->url, &place) || settings->links > REDIS_LINKS_MAX)
                return NULL;
        struct redis *redis = calloc(1, sizeof *redis);
        if (redis == NULL)
                abort();
        redis->settings = *settings;
        redis->place = place;
        redis->up = metrics_gauge(settings->metrics, "sfp_redis_up", "", "Whether Redis is in use.");
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&redis->mutex, NULL);
        pthread_cond_init(&redis->changed, &attributes);
        pthread_cond_init(&redis->returned, &attributes);
        if (pthread_create(&redis->keeper, NULL, keep, redis) != 0)
                abort();
        return redis;
}

void redis_free(struct redis *redis)
{
        if (redis == NULL)
                return;
        pthread_mutex_lock(&redis->mutex);
        redis->must_stop = true;
        pthread_cond_signal(&redis->changed);
        pthread_mutex_unlock(&redis->mutex);
        pthread_join(redis->keeper, NULL);
        while (redis->n_idle > 0)
                link_free(redis->idle[--redis->n_idle]);
        pthread_cond_destroy(&redis->returned);
        pthread_cond_destroy(&redis->changed);
        pthread_mutex_destroy(&redis->mutex);
        free(redis);
}
