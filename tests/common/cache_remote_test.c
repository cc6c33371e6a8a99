/* SPDX-License-Identifier: Apache-2.0 */
/* Two replicas, each with both tiers, over a Redis of the test's own that is emptied, killed, and stands still. */
#include "common/cache_remote.h"
#include "common/cache_warmer.h"
#include "common/clock.h"
#include "common/keyring.h"
#include "tests/common/redis_server.h"
#include "tests/suite.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIFE_MS = 60000, LINKS = 4, BYTES = 1 << 20, SECOND_US = 1000000 };

struct replica {
        struct metrics *metrics;
        struct cache *cache;
        struct cache_remote *remote;
};

static struct arena *arena;
static struct keyring *keys;
static struct redis_server server;
static struct replica one, two;

static struct replica start_replica(const struct keyring *own_keys)
{
        struct replica replica = {.metrics = metrics_new()};
        replica.cache = cache_new(BYTES, replica.metrics);
        replica.remote = cache_remote_new("goals", server.socket, LINKS, own_keys, replica.metrics);
        ck_assert_ptr_nonnull(replica.remote);
        cache_attach(replica.cache, replica.remote);
        return replica;
}

static void stop_replica(struct replica *replica)
{
        cache_free(replica->cache);
        cache_remote_free(replica->remote);
        metrics_free(replica->metrics);
}

static bool becomes(const struct replica *replica, bool is_up)
{
        for (int i = 0; i < 1000 && cache_remote_is_up(replica->remote) != is_up; i++)
                usleep(10000);
        return cache_remote_is_up(replica->remote) == is_up;
}

