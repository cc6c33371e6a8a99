/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"
#include "common/random.h"
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

/* RFC 4648, section 10, and the two digits in which the alphabets differ. */
static const struct {
        const char *bytes, *plain, *url_safe;
} pairs[] = {{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"}, {"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

TEST(the_vectors_of_the_rfc_are_written)
{
        for (size_t i = 0; i < PAIRS; i++) {
                size_t size = strlen(pairs[i].bytes);
                ck_assert_str_eq(base64_encode(arena, pairs[i].bytes, size), pairs[i].plain);
                ck_assert_str_eq(base64url_encode(arena, pairs[i].bytes, size), pairs[i].url_safe);
        }
}
END_TEST

TEST(the_vectors_of_the_rfc_are_read)
{
        for (size_t i = 0; i < PAIRS; i++) {
                size_t size = 99;
                const uint8_t *bytes = base64_decode(arena, pairs[i].plain, strlen(pairs[i].plain), &size);
                ck_assert_ptr_nonnull(bytes);
                ck_assert_uint_eq(size, strlen(pairs[i].bytes));
                ck_assert_mem_eq(bytes, pairs[i].bytes, size);
                bytes = base64url_decode(arena, pairs[i].url_safe, strlen(pairs[i].url_safe), &size);
                ck_assert_ptr_nonnull(bytes);
                ck_assert_uint_eq(size, strlen(pairs[i].bytes));
                ck_assert_mem_eq(bytes, pairs[i].bytes, size);
        }
}
END_TEST

TEST(bytes_of_every_length_come_back)
{
        uint8_t bytes[100];
        random_bytes(bytes, sizeof bytes);
        for (size_t size = 0; size <= sizeof bytes; size++) {
                size_t read = 0;
                const char *text = base64_encode(arena, bytes, size);
                ck_assert_mem_eq(base64_decode(arena, text, strlen(text), &read), bytes, size);
                ck_assert_uint_eq(read, size);
                text = base64url_encode(arena, bytes, size);
                ck_assert_mem_eq(base64url_decode(arena, text, strlen(text), &read), bytes, size);
                ck_assert_uint_eq(read, size);
        }
}
END_TEST

TEST(a_value_has_one_spelling_only)
{
        static const char *const bad[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "=", "A===", "Zg==Zg==", "Zm 9",
                "Zm9v\n", "-__-", "Zm9v====", "\xc3\xa9zz"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                size_t size;
                ck_assert_msg(base64_decode(arena, bad[i], strlen(bad[i]), &size) == NULL, "%s", bad[i]);
        }
}
END_TEST

TEST(the_url_safe_form_takes_no_padding_and_no_stray_bits)
{
        static const char *const bad[] = {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "Zm9vY", "+//+", "Zm9v\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                size_t size;
                ck_assert_msg(base64url_decode(arena, bad[i], strlen(bad[i]), &size) == NULL, "%s", bad[i]);
        }
}
END_TEST

TEST(a_nul_inside_is_refused)
{
        size_t size;
        ck_assert_ptr_null(base64_decode(arena, "Zg\0=", 4, &size));
        ck_assert_ptr_null(base64url_decode(arena, "Z\0g", 3, &size));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/base64", FORK, T(the_vectors_of_the_rfc_are_written),
        T(the_vectors_of_the_rfc_are_read), T(bytes_of_every_length_come_back), T(a_value_has_one_spelling_only),
        T(the_url_safe_form_takes_no_padding_and_no_stray_bits), T(a_nul_inside_is_refused))
