/* SPDX-License-Identifier: Apache-2.0 */
#include "common/recent.h"
#include "tests/suite.h"

#include <pthread.h>
#include <string.h>

enum { ENTRIES = 8, VALUE_MAX = 16 };

static struct recent *recent;

static void set_up(void)
{
        recent = recent_new(ENTRIES, VALUE_MAX);
}

static void tear_down(void)
{
        recent_free(recent);
}

/* A key that stands in place `place`, and differs from others there by `other`. */
static const uint8_t *key_of(uint8_t place, uint8_t other)
{
        static uint8_t key[RECENT_KEY_SIZE];
        memset(key, 0, sizeof key);
        key[0] = place;
        key[RECENT_KEY_SIZE - 1] = other;
        return key;
}

static bool finds(const uint8_t *key, int64_t now, const char *expected)
{
        char value[VALUE_MAX];
        size_t size = 0;
        return recent_find(recent, key, now, value, &size) && size == strlen(expected) &&
               memcmp(value, expected, size) == 0;
}

TEST(what_is_kept_is_found_until_its_time)
{
        recent_keep(recent, key_of(1, 0), 100, "value", 5);
        ck_assert(finds(key_of(1, 0), 99, "value"));
        ck_assert(!finds(key_of(1, 0), 100, "value"));
        ck_assert(!finds(key_of(2, 0), 0, "value"));
}
END_TEST

TEST(a_key_that_shares_a_place_takes_it_and_is_never_taken_for_the_other)
{
        recent_keep(recent, key_of(1, 7), 100, "first", 5);
        ck_assert(!finds(key_of(1, 8), 0, "first"));
        recent_keep(recent, key_of(1, 8), 100, "second", 6);
        ck_assert(!finds(key_of(1, 7), 0, "first"));
        ck_assert(finds(key_of(1, 8), 0, "second"));
        ck_assert(!finds(key_of(1 + ENTRIES, 8), 0, "second"));
}
END_TEST

TEST(a_value_that_does_not_fit_is_not_kept)
{
        recent_keep(recent, key_of(3, 0), 100, "exactly sixteen!", VALUE_MAX);
        recent_keep(recent, key_of(4, 0), 100, "seventeen letters", VALUE_MAX + 1);
        ck_assert(finds(key_of(3, 0), 0, "exactly sixteen!"));
        ck_assert(!finds(key_of(4, 0), 0, "seventeen letters"));
}
END_TEST

static void *keep_and_find(void *arg)
{
        const char *text = arg;
        for (int i = 0; i < 20000; i++) {
                uint8_t key[RECENT_KEY_SIZE] = {(uint8_t)(i % ENTRIES)};
                key[RECENT_KEY_SIZE - 1] = (uint8_t)*text;
                char value[VALUE_MAX];
                size_t size;
                recent_keep(recent, key, 100, text, strlen(text));
                if (recent_find(recent, key, 0, value, &size) &&
                        (size != strlen(text) || memcmp(value, text, size) != 0))
                        return arg;
        }
        return NULL;
}

TEST(threads_never_see_each_others_values)
{
        pthread_t threads[4];
        static char *const texts[] = {"alpha", "beta-longer", "c", "delta delta"};
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, keep_and_find, texts[i]);
        for (int i = 0; i < 4; i++) {
                void *wrong;
                pthread_join(threads[i], &wrong);
                ck_assert_ptr_null(wrong);
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/recent", FORK, T(what_is_kept_is_found_until_its_time),
        T(a_key_that_shares_a_place_takes_it_and_is_never_taken_for_the_other),
        T(a_value_that_does_not_fit_is_not_kept), T(threads_never_see_each_others_values))