static void set_up(void)
{
        arena = arena_new(0);
        keys = keyring_new("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        redis_server_open(&server);
        redis_server_start(&server);
        one = start_replica(keys);
        two = start_replica(keys);
        ck_assert(becomes(&one, true) && becomes(&two, true));
}

static void tear_down(void)
{
        stop_replica(&one);
        stop_replica(&two);
        redis_server_close(&server);
        keyring_free(keys);
        arena_free(arena);
}

static struct cache_answer question(const char *key, const char *tag)
{
        return (struct cache_answer){.key = key, .key_size = strlen(key), .tag = tag, .tag_length = strlen(tag)};
}

/* What the second tier of a replica says; NULL: nothing. */
static const char *found(const struct replica *replica, const char *key, const char *tag)
{
        struct cache_remote_mark mark;
        struct cache_answer answer = question(key, tag);
        return cache_remote_get(replica->remote, arena, &mark, &answer)
                       ? arena_strndup(arena, answer.bytes, answer.size)
                       : NULL;
}

static struct cache_remote_mark mark_of(const struct replica *replica, const char *key, const char *tag)
{
        struct cache_remote_mark mark;
        struct cache_answer answer = question(key, tag);
        ck_assert(!cache_remote_get(replica->remote, arena, &mark, &answer));
        return mark;
}

static void put_under(const struct replica *replica, const struct cache_remote_mark *mark, const char *key,
        const char *tag, const char *text)
{
        struct cache_answer answer = question(key, tag);
        answer.bytes = text;
        answer.size = strlen(text);
        answer.fresh_until_us = answer.stale_until_us = clock_now_us() + LIFE_MS * 1000LL;
        cache_remote_put(replica->remote, arena, mark, &answer);
}

static void put(const struct replica *replica, const char *key, const char *tag, const char *text)
{
        struct cache_remote_mark mark = mark_of(replica, key, tag);
        put_under(replica, &mark, key, tag, text);
}

static void clear(const struct replica *replica, const char *tag)
{
        cache_clear(replica->cache, tag, strlen(tag));
}

TEST(an_answer_of_one_replica_is_found_by_the_other)
{
        put(&one, "a", "x", "answer");
        ck_assert_str_eq(found(&two, "a", "x"), "answer");
        ck_assert_ptr_null(found(&two, "b", "x"));
}
END_TEST

TEST(a_clear_at_one_replica_is_seen_by_the_other)
{
        put(&one, "a", "x", "answer");
        put(&one, "b", "y", "other");
        clear(&two, "x");
        ck_assert_ptr_null(found(&one, "a", "x"));
        ck_assert_ptr_null(found(&two, "a", "x"));
        ck_assert_str_eq(found(&one, "b", "y"), "other");
}
END_TEST

TEST(an_answer_begun_before_a_clear_elsewhere_is_not_served)
{
        struct cache_remote_mark mark = mark_of(&one, "a", "x");
        clear(&two, "x");
        put_under(&one, &mark, "a", "x", "old");
        ck_assert_ptr_null(found(&one, "a", "x"));
        ck_assert_ptr_null(found(&two, "a", "x"));
}
END_TEST

TEST(what_is_past_its_freshness_is_not_taken)
{
        struct cache_remote_mark mark = mark_of(&one, "a", "x");
        struct cache_answer answer = question("a", "x");
        answer.bytes = "old";
        answer.size = 3;
        answer.fresh_until_us = clock_now_us();
        answer.stale_until_us = answer.fresh_until_us + 10LL * SECOND_US;
        cache_remote_put(one.remote, arena, &mark, &answer);
        ck_assert_ptr_null(found(&one, "a", "x"));
}
END_TEST

/* The name of the only answer that is kept, behind a connection of somebody's who is none of us. */
static char *kept_name(redisContext *stranger)
{
        redisReply *names = redisCommand(stranger, "KEYS sfp:goals:a:*");
        ck_assert_uint_eq(names->elements, 1);
        char *name = arena_strdup(arena, names->element[0]->str);
        freeReplyObject(names);
        return name;
}

TEST(a_life_that_somebody_made_longer_in_redis_is_no_longer)
{
        struct cache_remote_mark mark;
        struct cache_answer answer = question("a", "x");
        redisContext *stranger = redisConnectUnix(server.socket);
        put(&one, "a", "x", "answer");
        freeReplyObject(redisCommand(stranger, "PEXPIRE %s 9000000000000000", kept_name(stranger)));
        ck_assert(cache_remote_get(two.remote, arena, &mark, &answer));
        ck_assert_int_le(answer.stale_until_us, clock_now_us() + LIFE_MS * 1000LL);
        ck_assert_int_gt(answer.stale_until_us, clock_now_us() + LIFE_MS * 1000LL / 2);
        redisFree(stranger);
}
END_TEST

TEST(what_somebody_put_in_the_place_of_an_answer_is_a_miss)
{
        redisContext *stranger = redisConnectUnix(server.socket);
        put(&one, "a", "x", "answer");
        const char *name = kept_name(stranger);
        freeReplyObject(redisCommand(stranger, "SETRANGE %s 10000000 x", name));
        ck_assert_ptr_null(found(&two, "a", "x"));
        freeReplyObject(redisCommand(stranger, "DEL %s", name));
        freeReplyObject(redisCommand(stranger, "LPUSH %s x", name));
        ck_assert_ptr_null(found(&two, "a", "x"));
        put(&one, "a", "x", "answer");
        ck_assert_str_eq(found(&two, "a", "x"), "answer");
        redisFree(stranger);
}
END_TEST

TEST(nobody_reads_an_answer_or_a_key_in_redis)
{
        char path[64];
        char text[65536];
        put(&one, "question of somebody", "share:secret", "answer to somebody");
        redis_server_tell(&server, "SAVE");
        snprintf(path, sizeof path, "%s/dump.rdb", server.directory);
        FILE *file = fopen(path, "rb");
        size_t size = fread(text, 1, sizeof text, file);
        fclose(file);
        ck_assert_ptr_nonnull(memmem(text, size, "sfp:goals:a:", 12));
        ck_assert_ptr_null(memmem(text, size, "somebody", 8));
        ck_assert_ptr_null(memmem(text, size, "secret", 6));
}
END_TEST

TEST(an_answer_sealed_by_somebody_else_is_none)
{
        struct keyring *other = keyring_new("1:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=");
        struct replica stranger = start_replica(other);
        ck_assert(becomes(&stranger, true));
        put(&one, "a", "x", "answer");
        ck_assert_ptr_null(found(&stranger, "a", "x"));
        stop_replica(&stranger);
        keyring_free(other);
}
END_TEST

TEST(an_emptied_redis_gives_nothing_old_and_goes_on)
{
        struct cache_remote_mark mark = mark_of(&one, "b", "x");
        put(&one, "a", "x", "answer");
        redis_server_tell(&server, "FLUSHALL");
        ck_assert_ptr_null(found(&one, "a", "x"));
        put_under(&two, &mark, "b", "x", "begun before");
        ck_assert(becomes(&one, true) && becomes(&two, true));
        ck_assert_ptr_null(found(&one, "b", "x"));
        ck_assert_ptr_null(found(&two, "b", "x"));
        ck_assert(becomes(&one, true) && becomes(&two, true));
        put(&one, "a", "x", "new");
        ck_assert_str_eq(found(&two, "a", "x"), "new");
}
END_TEST

static bool is_quick(const struct replica *replica)
{
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < 50; i++) {
                found(replica, "a", "x");
                clear(replica, "x");
        }
        return clock_now_us() - begun_us < 2LL * SECOND_US; /* not fifty times a bound */
}

