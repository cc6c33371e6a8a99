/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/grammar.h"

#include "common/buffer.h"
#include "tests/suite.h"

#include <string.h>

/* All texts, one a line; the labels of the last. */
struct taken {
        struct buffer texts;
        size_t count;
        uint32_t labels, unjudged;
};

static void take(void *taker, const struct grammar_text *text)
{
        struct taken *taken = taker;
        buffer_printf(&taken->texts, "%s\n", text->text);
        taken->count++;
        taken->labels = text->labels;
        taken->unjudged = text->unjudged;
}

static struct taken expand(struct arena *arena, size_t per_sentence, const char *file)
{
        const char *why = "";
        struct taken taken = {.texts = buffer_in(arena)};
        struct grammar *grammar = grammar_new();
        ck_assert_msg(
                grammar_read(grammar, "file", file, strlen(file), &why) && grammar_finish(grammar, &why), "%s", why);
        grammar_expand(grammar, per_sentence, take, &taken);
        grammar_free(grammar);
        return taken;
}

TEST(a_plain_sentence_is_itself_with_its_labels)
{
        struct arena *arena = arena_new(0);
        struct taken taken = expand(arena, 9, "# remark\n\nlabels scam spam\nunjudged hate\nOne  line , here .\n");
        ck_assert_str_eq(buffer_text(&taken.texts), "One line, here.\n");
        ck_assert_uint_eq(taken.labels, 1 << CATEGORY_scam | 1 << CATEGORY_spam);
        ck_assert_uint_eq(taken.unjudged, 1 << CATEGORY_hate);
        taken = expand(arena, 9, "labels scam\nunjudged hate\nlabels none\nfine");
        ck_assert_uint_eq(taken.labels | taken.unjudged, 0);
        arena_free(arena);
}
END_TEST

TEST(every_way_to_say_it_comes_once)
{
        struct arena *arena = arena_new(0);
        struct taken taken = expand(arena, 100, "labels none\n@who = you | we\n  | they\n{@who|I} go[ now].\n");
        ck_assert_uint_eq(taken.count, 8);
        ck_assert_ptr_nonnull(strstr(buffer_text(&taken.texts), "they go now.\n"));
        ck_assert_ptr_nonnull(strstr(buffer_text(&taken.texts), "I go.\n"));
        arena_free(arena);
}
END_TEST

TEST(a_sentence_gives_no_more_than_its_share)
{
        struct arena *arena = arena_new(0);
        struct taken taken = expand(arena, 3, "labels none\n@n = 1|2|3|4|5|6|7|8|9\n@n@n@n@n\nalone\n");
        ck_assert_uint_eq(taken.count, 4);
        arena_free(arena);
}
END_TEST

TEST(a_share_can_be_made_smaller_until_the_next_labels)
{
        struct arena *arena = arena_new(0);
        struct taken taken = expand(arena, 3, "labels hate\ntexts 2\n@n = 1|2|3|4\n@n@n@n\nlabels none\n@n-@n-@n\n");
        ck_assert_uint_eq(taken.count, 2 + 3);
        arena_free(arena);
}
END_TEST

TEST(the_same_file_gives_the_same_texts_whatever_stands_beside_it)
{
        struct arena *arena = arena_new(0);
        struct taken once = expand(arena, 5, "labels none\n@n = 1|2|3|4\n@n-@n-@n\n");
        struct taken more = expand(arena, 5, "@n = 1|2|3|4\nlabels hate\nother\nlabels none\n@n-@n-@n\n");
        ck_assert_str_eq(buffer_text(&more.texts) + strlen("other\n"), buffer_text(&once.texts));
        arena_free(arena);
}
END_TEST

TEST(signs_can_be_meant_as_such)
{
        struct arena *arena = arena_new(0);
        struct taken taken = expand(arena, 5, "labels none\n\\@you \\{a\\|b\\} \\[c\\] \\\\ d\\ne");
        ck_assert_str_eq(buffer_text(&taken.texts), "@you {a|b} [c] \\ d\ne\n");
        arena_free(arena);
}
END_TEST

