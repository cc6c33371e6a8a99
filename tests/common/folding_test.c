/* SPDX-License-Identifier: Apache-2.0 */
#include "common/folding.h"
#include "common/text.h"
#include "tests/suite.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

static const struct {
        const char *text;
        const char *folded;
} samples[] = {
        {"", ""},
        {"Plain TEXT, 42.", "plain text, 42."},
        {"２１９－０９－４３２１", "219-09-4321"},
        {"Ｊａｎｅ＠Ｅｘａｍｐｌｅ．ｃｏｍ", "jane@example.com"},
        {"٤١٥ ५५५ ０１", "415 555 01"},
        {"𝐣𝐚𝐧𝐞 𝟞𝟙𝟟 ⓙⓐⓝⓔ ①②", "jane 617 jane 12"},
        {"J\u00E1n\u0115 Zu\u0308rich na\u00EFve \u0141\u00F3d\u017A", "jane zurich naive lodz"},
        {"ex\u0430mple s\u0441\u0430m", "example scam"},
        {"s\u200Bc\u200Da\u00ADm\uFEFF", "scam"},
        {"a\u00A0b\u2003c\u2014d\u2011e", "a b c-d-e"},
        {"line\r\nend\u2028", "line\n\nend\n"},
        {"\u20AC5 \u00A35 $5", "$5 $5 $5"},
        {"a&#64;b &#x40; &commat; &amp;#64;", "a@b @ @ @"},
        {"a%40b%2Ec %2540 5% 100%", "a@b.c @ 5% 100%"},
        {"&#; &#x; &nothing; &", "&#; &#x; &nothing; &"},
        {"a%EF%BC%A0b %25EF%25BC%25A0 &#37;40 %26#64; &amp;amp;#64;", "a@b @ @ @ @"},
        {"%EF%BC %C3 %FF %80 %2 %", "%ef%bc %c3 %ff %80 %2 %"},
        {"%C3%A9 %D0%B0 &lpar;&period;&rpar; &zwj;x", "e a (.) x"},
        {"\u201Cquoted\u201D it\u2019s", "\"quoted\" it's"},
        {"6\uFE0F\u20E31\uFE0F\u20E37\uFE0F\u20E3", "617"},
};

static struct folding fold(struct arena *arena, const char *text)
{
        struct folding folding;
        folding_init(&folding, arena, text);
        return folding;
}

TEST(disguises_come_off)
{
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
                ck_assert_str_eq((const char *)fold(arena, samples[i].text).bytes, samples[i].folded);
        arena_free(arena);
}
END_TEST

TEST(every_byte_knows_its_code_points)
{
        struct arena *arena = arena_new(0);
        struct folding folding = fold(arena, "\u00E9\u200B&#64;x");
        ck_assert_str_eq((const char *)folding.bytes, "e@x");
        ck_assert_uint_eq(folding.original_length, 8);
        struct span span = folding_original(&folding, (struct span){1, 2});
        ck_assert_uint_eq(span.start, 2);
        ck_assert_uint_eq(span.end, 7);
        span = folding_original(&folding, (struct span){0, 3});
        ck_assert_uint_eq(span.start, 0);
        ck_assert_uint_eq(span.end, 8);
        arena_free(arena);
}
END_TEST

TEST(other_scripts_stay_letters_and_pictures_stay_signs)
{
        struct arena *arena = arena_new(0);
        struct folding folding = fold(arena, "\u5361\u53F7\U0001F4B0");
        ck_assert_uint_eq(folding.length, 3);
        ck_assert(folded_is_letter(folding.bytes[0]) && folded_is_letter(folding.bytes[1]));
        ck_assert_uint_eq(folding.bytes[2], 0xFF);
        arena_free(arena);
}
END_TEST

/* The byte that Unicode's own compatibility folding gives, 0 when it is no single ASCII letter or digit. */
static unsigned char compatibility_byte(const UNormalizer2 *normalizer, UChar32 point)
{
        UChar buffer[32];
        UErrorCode error = U_ZERO_ERROR;
        int32_t length = unorm2_getDecomposition(normalizer, point, buffer, 32, &error);
        if (U_FAILURE(error) || length != 1 || buffer[0] >= 0x80)
                return 0;
        return folded_is_alnum((unsigned char)u_tolower(buffer[0])) ? (unsigned char)u_tolower(buffer[0]) : 0;
}

/* The table is Unicode 15's; what later versions add is not in it. */
static bool is_known(UChar32 point)
{
        UVersionInfo age;
        u_charAge(point, age);
        return age[0] <= 15;
}

TEST(the_table_agrees_with_unicode_on_letters_and_digits)
{
        UErrorCode error = U_ZERO_ERROR;
        const UNormalizer2 *normalizer = unorm2_getNFKDInstance(&error);
        ck_assert(U_SUCCESS(error));
        for (UChar32 point = 0x80; point < 0x110000; point++) {
                unsigned char expected = compatibility_byte(normalizer, point);
                if (!is_known(point))
                        continue;
                if (expected != 0)
                        ck_assert_msg(folding_point((uint32_t)point) == expected, "U+%04X", (unsigned)point);
                if (u_charType(point) == U_DECIMAL_DIGIT_NUMBER)
                        ck_assert_msg(folding_point((uint32_t)point) == '0' + u_charDigitValue(point), "U+%04X",
                                (unsigned)point);
        }
}
END_TEST

TEST(no_code_point_folds_to_a_control_byte)
{
        for (uint32_t point = 1; point < 0x110000; point++) {
                unsigned char byte = folding_point(point);
                ck_assert_msg(byte == 0 || byte == '\n' || byte >= ' ', "U+%04X", point);
        }
}
END_TEST

SUITE("common/folding", FORK, T(disguises_come_off), T(every_byte_knows_its_code_points),
        T(other_scripts_stay_letters_and_pictures_stay_signs), T(the_table_agrees_with_unicode_on_letters_and_digits),
        T(no_code_point_folds_to_a_control_byte))
