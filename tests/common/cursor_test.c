/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cursor.h"
#include "tests/suite.h"

#include <string.h>

enum { NOW_S = 1795505400 };

static struct arena *arena;
static struct hmac *key;
static const struct cursor cursor = {.key = -42, .id = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"};

static void set_up(void)
{
        arena = arena_new(0);
        key = hmac_new("a key of thirty-two bytes, truly", 32);
}

static void tear_down(void)
{
        hmac_free(key);
        arena_free(arena);
}

static char *seal(void)
{
        return cursor_seal(arena, key, "scope", 5, &cursor, NOW_S);
}

static bool opens(const char *text, const char *scope, int64_t now_s)
{
        struct cursor out;
        return cursor_open(arena, key, scope, strlen(scope), text, now_s, &out);
}

TEST(what_was_sealed_is_opened)
{
        static const int64_t keys[] = {0, -42, INT64_MAX, INT64_MIN};
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
                struct cursor in = cursor, out;
                in.key = keys[i];
                const char *text = cursor_seal(arena, key, "scope", 5, &in, NOW_S);
                ck_assert(cursor_open(arena, key, "scope", 5, text, NOW_S, &out));
                ck_assert_int_eq(out.key, keys[i]);
                ck_assert_str_eq(out.id, cursor.id);
        }
}
END_TEST

TEST(a_change_anywhere_closes_it)
{
        char *text = seal();
        for (size_t i = 0; text[i] != '\0'; i++) {
                char kept = text[i];
                text[i] = kept == 'A' ? 'B' : 'A';
                ck_assert_msg(!opens(text, "scope", NOW_S), "at %zu", i);
                text[i] = '\x80';
                ck_assert(!opens(text, "scope", NOW_S));
                text[i] = kept;
        }
        ck_assert(opens(text, "scope", NOW_S));
}
END_TEST

TEST(a_cursor_of_another_length_is_none)
{
        char *text = seal();
        ck_assert(!opens("", "scope", NOW_S));
        ck_assert(!opens(arena_printf(arena, "%sAAAA", text), "scope", NOW_S));
        for (size_t length = strlen(text); length > 0; length--) {
                text[length - 1] = '\0';
                ck_assert(!opens(text, "scope", NOW_S));
        }
}
END_TEST

TEST(a_cursor_of_another_scope_is_refused)
{
        const char *text = seal();
        ck_assert(!opens(text, "", NOW_S));
        ck_assert(!opens(text, "scop", NOW_S));
        ck_assert(!opens(text, "scope2", NOW_S));
        ck_assert(!opens(text, "Scope", NOW_S));
}
END_TEST

TEST(a_cursor_of_another_key_is_refused)
{
        const char *text = seal();
        struct hmac *other = hmac_new("a key of thirty-two bytes, other", 32);
        struct cursor out;
        ck_assert(!cursor_open(arena, other, "scope", 5, text, NOW_S, &out));
        hmac_free(other);
}
END_TEST

TEST(a_cursor_lives_a_day)
{
        const char *text = seal();
        ck_assert(opens(text, "scope", NOW_S + CURSOR_LIFE_S));
        ck_assert(!opens(text, "scope", NOW_S + CURSOR_LIFE_S + 1));
}
END_TEST

TEST(the_text_is_safe_in_an_url)
{
        const char *text = seal();
        ck_assert_uint_eq(
                strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(text));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/cursor", FORK, T(what_was_sealed_is_opened), T(a_change_anywhere_closes_it),
        T(a_cursor_of_another_length_is_none), T(a_cursor_of_another_scope_is_refused),
        T(a_cursor_of_another_key_is_refused), T(a_cursor_lives_a_day), T(the_text_is_safe_in_an_url))