TEST(a_killed_redis_is_noticed_survived_and_rejoined)
{
        put(&one, "a", "x", "answer");
        redis_server_kill(&server);
        ck_assert(becomes(&one, false) && becomes(&two, false));
        ck_assert(is_quick(&one));
        redis_server_start(&server);
        ck_assert(becomes(&one, true) && becomes(&two, true));
        ck_assert_ptr_null(found(&one, "a", "x"));
        put(&one, "a", "x", "new");
        ck_assert_str_eq(found(&two, "a", "x"), "new");
}
END_TEST

/* It comes back with what it had saved before the clear. */
TEST(a_redis_that_comes_back_with_an_old_state_gives_nothing_of_it)
{
        put(&one, "a", "x", "old");
        redis_server_tell(&server, "SAVE");
        clear(&two, "x");
        redis_server_kill(&server);
        redis_server_start(&server);
        struct replica fresh = start_replica(keys);
        ck_assert(becomes(&fresh, true));
        ck_assert_ptr_null(found(&fresh, "a", "x"));
        ck_assert(becomes(&one, true) && becomes(&two, true));
        ck_assert_ptr_null(found(&one, "a", "x"));
        ck_assert_ptr_null(found(&two, "a", "x"));
        stop_replica(&fresh);
}
END_TEST

TEST(a_redis_that_stands_still_is_left_and_nothing_that_was_cleared_meanwhile_is_served)
{
        put(&one, "a", "x", "old");
        redis_server_signal(&server, SIGSTOP);
        ck_assert(is_quick(&one));
        ck_assert(becomes(&one, false) && becomes(&two, false));
        redis_server_signal(&server, SIGCONT);
        ck_assert(becomes(&one, true) && becomes(&two, true));
        ck_assert_ptr_null(found(&one, "a", "x"));
        ck_assert_ptr_null(found(&two, "a", "x"));
}
END_TEST

/* It cannot reach Redis, and the others know nothing of that. */
TEST(a_clear_that_a_replica_could_not_make_known_is_made_up_for_when_it_joins)
{
        struct redis_server real = server;
        put(&one, "a", "x", "old");
        snprintf(server.socket, sizeof server.socket, "%s/cut.sock", server.directory);
        struct replica cut = start_replica(keys);
        usleep(200000);
        clear(&cut, "x");
        ck_assert_str_eq(found(&one, "a", "x"), "old");
        ck_assert_int_eq(symlink(real.socket, server.socket), 0);
        ck_assert(becomes(&cut, true));
        ck_assert_ptr_null(found(&one, "a", "x"));
        ck_assert_ptr_null(found(&cut, "a", "x"));
        stop_replica(&cut);
        server = real;
}
END_TEST

static void take(void *arg, const void *bytes, size_t size)
{
        *(const char **)arg = arena_strndup(arena, bytes, size);
}

