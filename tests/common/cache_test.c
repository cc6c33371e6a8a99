/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cache.h"
#include "common/clock.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { BYTES = 64 << 10, SECOND_US = 1000000 };

static struct metrics *metrics;
static struct cache *cache;
static struct arena *arena;
static char got[64];

static void set_up(void)
{
        metrics = metrics_new();
        cache = cache_new(BYTES, metrics);
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
        cache_free(cache);
        metrics_free(metrics);
}

static void take(void *arg, const void *bytes, size_t size)
{
        (void)arg;
        snprintf(got, sizeof got, "%.*s", (int)size, (const char *)bytes);
}

static const char *look(const char *key, bool is_maker)
{
        return cache_get(cache, key, strlen(key), is_maker, take, NULL) ? got : NULL;
}

static struct cache_mark mark(const char *tag)
{
        return cache_mark_of(cache, tag, strlen(tag));
}

static void put(const char *key, const char *tag, const char *answer, int64_t fresh_us, int64_t stale_us)
{
        int64_t fresh_until_us = clock_now_us() + fresh_us;
        cache_put(cache,
                &(struct cache_answer){key, strlen(key), tag, strlen(tag), answer, strlen(answer), fresh_until_us,
                        fresh_until_us + stale_us},
                mark(tag));
}

static bool prints(const char *line)
{
        struct buffer text = buffer_in(arena);
        metrics_print(metrics, METRICS_TEXT, &text);
        return strstr(buffer_text(&text), line) != NULL;
}

TEST(an_answer_is_kept_until_its_time_is_over)
{
        put("a", "", "one", SECOND_US, 0);
        put("b", "", "two", -1, 0);
        ck_assert_str_eq(look("a", true), "one");
        ck_assert_ptr_null(look("b", true));
        ck_assert_ptr_null(look("c", true));
        ck_assert(prints("sfp_cache_hits_total{tier=\"memory\"} 1\n"));
        ck_assert(prints("sfp_cache_misses_total{tier=\"memory\"} 2\n"));
}
END_TEST

TEST(clearing_a_tag_takes_all_that_carry_it_and_nothing_else)
{
        put("a", "x", "one", SECOND_US, SECOND_US);
        put("b", "x", "two", SECOND_US, SECOND_US);
        put("c", "y", "three", SECOND_US, SECOND_US);
        cache_clear(cache, "x", 1);
        ck_assert_ptr_null(look("a", true));
        ck_assert_ptr_null(look("b", true));
        ck_assert_str_eq(look("c", true), "three");
}
END_TEST

TEST(an_answer_begun_before_a_clear_is_not_served)
{
        struct cache_mark before = mark("x");
        cache_clear(cache, "x", 1);
        ck_assert(!cache_is_current(cache, before));
        cache_put(cache, &(struct cache_answer){"a", 1, "x", 1, "old", 3, INT64_MAX, INT64_MAX}, before);
        ck_assert_ptr_null(look("a", true));
}
END_TEST

TEST(a_new_answer_takes_the_place_of_the_old)
{
        put("a", "", "one", SECOND_US, 0);
        put("a", "", "two", SECOND_US, 0);
        ck_assert_str_eq(look("a", true), "two");
}
END_TEST

TEST(past_its_freshness_one_makes_it_anew_and_the_others_are_served)
{
        put("a", "", "old", -1, SECOND_US);
        ck_assert_ptr_null(look("a", false)); /* nobody makes a new one yet */
        ck_assert_ptr_null(look("a", true));  /* this one does */
        ck_assert_str_eq(look("a", true), "old");
        ck_assert_str_eq(look("a", false), "old");
        ck_assert(prints("sfp_cache_stale_total 2\n"));
        put("a", "", "new", SECOND_US, SECOND_US);
        ck_assert_str_eq(look("a", false), "new");
}
END_TEST

TEST(what_was_cleared_is_not_served_past_its_freshness)
{
        put("a", "x", "old", -1, SECOND_US);
        ck_assert_ptr_null(look("a", true));
        cache_clear(cache, "x", 1);
        ck_assert_ptr_null(look("a", true));
        ck_assert_ptr_null(look("a", false));
}
END_TEST

TEST(memory_is_bounded_and_what_was_used_last_stays)
{
        static char large[20 << 10];
        memset(large, 'x', sizeof large - 1);
        put("a", "", large, SECOND_US, 0);
        put("b", "", large, SECOND_US, 0);
        put("c", "", large, SECOND_US, 0);
        ck_assert_ptr_nonnull(look("a", true));
        put("d", "", large, SECOND_US, 0);
        ck_assert_ptr_nonnull(look("a", true));
        ck_assert_ptr_null(look("b", true));
        ck_assert_ptr_nonnull(look("d", true));
        ck_assert(prints("sfp_cache_evictions_total 1\n"));
}
END_TEST

TEST(an_answer_that_is_too_large_is_not_kept)
{
        static char huge[BYTES + 2];
        memset(huge, 'x', sizeof huge - 1);
        put("a", "", huge, SECOND_US, 0);
        ck_assert_ptr_null(look("a", true));
}
END_TEST

TEST(the_most_asked_are_known_in_order)
{
        struct cache_answer out[2];
        put("seldom", "x", "1", SECOND_US, 0);
        put("often", "y", "2", SECOND_US, 0);
        put("never", "", "3", SECOND_US, 0);
        put("once", "", "4", SECOND_US, 0);
        for (int i = 0; i < 5; i++)
                look("often", true);
        look("seldom", true);
        look("seldom", true);
        look("once", true);
        ck_assert_int_eq(cache_hottest(cache, arena, out, 2), 2);
        ck_assert_mem_eq(out[0].key, "often", 5);
        ck_assert_mem_eq(out[0].tag, "y", 1);
        ck_assert_mem_eq(out[1].key, "seldom", 6);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/cache", FORK, T(an_answer_is_kept_until_its_time_is_over),
        T(clearing_a_tag_takes_all_that_carry_it_and_nothing_else), T(an_answer_begun_before_a_clear_is_not_served),
        T(a_new_answer_takes_the_place_of_the_old), T(past_its_freshness_one_makes_it_anew_and_the_others_are_served),
        T(what_was_cleared_is_not_served_past_its_freshness), T(memory_is_bounded_and_what_was_used_last_stays),
        T(an_answer_that_is_too_large_is_not_kept), T(the_most_asked_are_known_in_order))
