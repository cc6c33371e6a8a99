/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/coding.h"
#include "tests/suite.h"

#include <brotli/decode.h>
#include <string.h>

enum { MUCH = 100000 };

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

/* What is chosen for a body that is worth it: its name, "" for as it is, "none" where nothing is taken. */
static const char *chosen(const char *accept_encoding)
{
        const struct coding_wish wish = coding_wish_read(accept_encoding);
        if (!coding_wish_can_be_met(&wish))
                return "none";
        const char *name = coding_name(coding_choose(&wish, CODING_BODY_MIN));
        return name == NULL ? "" : name;
}

TEST(weights_decide_and_then_our_preference)
{
        static const char *const rows[][2] = {{"gzip", "gzip"}, {"br", "br"}, {"gzip, br", "br"}, {"br, gzip", "br"},
                {"gzip;q=1.0, br;q=0.5", "gzip"}, {"gzip;q=0.001", "gzip"}, {"GZIP", "gzip"}, {"x-gzip", "gzip"},
                {"identity;q=0.8, gzip;q=0.2", ""}, {"identity;q=0.5, gzip;q=0.5", "gzip"}, {"*", "br"},
                {"*;q=0.5, gzip", "gzip"}, {"br;q=0, *", "gzip"}, {"deflate, zstd", ""}, {"", ""},
                {" gzip ; q=0.5 , br ; q = 0.4", "gzip"}, {",,gzip,,", "gzip"}, {"identity;q=0, gzip", "gzip"},
                {"*;q=0, gzip", "gzip"}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                ck_assert_msg(strcmp(chosen(rows[i][0]), rows[i][1]) == 0, "%s: %s", rows[i][0], chosen(rows[i][0]));
        ck_assert_str_eq(chosen(NULL), "");
}
END_TEST

TEST(nothing_is_taken_only_where_all_is_refused)
{
        ck_assert_str_eq(chosen("identity;q=0"), "none");
        ck_assert_str_eq(chosen("*;q=0"), "none");
        ck_assert_str_eq(chosen("zstd, *;q=0"), "none");
        ck_assert_str_eq(chosen("gzip;q=0"), "");
        ck_assert_str_eq(chosen("gzip;q=0, br;q=0"), "");
}
END_TEST

TEST(what_is_not_well_formed_is_as_if_not_sent)
{
        static const char *const bad[] = {"gzip;q=2", "gzip;q=1.5", "gzip;q=-1", "gzip;q=0.1234", "gzip;q=", "gzip;q",
                "gzip;x=1", "gzip;q=1;q=0", "gzip;q=.5", "gzip;q=1.x", ";q=1, gzip;q=a"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(*chosen(bad[i]) == '\0', "%s: %s", bad[i], chosen(bad[i]));
}
END_TEST

TEST(a_small_body_stays_as_it_is_unless_that_is_refused)
{
        const struct coding_wish any = coding_wish_read("gzip"), strict = coding_wish_read("gzip, identity;q=0");
        ck_assert_int_eq(coding_choose(&any, CODING_BODY_MIN - 1), CODING_IDENTITY);
        ck_assert_int_eq(coding_choose(&any, CODING_BODY_MAX + 1), CODING_IDENTITY);
        ck_assert_int_eq(coding_choose(&any, CODING_BODY_MAX), CODING_GZIP);
        ck_assert_int_eq(coding_choose(&strict, 1), CODING_GZIP);
}
END_TEST

static char *much(void)
{
        char *text = arena_alloc(arena, MUCH);
        for (size_t i = 0; i < MUCH; i++)
                text[i] = (char)('a' + i * i % 23);
        return text;
}

TEST(gzip_is_undone_to_the_same_bytes)
{
        const char *text = much(), *coded, *plain;
        size_t coded_size, size;
        ck_assert(coding_encode(arena, CODING_GZIP, text, MUCH, &coded, &coded_size));
        ck_assert_uint_lt(coded_size, MUCH / 10);
        ck_assert_int_eq(coding_decode(arena, coded, coded_size, MUCH, &plain, &size), STATUS_OK);
        ck_assert_uint_eq(size, MUCH);
        ck_assert_mem_eq(plain, text, MUCH);
}
END_TEST

TEST(brotli_is_undone_to_the_same_bytes)
{
        const char *text = much(), *coded;
        size_t coded_size, size = MUCH;
        uint8_t *plain = arena_alloc(arena, MUCH);
        ck_assert(coding_encode(arena, CODING_BROTLI, text, MUCH, &coded, &coded_size));
        ck_assert_uint_lt(coded_size, MUCH / 10);
        ck_assert_int_eq(BrotliDecoderDecompress(coded_size, (const uint8_t *)coded, &size, plain),
                BROTLI_DECODER_RESULT_SUCCESS);
        ck_assert_uint_eq(size, MUCH);
        ck_assert_mem_eq(plain, text, MUCH);
}
END_TEST

/* A bomb costs no more memory than an honest body. */
TEST(what_becomes_too_large_is_refused)
{
        const char *coded, *plain = NULL;
        size_t coded_size, size;
        ck_assert(coding_encode(arena, CODING_GZIP, much(), MUCH, &coded, &coded_size));
        ck_assert_int_eq(coding_decode(arena, coded, coded_size, MUCH - 1, &plain, &size), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_int_eq(coding_decode(arena, coded, coded_size, 10, &plain, &size), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_ptr_null(plain);
}
END_TEST

TEST(what_is_no_gzip_is_refused)
{
        const char *coded, *plain;
        size_t coded_size, size;
        ck_assert(coding_encode(arena, CODING_GZIP, "some text", 9, &coded, &coded_size));
        char *copy = arena_zalloc(arena, coded_size + 1);
        memcpy(copy, coded, coded_size);
        for (size_t length = 0; length < coded_size; length++)
                ck_assert_int_eq(coding_decode(arena, copy, length, 100, &plain, &size), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(coding_decode(arena, copy, coded_size + 1, 100, &plain, &size), STATUS_INVALID_ARGUMENT);
        copy[coded_size - 6] ^= 1; /* the checksum */
        ck_assert_int_eq(coding_decode(arena, copy, coded_size, 100, &plain, &size), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(coding_decode(arena, "{\"a\":1}", 7, 100, &plain, &size), STATUS_INVALID_ARGUMENT);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/coding", FORK, T(weights_decide_and_then_our_preference),
        T(nothing_is_taken_only_where_all_is_refused), T(what_is_not_well_formed_is_as_if_not_sent),
        T(a_small_body_stays_as_it_is_unless_that_is_refused), T(gzip_is_undone_to_the_same_bytes),
        T(brotli_is_undone_to_the_same_bytes), T(what_becomes_too_large_is_refused), T(what_is_no_gzip_is_refused))
