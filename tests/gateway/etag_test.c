/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/etag.h"
#include "sfp/goals.pb-c.h"
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

TEST(a_tag_is_the_id_and_the_version)
{
        Goals__Share share = GOALS__SHARE__INIT;
        share.id = "f0bfa1cf-f746-43b5-a32e-6a14b71fb121";
        share.has_version = 1;
        share.version = 42;
        const char *tag = etag_of(arena, &share.base);
        uint64_t version;
        ck_assert_str_eq(tag, "\"f0bfa1cf-f746-43b5-a32e-6a14b71fb121-42\"");
        ck_assert(etag_read_version(tag, &version));
        ck_assert_uint_eq(version, 42);
}
END_TEST

TEST(what_has_no_version_has_no_tag)
{
        Goals__Share share = GOALS__SHARE__INIT;
        Goals__Reaction reaction = GOALS__REACTION__INIT;
        ck_assert_ptr_null(etag_of(arena, &share.base));
        ck_assert_ptr_null(etag_of(arena, &reaction.base));
        share.id = "x";
        ck_assert_ptr_null(etag_of(arena, &share.base));
}
END_TEST

TEST(what_is_read_has_a_tag_of_its_bytes)
{
        struct etag_hash *hash = etag_hash_new();
        const char *tag = etag_of_body(hash, arena, NULL, "abc", 3);
        ck_assert_str_eq(tag, "\"ba7816bf8f01cfea414140de\"");
        ck_assert_str_ne(etag_of_body(hash, arena, NULL, "abd", 3), tag);
        ck_assert_str_eq(etag_of_body(hash, arena, "\"x-1\"", "abc", 3), "\"x-1.ba7816bf8f01cfea414140de\"");
        ck_assert_str_eq(etag_of_coded(arena, tag, "gzip"), "\"ba7816bf8f01cfea414140de+gzip\"");
        etag_hash_free(hash);
}
END_TEST

TEST(a_version_is_read_from_whatever_tag_was_given)
{
        static const char *const tags[] = {"\"x-y-42\"", "\"x-y-42.ba7816bf8f01cfea414140de\"", "\"x-y-42+br\"",
                "\"x-y-42.ba7816bf8f01cfea414140de+gzip\""};
        for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
                uint64_t version;
                ck_assert_msg(etag_read_version(tags[i], &version), "%s", tags[i]);
                ck_assert_uint_eq(version, 42);
        }
}
END_TEST

TEST(a_list_of_tags_is_compared_weakly)
{
        ck_assert(etag_is_listed("\"a\"", "\"a\""));
        ck_assert(etag_is_listed("W/\"a\"", "\"a\""));
        ck_assert(etag_is_listed("\"x,y\", \"a\"", "\"a\""));
        ck_assert(etag_is_listed("\"b\" ,W/\"a\",\"c\"", "\"a\""));
        ck_assert(etag_is_listed("\"x,y\"", "\"x,y\""));
        ck_assert(etag_is_listed("*", "\"a\""));
        static const char *const others[] = {
                "", "a", "\"b\"", "\"A\"", "w/\"a\"", "W/", "\"a", "\"b,\"a\"\"", "**", "*, \"b\""};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                ck_assert_msg(!etag_is_listed(others[i], "\"a\""), "%s", others[i]);
}
END_TEST

TEST(a_star_matches_every_version)
{
        uint64_t version = 7;
        ck_assert(etag_read_version("*", &version));
        ck_assert_uint_eq(version, 0);
}
END_TEST

TEST(what_is_no_tag_of_ours_is_refused)
{
        static const char *const bad[] = {"", "\"", "\"\"", "x-1", "\"x\"", "\"x-\"", "\"-\"", "W/\"x-1\"",
                "\"x-1\", \"x-2\"", "\"x-1", "x-1\"", "\"x-1a\"", "\"x-0\"", "\"x-1234567890123456789\"", "\"x--1 \"",
                "**", "\"ba7816bf8f01cfea414140de\"", "\"x-1.\"x\"", "\"x-1.A\"", "\"x-1. \"", "\"x-1,2\""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                uint64_t version;
                ck_assert_msg(!etag_read_version(bad[i], &version), "%s", bad[i]);
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/etag", FORK, T(a_tag_is_the_id_and_the_version),
        T(what_has_no_version_has_no_tag), T(what_is_read_has_a_tag_of_its_bytes),
        T(a_version_is_read_from_whatever_tag_was_given), T(a_list_of_tags_is_compared_weakly),
        T(a_star_matches_every_version), T(what_is_no_tag_of_ours_is_refused))
