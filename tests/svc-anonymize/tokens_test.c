/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/lexicon.h"
#include "svc-anonymize/tokens.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static struct tokens read(const char *text)
{
        static struct folding view;
        struct tokens out;
        folding_init(&view, arena, text);
        tokens_read(&out, arena, &view);
        return out;
}

static void setup(void)
{
        arena = arena_new(0);
}

static void teardown(void)
{
        arena_free(arena);
}

static unsigned classes(const char *word)
{
        return lexicon_classes((const unsigned char *)word, strlen(word));
}

TEST(words_numbers_and_marks_are_told_apart)
{
        struct tokens tokens = read("O'Neil's 401k: 22nd St.");
        ck_assert_uint_eq(tokens.count, 6);
        ck_assert(token_is(&tokens, 0, "o'neil"));
        ck_assert(tokens.items[0].is_possessive);
        ck_assert_int_eq(tokens.items[1].kind, TOKEN_NUMBER);
        ck_assert_int_eq(tokens.items[2].kind, TOKEN_MARK);
        ck_assert_int_eq(tokens.items[3].kind, TOKEN_NUMBER);
        ck_assert(tokens.items[3].is_first);
        ck_assert(token_is(&tokens, 4, "st"));
        ck_assert_int_eq(tokens.items[6].kind, TOKEN_BREAK);
}
END_TEST

TEST(shapes_are_those_of_the_original)
{
        static const struct {
                const char *word;
                enum token_shape shape;
        } cases[] = {{"anna", SHAPE_LOWER}, {"Anna", SHAPE_CAPITAL}, {"ANNA", SHAPE_UPPER}, {"A", SHAPE_INITIAL},
                {"PayPal", SHAPE_CAMEL}, {"McCathie", SHAPE_CAPITAL}, {"LaToya", SHAPE_CAPITAL},
                {"O'Neil", SHAPE_CAPITAL}, {"Željko", SHAPE_CAPITAL}, {"Иванова", SHAPE_CAPITAL},
                {"Λεωφόρος", SHAPE_CAPITAL}, {"محمد", SHAPE_CASELESS}, {"王小明", SHAPE_CASELESS},
                {"iPhone", SHAPE_CAMEL}};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct tokens tokens = read(cases[i].word);
                ck_assert_msg(tokens.count == 1 && tokens.items[0].shape == cases[i].shape, "%s: %d", cases[i].word,
                        tokens.items[0].shape);
        }
}
END_TEST

TEST(words_are_known_as_what_they_may_be)
{
        ck_assert_uint_eq(classes("xqzvw"), 0);
        ck_assert_uint_ne(classes("mortgage") & LEXICON_WORD, 0);
        ck_assert_uint_ne(classes("priyanka") & LEXICON_GIVEN, 0);
        ck_assert_uint_ne(classes("nakamura") & LEXICON_FAMILY, 0);
        ck_assert_uint_eq(classes("may") & (LEXICON_GIVEN | LEXICON_CALENDAR), LEXICON_GIVEN | LEXICON_CALENDAR);
        ck_assert_uint_ne(classes("wells fargo") & LEXICON_PHRASE, 0);
        ck_assert_uint_ne(classes("st") & LEXICON_STREET, 0);
        ck_assert_uint_ne(classes("avenue") & LEXICON_ROAD, 0);
}
END_TEST

SUITE_WITH(setup, teardown, "svc-anonymize/tokens", FORK, T(words_numbers_and_marks_are_told_apart),
        T(shapes_are_those_of_the_original), T(words_are_known_as_what_they_may_be))
