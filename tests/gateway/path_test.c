/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buffer.h"
#include "gateway/path.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

/* The segments with '|' between them. */
static const char *split(const char *raw)
{
        struct path path;
        struct buffer joined = buffer_in(arena);
        if (path_split(arena, raw, &path) != STATUS_OK)
                return NULL;
        for (size_t i = 0; i < path.count; i++)
                buffer_printf(&joined, "|%s", path.segments[i]);
        if (path.has_slash_behind)
                buffer_puts(&joined, "|/");
        return buffer_text(&joined);
}

TEST(a_path_is_split_before_it_is_decoded)
{
        static const struct {
                const char *raw, *segments;
        } rows[] = {{"/", "|/"}, {"/a", "|a"}, {"/a/", "|a|/"}, {"/a/b%2Fc", "|a|b/c"}, {"/%61%2d%7E", "|a-~"},
                {"/a//b", "|a||b"}, {"/h%C3%B6me", "|h\u00f6me"}, {"/a+b", "|a+b"}, {"/.a/..b/...", "|.a|..b|..."},
                {"/100%25", "|100%"}, {"/a%3Fb", "|a?b"}, {"/a;b=c,d:@!$&'()*", "|a;b=c,d:@!$&'()*"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert_msg(split(rows[i].raw) != NULL, "%s", rows[i].raw);
                ck_assert_str_eq(split(rows[i].raw), rows[i].segments);
        }
}
END_TEST

TEST(hostile_paths_are_refused)
{
        static const char *const bad[] = {"", "a", "*", "/%", "/%4", "/%4g", "/%g4", "/a%00", "/%00", "/a%0a",
                "/a%0D%0A", "/a%7f", "/a%1b", "/\x01", "/a b", "/\xc3\xb6", "/\xff", "/%ff", "/%c0%af", "/%ed%a0%80",
                "/%e2%82", "/.", "/..", "/a/../b", "/a/./b", "/%2e%2e/a", "/%2E", "/.%2e/", "/%252e%252e", "/a%2500",
                "/%25%32%65", "/%u0041"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(split(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

TEST(a_path_deeper_than_any_route_is_not_found)
{
        struct path path;
        ck_assert_int_eq(path_split(arena, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", &path), STATUS_OK);
        ck_assert_int_eq(path_split(arena, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", &path), STATUS_NOT_FOUND);
}
END_TEST

static const char *split_query(const char *raw)
{
        struct query query;
        struct buffer joined = buffer_in(arena);
        if (query_split(arena, raw, &query) != STATUS_OK)
                return NULL;
        for (size_t i = 0; i < query.count; i++)
                buffer_printf(&joined, "%s=%s|", query.pairs[i].name, query.pairs[i].value);
        return buffer_text(&joined);
}

TEST(a_query_is_split_before_it_is_decoded)
{
        static const struct {
                const char *raw, *pairs;
        } rows[] = {{NULL, ""}, {"", ""}, {"a", "a=|"}, {"a=", "a=|"}, {"a=1&b=2", "a=1|b=2|"},
                {"a=1&&b=2&", "a=1|b=2|"}, {"a=b=c", "a=b=c|"}, {"=x", "=x|"}, {"a=1%262", "a=1&2|"},
                {"a%3Db=c", "a=b=c|"}, {"q=a+b%2Bc", "q=a b+c|"}, {"q=%20", "q= |"}, {"q=%252e", "q=%2e|"},
                {"a=1&a=2", "a=1|a=2|"}, {"q=h%C3%B6", "q=h\u00f6|"}, {"a=/?:@", "a=/?:@|"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert_msg(split_query(rows[i].raw) != NULL, "%s", rows[i].raw);
                ck_assert_str_eq(split_query(rows[i].raw), rows[i].pairs);
        }
}
END_TEST

TEST(hostile_queries_are_refused)
{
        static const char *const bad[] = {"a=%", "a=%4", "%zz=1", "a=%00", "a=%0A", "a=%1f", "a=\x7f", "a=\xc3\xb6",
                "a=%ff", "a=%c0%80", "a=%ed%bf%bf", "a b=1"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(split_query(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

TEST(a_query_has_a_bounded_number_of_pairs)
{
        struct buffer raw = buffer_in(arena);
        for (int i = 0; i < QUERY_PAIRS_MAX; i++)
                buffer_puts(&raw, "a&");
        struct query query;
        ck_assert_int_eq(query_split(arena, buffer_text(&raw), &query), STATUS_OK);
        ck_assert_uint_eq(query.count, QUERY_PAIRS_MAX);
        buffer_putc(&raw, 'a');
        ck_assert_int_eq(query_split(arena, buffer_text(&raw), &query), STATUS_INVALID_ARGUMENT);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/path", FORK, T(a_path_is_split_before_it_is_decoded),
        T(hostile_paths_are_refused), T(a_path_deeper_than_any_route_is_not_found),
        T(a_query_is_split_before_it_is_decoded), T(hostile_queries_are_refused),
        T(a_query_has_a_bounded_number_of_pairs))
