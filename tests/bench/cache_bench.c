/* SPDX-License-Identifier: Apache-2.0 */
/* What the cache costs, against a bare GET of the same Redis in the same run:
 *   cache_bench REDIS_SOCKET SECONDS
 * prints, in microseconds each, "memory-hit redis-get second-tier-hit second-tier-miss put clear" and, for 64 callers
 * who ask for one answer at once, "makers-a-round round-us"; an answer has 1,000 bytes. */
#include "common/cache_remote.h"
#include "common/clock.h"
#include "common/flights.h"
#include "common/keyring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER = 1000, CALLERS = 64, MAKING_US = 1000, LINKS = CALLERS + 2, LIFE_US = 600000000 };

struct bench {
        struct arena *arena;
        struct cache *cache;
        struct cache_remote *remote;
        redisContext *raw;
        struct cache_remote_mark mark;
        struct cache_answer answer;
        int64_t seconds_us;
};

static void ignore(void *arg, const void *bytes, size_t size)
{
        (void)bytes;
        *(size_t *)arg = size;
}

static void hit_memory(struct bench *bench)
{
        size_t size = 0;
        if (!cache_get(bench->cache, bench->answer.key, bench->answer.key_size, false, ignore, &size))
                abort();
}

static void get_raw(struct bench *bench)
{
        redisReply *reply = redisCommand(bench->raw, "GET bench");
        if (reply == NULL || reply->len != ANSWER)
                abort();
        freeReplyObject(reply);
}

static void hit_remote(struct bench *bench)
{
        struct cache_answer answer = bench->answer;
        if (!cache_remote_get(bench->remote, bench->arena, &bench->mark, &answer))
                abort();
}

static void miss_remote(struct bench *bench)
{
        struct cache_answer answer = bench->answer;
        answer.key = "another";
        answer.key_size = 7;
        if (cache_remote_get(bench->remote, bench->arena, &bench->mark, &answer))
                abort();
}

static void put_remote(struct bench *bench)
{
        cache_remote_put(bench->remote, bench->arena, &bench->mark, &bench->answer);
}

static void clear(struct bench *bench)
{
        cache_clear(bench->cache, "other", 5);
}

/* Microseconds each. */
static double measure(struct bench *bench, void (*step)(struct bench *bench))
{
        enum { BATCH = 100 };
        int64_t begun_us = clock_now_us();
        int64_t count = 0;
        while (clock_now_us() - begun_us < bench->seconds_us) {
                for (int i = 0; i < BATCH; i++)
                        step(bench);
                count += BATCH;
                arena_reset(bench->arena);
        }
        return (double)(clock_now_us() - begun_us) / (double)count;
}

struct crowd {
        struct bench *bench;
        pthread_barrier_t start;
        pthread_barrier_t end;
        atomic_int n_made;
        bool is_over;
};

static void *ask(void *arg)
{
        struct crowd *crowd = arg;
        struct bench *bench = crowd->bench;
        struct arena *arena = arena_new(1 << 20);
        for (;;) {
                pthread_barrier_wait(&crowd->start);
                if (crowd->is_over)
                        break;
                struct flight *flight;
                ProtobufCBinaryData made;
                const struct flight_request request = {bench->answer.key, bench->answer.key_size,
                        cache_mark_of(bench->cache, "tag", 3), clock_now_us() + LIFE_US};
                if (!flights_join(cache_flights(bench->cache), arena, &request, &made, &flight)) {
                        made = (ProtobufCBinaryData){bench->answer.size, (uint8_t *)(size_t)bench->answer.bytes};
                        atomic_fetch_add(&crowd->n_made, 1);
                        usleep(MAKING_US);
                        flights_land(cache_flights(bench->cache), flight, &made);
                }
                pthread_barrier_wait(&crowd->end);
                arena_reset(arena);
        }
        arena_free(arena);
        return NULL;
}

static void measure_crowd(struct bench *bench, double *makers, double *round_us)
{
        pthread_t threads[CALLERS];
        struct crowd crowd = {.bench = bench};
        int rounds = 0;
        pthread_barrier_init(&crowd.start, NULL, CALLERS + 1);
        pthread_barrier_init(&crowd.end, NULL, CALLERS + 1);
        for (int i = 0; i < CALLERS; i++)
                pthread_create(&threads[i], NULL, ask, &crowd);
        int64_t begun_us = clock_now_us();
        for (; clock_now_us() - begun_us < bench->seconds_us; rounds++) {
                pthread_barrier_wait(&crowd.start);
                pthread_barrier_wait(&crowd.end);
        }
        *round_us = (double)(clock_now_us() - begun_us) / rounds;
        *makers = (double)atomic_load(&crowd.n_made) / rounds;
        crowd.is_over = true;
        pthread_barrier_wait(&crowd.start);
        for (int i = 0; i < CALLERS; i++)
                pthread_join(threads[i], NULL);
}

static struct bench open_bench(const char *socket, const struct keyring *keys, struct metrics *metrics)
{
        static char text[ANSWER + 1];
        static const char key[] = "sfp.goals.Goals.GetShare of somebody: 8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        memset(text, 'x', ANSWER);
        struct bench bench = {.arena = arena_new(0), .cache = cache_new(1 << 20, metrics)};
        bench.remote = cache_remote_new("bench", socket, LINKS, keys, metrics);
        bench.raw = redisConnectUnix(socket);
        if (bench.remote == NULL || bench.raw == NULL || bench.raw->err != 0)
                abort();
        cache_attach(bench.cache, bench.remote);
        bench.answer = (struct cache_answer){key, strlen(key), "tag", 3, text, ANSWER, 0, 0};
        bench.answer.fresh_until_us = bench.answer.stale_until_us = clock_now_us() + LIFE_US;
        for (int i = 0; i < 500 && !cache_remote_is_up(bench.remote); i++)
                usleep(10000);
        return bench;
}

static void fill(struct bench *bench)
{
        struct cache_answer answer = bench->answer;
        cache_clear(bench->cache, "tag", 3); /* of a round before */
        freeReplyObject(redisCommand(bench->raw, "SET bench %b", bench->answer.bytes, (size_t)ANSWER));
        if (cache_remote_get(bench->remote, bench->arena, &bench->mark, &answer))
                abort();
        put_remote(bench);
        cache_put(bench->cache, &bench->answer, cache_mark_of(bench->cache, "tag", 3));
}

int main(int argc, char **argv)
{
        if (argc != 3)
                return EXIT_FAILURE;
        double makers, round_us;
        struct metrics *metrics = metrics_new();
        struct keyring *keys = keyring_new("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        struct bench bench = open_bench(argv[1], keys, metrics);
        bench.seconds_us = (int64_t)(strtod(argv[2], NULL) * 1e6);
        fill(&bench);
        double memory = measure(&bench, hit_memory);
        double raw = measure(&bench, get_raw);
        double hit = measure(&bench, hit_remote);
        double miss = measure(&bench, miss_remote);
        double put = measure(&bench, put_remote);
        double cleared = measure(&bench, clear);
        measure_crowd(&bench, &makers, &round_us);
        printf("%.3f %.1f %.1f %.1f %.1f %.1f %.2f %.0f\n", memory, raw, hit, miss, put, cleared, makers, round_us);
        redisFree(bench.raw);
        cache_free(bench.cache);
        cache_remote_free(bench.remote);
        arena_free(bench.arena);
        keyring_free(keys);
        metrics_free(metrics);
        return EXIT_SUCCESS;
}