static const struct {
        const char *file;
        const char *why;
} refused[] = {
        {"hello\n", "file:1: a sentence before the first \"labels\""},
        {"\nlabels nonsense\n", "file:2: names no label of rules.h; \"none\" is for texts that are fine"},
        {"labels\n", "file:1: names no label of rules.h; \"none\" is for texts that are fine"},
        {"labels none\ntexts 0\nx\n", "file:2: \"texts\" wants a number from 1 to 10000 and nothing else"},
        {"labels none\ntexts 3x\n", "file:2: \"texts\" wants a number from 1 to 10000 and nothing else"},
        {"labels none\ntexts 99999999999999999999\n",
                "file:2: \"texts\" wants a number from 1 to 10000 and nothing else"},
        {"labels none\na\n  b\nx {a\n", "file:4: { without }"},
        {"labels none\nx [a\n", "file:2: [ without ]"},
        {"labels none\nx a}\n", "file:2: } without {"},
        {"labels none\nx a]\n", "file:2: ] without ["},
        {"labels none\nx {a]}\n", "file:2: ] without ["},
        {"labels none\nmail me @ home\n", "file:2: @ without a name; write \\@ for the sign"},
        {"labels none\nx\\", "file:2: \\ at the end of a line"},
        {"labels none\n@gone\n", "file:2: there is no @gone"},
        {"@a = x\n@a = y\n", "file:2: @a is defined twice"},
        {"labels none\n@a = x@b\n@b = y@a\n@a\n", "file:2: the class holds itself, or classes too deep within it"},
        {"labels none\n{{{{{{{{{{{{{{{{{x}}}}}}}}}}}}}}}}}\n", "file:2: brackets are nested too deeply"},
};

TEST(what_is_wrong_is_said_with_its_place)
{
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
                const char *why = "";
                struct grammar *grammar = grammar_new();
                const char *file = refused[i].file;
                ck_assert(!grammar_read(grammar, "file", file, strlen(file), &why) || !grammar_finish(grammar, &why));
                ck_assert_str_eq(why, refused[i].why);
                grammar_free(grammar);
        }
}
END_TEST

/* Each class doubles the one below: 2^15 words, far over the longest text. */
TEST(classes_of_classes_cannot_make_endless_work)
{
        struct arena *arena = arena_new(0);
        struct buffer file = buffer_in(arena);
        buffer_puts(&file, "labels none\n@a0 = {x|}\n");
        for (int i = 1; i < GRAMMAR_DEPTH; i++)
                buffer_printf(&file, "@a%d = @a%d@a%d\n", i, i - 1, i - 1);
        buffer_printf(&file, "@a%d\n", GRAMMAR_DEPTH - 1);
        ck_assert_uint_eq(expand(arena, 3, buffer_text(&file)).count, 0);
        arena_free(arena);
}
END_TEST

static void count_labels(void *taker, const struct grammar_text *text)
{
        size_t *counts = taker;
        for (int i = 0; i < CATEGORY_COUNT; i++)
                counts[i] += text->labels >> i & 1;
        counts[CATEGORY_COUNT] += text->labels == 0;
}

TEST(the_texts_of_this_tree_are_read_and_know_each_category_and_what_is_none)
{
        const char *why = "";
        size_t counts[CATEGORY_COUNT + 1] = {0};
        struct grammar *grammar = grammar_new();
        ck_assert_msg(grammar_read_folder(grammar, MODERATION_TEXTS, &why), "%s", why);
        ck_assert_uint_gt(grammar_sentences(grammar), 300);
        grammar_expand(grammar, 10, count_labels, counts);
        for (int i = 0; i <= CATEGORY_COUNT; i++)
                ck_assert_uint_gt(counts[i], 20);
        grammar_free(grammar);
}
END_TEST

TEST(a_folder_without_texts_is_refused)
{
        const char *why = "";
        struct grammar *grammar = grammar_new();
        ck_assert(!grammar_read_folder(grammar, "/nonexistent", &why));
        ck_assert_str_eq(why, "/nonexistent: No such file or directory");
        grammar_free(grammar);
}
END_TEST

SUITE("svc-moderation/grammar", FORK, T(a_plain_sentence_is_itself_with_its_labels), T(every_way_to_say_it_comes_once),
        T(a_sentence_gives_no_more_than_its_share), T(the_same_file_gives_the_same_texts_whatever_stands_beside_it),
        T(a_share_can_be_made_smaller_until_the_next_labels), T(signs_can_be_meant_as_such),
        T(what_is_wrong_is_said_with_its_place), T(classes_of_classes_cannot_make_endless_work),
        T(a_folder_without_texts_is_refused),
        T(the_texts_of_this_tree_are_read_and_know_each_category_and_what_is_none))
