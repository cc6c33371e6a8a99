/* SPDX-License-Identifier: Apache-2.0 */
#include "common/hkdf.h"
#include "tests/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* RFC 5869, appendix A: test cases with SHA-256. Runs of bytes are first, length. */
struct run {
        uint8_t first;
        size_t size;
};
static const struct {
        struct run key, salt, info;
        bool is_constant; /* the key is one byte again and again; the others count up */
        size_t out_size;
        const char *out;
} cases[] = {
        {{0x0b, 22}, {0x00, 13}, {0xf0, 10}, true, 42,
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {{0x00, 80}, {0x60, 80}, {0xb0, 80}, false, 82,
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c"
                "2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {{0x0b, 22}, {0x00, 0}, {0x00, 0}, true, 42,
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static void fill(uint8_t *out, struct run run, bool is_constant)
{
        for (size_t i = 0; i < run.size; i++)
                out[i] = (uint8_t)(run.first + (is_constant ? 0 : i));
}

static const char *hex(const uint8_t *bytes, size_t size)
{
        static char text[2 * 128 + 1];
        for (size_t i = 0; i < size; i++)
                snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        return text;
}

TEST(the_vectors_of_rfc_5869_hold)
{
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                uint8_t key[80], salt[80], info[80], out[82];
                fill(key, cases[i].key, cases[i].is_constant);
                fill(salt, cases[i].salt, false);
                fill(info, cases[i].info, false);
                hkdf_sha256(key, cases[i].key.size, salt, cases[i].salt.size, info, cases[i].info.size, out,
                        cases[i].out_size);
                ck_assert_str_eq(hex(out, cases[i].out_size), cases[i].out);
        }
}
END_TEST

TEST(words_are_told_apart_by_their_lengths)
{
        uint8_t one[32], other[32], same[32];
        hkdf_derive("key", 3, (const char *const[]){"ab", "c", NULL}, one, sizeof one);
        hkdf_derive("key", 3, (const char *const[]){"a", "bc", NULL}, other, sizeof other);
        hkdf_sha256("key", 3, NULL, HKDF_SALT_NONE, "\0\0\0\2ab\0\0\0\1c", 11, same, sizeof same);
        ck_assert_mem_ne(one, other, sizeof one);
        ck_assert_mem_eq(one, same, sizeof one);
}
END_TEST

SUITE("common/hkdf", NO_FORK, T(the_vectors_of_rfc_5869_hold), T(words_are_told_apart_by_their_lengths))
