/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/classified.h"
#include "svc-moderation/training/corpus.h"
#include "svc-moderation/training/evasion.h"
#include "svc-moderation/training/learner.h"
#include "tests/suite.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 200, HOSTILE_SIZE = 1 << 20, MARKS = 100000 };

/* Half of these ask for keys, half talk of savings. */
static struct model *train(void)
{
        struct corpus corpus;
        struct model *model;
        corpus_init(&corpus);
        for (int i = 0; i < ROWS; i++) {
                char *text = arena_printf(corpus.arena,
                        i % 2 == 0 ? "Send your wallet password to agent %c%c now"
                                   : "We saved for a holiday in %c%c this year",
                        'a' + i % 26, 'a' + i / 26);
                struct corpus_row row = {.id = "",
                        .source = "",
                        .func = "",
                        .text = text,
                        .labels = i % 2 == 0 ? 1U << CATEGORY_scam : 0};
                corpus_add(&corpus, &row);
        }
        ck_assert_int_eq(learner_train(&corpus, &model), STATUS_OK);
        corpus_fini(&corpus);
        return model;
}

static double scam(const struct model *model, const char *text)
{
        double scores[CATEGORY_COUNT];
        struct arena *arena = arena_new(0);
        model_scores(model, arena, text, scores);
        arena_free(arena);
        for (int i = 0; i < CATEGORY_COUNT; i++)
                ck_assert(scores[i] >= 0 && scores[i] <= 1);
        return scores[CATEGORY_scam];
}

TEST(what_was_learned_is_told_apart_in_every_disguise)
{
        struct model *model = train();
        struct arena *arena = arena_new(0);
        uint64_t seed = 7;
        ck_assert_double_gt(scam(model, "send your wallet password"), 0.5);
        ck_assert_double_lt(scam(model, "we saved for this year"), 0.5);
        for (int how = 0; how < EVASION_COUNT; how++)
                ck_assert_msg(scam(model, evasion_disguise(arena, (enum evasion)how,
                                                  "send your wallet password to agent", &seed)) > 0.5,
                        "%s", evasion_name((enum evasion)how));
        arena_free(arena);
        model_free(model);
}

TEST(equal_rows_make_an_equal_model)
{
        struct model *one = train(), *other = train();
        ck_assert_int_eq(memcmp(&one->head, &other->head, sizeof one->head), 0);
        ck_assert_int_eq(memcmp(one->weights, other->weights, MODEL_WEIGHTS), 0);
        model_free(one);
        model_free(other);
}

TEST(a_file_comes_back_and_a_damaged_one_is_refused)
{
        char path[] = "/tmp/sfp-model-XXXXXX";
        struct model *model = train(), *again = NULL;
        const char *why;
        close(mkstemp(path));
        ck_assert_int_eq(model_save(model, path), STATUS_OK);
        ck_assert_int_eq(model_load(path, &again, &why), STATUS_OK);
        ck_assert_int_eq(memcmp(model->weights, again->weights, MODEL_WEIGHTS), 0);
        ck_assert_int_eq(strlen(again->name), 16);
        FILE *file = fopen(path, "r+be");
        fseek(file, 5000, SEEK_SET);
        fputc(99, file);
        fclose(file);
        ck_assert_int_eq(model_load(path, &again, &why), STATUS_INVALID_ARGUMENT);
        ck_assert_str_eq(why, "its checksum is wrong");
        ck_assert_int_eq(model_save(model, path), STATUS_OK);
        file = fopen(path, "r+be");
        fseek(file, (long)offsetof(struct model_head, version), SEEK_SET);
        fputc(MODEL_VERSION - 1, file);
        fclose(file);
        ck_assert_int_eq(model_load(path, &again, &why), STATUS_INVALID_ARGUMENT);
        ck_assert_str_eq(why, "it is no model of this version");
        ck_assert_int_eq(truncate(path, 100), 0);
        ck_assert_int_eq(model_load(path, &again, &why), STATUS_INVALID_ARGUMENT);
        unlink(path);
        ck_assert_int_eq(model_load(path, &again, &why), STATUS_NOT_FOUND);
        model_free(model);
        model_free(again);
}

static char *repeat(struct arena *arena, const char *piece, size_t size)
{
        size_t length = strlen(piece);
        char *text = arena_alloc(arena, size + length + 1);
        size_t at = 0;
        for (; at < size; at += length)
                memcpy(text + at, piece, length);
        text[at] = '\0';
        return text;
}

TEST(hostile_texts_have_an_answer)
{
        static const char *const pieces[] = {"\u0301", "a\u0301\u0302", "\u202Eabc\u202C", "\U0001F600", "a", "a ", "!",
                "&amp;#64;", "scam ", "\u200B", "8", "\n"};
        struct model *model = train();
        struct arena *arena = arena_new((size_t)1 << 30);
        double scores[CATEGORY_COUNT];
        scam(model, "");
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
                size_t size = strlen(pieces[i]) * MARKS < HOSTILE_SIZE ? strlen(pieces[i]) * MARKS : HOSTILE_SIZE;
                model_scores(model, arena, repeat(arena, pieces[i], size), scores);
                arena_reset(arena);
        }
        arena_free(arena);
        model_free(model);
}

TEST(a_sentence_is_found_in_a_long_text_and_its_words_are_named)
{
        struct model *model = train();
        struct arena *arena = arena_new((size_t)1 << 28);
        struct folding folded;
        struct span words[MODEL_WORDS];
        char *text = arena_printf(arena, "%s%s send your wallet password to agent aa now",
                repeat(arena, "we saved for a holiday ", 4000), "");
        ck_assert_double_gt(scam(model, "send your wallet password to agent aa now"), 0.5);
        folding_init(&folded, arena, text);
        size_t count = model_words(model, arena, &folded, CATEGORY_scam, words);
        ck_assert_uint_gt(count, 0);
        for (size_t i = 0; i < count; i++)
                ck_assert(words[i].start >= 4000 && words[i].end <= strlen(text) && words[i].start < words[i].end);
        arena_free(arena);
        model_free(model);
}

TEST(a_line_is_answered_with_its_id_or_told_what_is_wrong)
{
        struct model *model = train();
        struct arena *arena = arena_new(0);
        const char *why = NULL, *good = "{\"id\":\"x\",\"text\":\"hello\"}", *bad = "{\"id\":\"x\"}", *cut = "{\"text";
        const char *answer = classified_answer(arena, model, good, strlen(good), &why);
        ck_assert_ptr_nonnull(answer);
        ck_assert_int_eq(strncmp(answer, "{\"id\":\"x\",\"scores\":{\"spam\":", 27), 0);
        ck_assert_ptr_null(classified_answer(arena, model, bad, strlen(bad), &why));
        ck_assert_ptr_null(classified_answer(arena, model, cut, strlen(cut), &why));
        ck_assert_ptr_nonnull(why);
        arena_free(arena);
        model_free(model);
}

SUITE("svc-moderation/model", FORK, T(what_was_learned_is_told_apart_in_every_disguise),
        T(equal_rows_make_an_equal_model), T(a_file_comes_back_and_a_damaged_one_is_refused),
        T(hostile_texts_have_an_answer), T(a_sentence_is_found_in_a_long_text_and_its_words_are_named),
        T(a_line_is_answered_with_its_id_or_told_what_is_wrong))