static const char *found_in_memory(const struct replica *replica, const char *key)
{
        const char *text = NULL;
        return cache_get(replica->cache, key, strlen(key), false, take, &text) ? text : NULL;
}

TEST(a_replica_that_starts_takes_over_what_was_asked_for)
{
        struct cache_answer answer = question("a", "x");
        struct cache_warmer *warmer = cache_warmer_start(one.cache, one.metrics);
        put(&one, "a", "x", "answer");
        answer.bytes = "answer";
        answer.size = 6;
        answer.fresh_until_us = answer.stale_until_us = clock_now_us() + LIFE_MS * 1000LL;
        cache_put(one.cache, &answer, cache_mark_of(one.cache, "x", 1));
        ck_assert_str_eq(found_in_memory(&one, "a"), "answer");
        cache_warmer_stop(warmer);

        struct replica fresh = start_replica(keys);
        struct cache_warmer *next = cache_warmer_start(fresh.cache, fresh.metrics);
        for (int i = 0; i < 500 && found_in_memory(&fresh, "a") == NULL; i++)
                usleep(10000);
        ck_assert_str_eq(found_in_memory(&fresh, "a"), "answer");
        cache_warmer_stop(next);
        stop_replica(&fresh);
}
END_TEST

TEST(what_was_cleared_is_not_taken_over)
{
        struct cache_answer answer = question("a", "x");
        put(&one, "a", "x", "answer");
        answer.bytes = "answer";
        answer.size = 6;
        answer.fresh_until_us = answer.stale_until_us = clock_now_us() + LIFE_MS * 1000LL;
        cache_put(one.cache, &answer, cache_mark_of(one.cache, "x", 1));
        ck_assert_str_eq(found_in_memory(&one, "a"), "answer");
        cache_warmer_stop(cache_warmer_start(one.cache, one.metrics));
        clear(&two, "x");
        struct replica fresh = start_replica(keys);
        struct cache_warmer *next = cache_warmer_start(fresh.cache, fresh.metrics);
        ck_assert(becomes(&fresh, true));
        usleep(500000);
        ck_assert_ptr_null(found_in_memory(&fresh, "a"));
        cache_warmer_stop(next);
        stop_replica(&fresh);
}
END_TEST

TEST(without_a_redis_there_is_nothing_to_test)
{
        ck_assert(!redis_server_is_installed()); /* which has said so */
}
END_TEST

TEST(an_address_that_is_none_is_refused)
{
        ck_assert_ptr_null(cache_remote_new("goals", "relative/path", LINKS, keys, one.metrics));
}
END_TEST

int main(void)
{
        const TTest *const tests[] = {T(an_answer_of_one_replica_is_found_by_the_other),
                T(a_clear_at_one_replica_is_seen_by_the_other),
                T(an_answer_begun_before_a_clear_elsewhere_is_not_served), T(what_is_past_its_freshness_is_not_taken),
                T(a_life_that_somebody_made_longer_in_redis_is_no_longer),
                T(what_somebody_put_in_the_place_of_an_answer_is_a_miss), T(nobody_reads_an_answer_or_a_key_in_redis),
                T(an_answer_sealed_by_somebody_else_is_none), T(an_emptied_redis_gives_nothing_old_and_goes_on),
                T(a_killed_redis_is_noticed_survived_and_rejoined),
                T(a_redis_that_comes_back_with_an_old_state_gives_nothing_of_it),
                T(a_redis_that_stands_still_is_left_and_nothing_that_was_cleared_meanwhile_is_served),
                T(a_clear_that_a_replica_could_not_make_known_is_made_up_for_when_it_joins),
                T(a_replica_that_starts_takes_over_what_was_asked_for), T(what_was_cleared_is_not_taken_over),
                T(an_address_that_is_none_is_refused), NULL};
        const TTest *const none[] = {T(without_a_redis_there_is_nothing_to_test), NULL};
        if (!redis_server_is_installed())
                return suite_run("common/cache_remote", FORK, NULL, NULL, none);
        return suite_run("common/cache_remote", FORK, set_up, tear_down, tests);
}
