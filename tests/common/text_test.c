/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text.h"
#include "tests/suite.h"

#include <string.h>

static const struct {
        const char *bytes;
        size_t length;
        bool is_clean;
} samples[] = {
        {"", 0, true},
        {"plain text of more than eight bytes", 35, true},
        {"z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x92\xB0", 16, true},
        {"a\0b", 3, false},
        {"eight by\0tes and more", 21, false},
        {"\xC0\x80", 2, false},         /* overlong NUL */
        {"\xE0\x80\xAF", 3, false},     /* overlong slash */
        {"\xED\xA0\x80", 3, false},     /* surrogate */
        {"\xF4\x90\x80\x80", 4, false}, /* above U+10FFFF */
        {"\xE2\x82", 2, false},         /* truncated */
        {"\x80", 1, false},
        {"\xFF", 1, false},
};

TEST(only_well_formed_utf8_without_nul_is_clean)
{
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
                ck_assert_msg(
                        text_is_clean(samples[i].bytes, samples[i].length) == samples[i].is_clean, "sample %zu", i);
}
END_TEST

TEST(code_points_survive_a_round_trip)
{
        const uint32_t points[] = {0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x10FFFF};
        for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
                char text[5] = {0};
                size_t length = text_encode(points[i], text);
                const char *at = text;
                ck_assert_uint_eq(text_next(&at), points[i]);
                ck_assert_ptr_eq(at, text + length);
                ck_assert_uint_eq(text_length(text), 1);
        }
}
END_TEST

TEST(control_characters_are_found_but_for_those_of_layout)
{
        ck_assert(!text_has_controls("two\nlines\tand\r\n a tab \xC3\xA9"));
        ck_assert(text_has_controls("bell \x07"));
        ck_assert(text_has_controls("\x7F"));
        ck_assert(text_has_controls("\xC2\x85"));
}
END_TEST

TEST(white_space_of_any_kind_is_blank)
{
        ck_assert(text_is_blank(""));
        ck_assert(text_is_blank(" \t\n\xC2\xA0\xE3\x80\x80\xE2\x80\x8B"));
        ck_assert(!text_is_blank(" . "));
}
END_TEST

SUITE("common/text", FORK, T(only_well_formed_utf8_without_nul_is_clean), T(code_points_survive_a_round_trip),
        T(control_characters_are_found_but_for_those_of_layout), T(white_space_of_any_kind_is_blank))
