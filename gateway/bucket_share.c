/* SPDX-License-Identifier: Apache-2.0 */
/* A bucket in Redis is one number, when it will be full by Redis's own clock, that one script moves. */
#include "gateway/bucket_share.h"

#include "common/clock.h"
#include "common/hmac.h"
#include "common/redis.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS = 2, NAME_SIZE = 64, NUMBER_SIZE = 24, SHA_SIZE = 41, NAME_BYTES = 16 };

/* KEYS[1]: the bucket; ARGV: microseconds taken, and those of a window. Answers how far it is from full. */
static const char script[] = "local t = redis.call('TIME') "
                             "local now = t[1] * 1000000 + t[2] "
                             "local full = tonumber(redis.call('GET', KEYS[1]) or '0') "
                             "if full < now then full = now end "
                             "full = math.min(full + ARGV[1], now + ARGV[2]) "
                             "redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil(ARGV[2] / 1000)) "
                             "return string.format('%.0f', full - now)";

struct bucket_share {
        struct buckets *buckets;
        struct redis *redis;
        struct hmac *names;
        struct metric *shared;
        char script_sha[SHA_SIZE]; /* of the script as Redis knows it; written in join, before readers are let in */
        pthread_t thread;
        pthread_mutex_t lock; /* over must_stop */
        pthread_cond_t stopped;
        bool must_stop;
};

static struct redis_word word_of(const char *text)
{
        return (struct redis_word){text, strlen(text)};
}

/* Redis may have forgotten the script: each time it is joined it is told again. */
static bool join(void *owner, struct redis_link *link, bool is_behind)
{
        struct bucket_share *share = owner;
        struct arena *arena = arena_new(0);
        (void)is_behind;
        const struct redis_word words[] = {word_of("SCRIPT"), word_of("LOAD"), word_of(script)};
        const redisReply *reply = redis_ask(link, arena, 3, words);
        bool is_known = reply != NULL && reply->type == REDIS_REPLY_STRING && reply->len == SHA_SIZE - 1;
        if (is_known)
                memcpy(share->script_sha, reply->str, SHA_SIZE);
        arena_free(arena);
        return is_known;
}

static void write_name(const struct bucket_share *share, const struct bucket_key *key, char out[NAME_SIZE])
{
        uint8_t digest[HMAC_SIZE];
        const struct hmac_part parts[] = {{&key->kind, 1}, {key->bytes, key->size}};
        hmac_sign_parts(share->names, parts, 2, digest);
        int length = snprintf(out, NAME_SIZE, "sfp:rate:");
        for (int i = 0; i < NAME_BYTES; i++)
                length += snprintf(out + length, (size_t)(NAME_SIZE - length), "%02x", digest[i]);
}

static void queue_debt(struct bucket_share *share, struct redis_link *link, const struct bucket_debt *debt)
{
        char name[NAME_SIZE], taken[NUMBER_SIZE], window[NUMBER_SIZE];
        write_name(share, &debt->key, name);
        snprintf(taken, sizeof taken, "%" PRId64, debt->count * debt->interval_us);
        snprintf(window, sizeof window, "%" PRId64, BUCKET_WINDOW_S * INT64_C(1000000));
        const struct redis_word words[] = {word_of("EVALSHA"), {share->script_sha, SHA_SIZE - 1}, word_of("1"),
                word_of(name), word_of(taken), word_of(window)};
        redis_queue(link, 6, words);
}

/* A debt whose answer does not come stays owed, and may be told twice: rather that than not at all. */
static void read_answer(
        struct bucket_share *share, struct redis_link *link, struct arena *arena, const struct bucket_debt *debt)
{
        const redisReply *reply = redis_read(link, arena);
        if (reply == NULL || reply->type != REDIS_REPLY_STRING) {
                buckets_give_back(share->buckets, debt);
                redis_doubt(share->redis); /* it may have lost the script: join anew */
                return;
        }
        buckets_settle(share->buckets, debt, strtoll(reply->str, NULL, 10), clock_now_us());
        metric_add(share->shared, 1);
}

/* Whether there may be more to tell. */
static bool tell_some(struct bucket_share *share, struct redis_link *link)
{
        struct bucket_debt debts[BUCKET_SHARE_ROUND];
        size_t count = buckets_take_debts(share->buckets, debts, BUCKET_SHARE_ROUND);
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < count; i++)
                queue_debt(share, link, &debts[i]);
        for (size_t i = 0; i < count; i++)
                read_answer(share, link, arena, &debts[i]);
        arena_free(arena);
        return count == BUCKET_SHARE_ROUND;
}

static void tell(struct bucket_share *share)
{
        bool has_more = true;
        while (has_more) {
                struct redis_link *link = redis_take(share->redis, REDIS_READ);
                if (link == NULL)
                        return;
                has_more = tell_some(share, link);
                redis_give(share->redis, link);
        }
}

/* False when it is over. */
static bool rest(struct bucket_share *share)
{
        struct timespec until = clock_timespec(clock_now_us() + BUCKET_SHARE_PAUSE_MS * 1000);
        pthread_mutex_lock(&share->lock);
        for (int waited = 0; !share->must_stop && waited == 0;)
                waited = pthread_cond_timedwait(&share->stopped, &share->lock, &until);
        bool goes_on = !share->must_stop;
        pthread_mutex_unlock(&share->lock);
        return goes_on;
}

static void *run(void *arg)
{
        struct bucket_share *share = arg;
        while (rest(share))
                tell(share);
        return NULL;
}

struct bucket_share *bucket_share_new(
        struct buckets *buckets, const char *url, const char *secret, struct metrics *metrics)
{
        pthread_condattr_t attributes;
        struct bucket_share *share = calloc(1, sizeof *share);
        if (share == NULL)
                abort();
        share->buckets = buckets;
        share->names = hmac_new(secret, strlen(secret));
        share->shared = metrics_counter(
                metrics, "sfp_rate_limit_shared_total", "", "Buckets brought up to date with the other gateways'.");
        share->redis = redis_new(&(struct redis_settings){url, LINKS, metrics, join, share});
        if (share->redis == NULL) {
                hmac_free(share->names);
                free(share);
                return NULL;
        }
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&share->lock, NULL);
        pthread_cond_init(&share->stopped, &attributes);
        if (pthread_create(&share->thread, NULL, run, share) != 0)
                abort();
        return share;
}

void bucket_share_free(struct bucket_share *share)
{
        if (share == NULL)
                return;
        pthread_mutex_lock(&share->lock);
        share->must_stop = true;
        pthread_cond_signal(&share->stopped);
        pthread_mutex_unlock(&share->lock);
        pthread_join(share->thread, NULL);
        redis_free(share->redis);
        pthread_cond_destroy(&share->stopped);
        pthread_mutex_destroy(&share->lock);
        hmac_free(share->names);
        free(share);
}
