/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/cues.h"
#include "tests/suite.h"

#include <string.h>

static const char *const words[] = {
#define WORD(text, bits) text,
#include "svc-anonymize/identifiers/cues.def"
};

static const cue_set says[] = {
#define C(name)          SAYS(name)
#define WORD(text, bits) bits,
#include "svc-anonymize/identifiers/cues.def"
};

enum { WORDS = sizeof words / sizeof *words };

TEST(words_are_in_order_and_no_longer_than_is_looked_for)
{
        for (size_t i = 0; i < WORDS; i++) {
                ck_assert_uint_le(strlen(words[i]), 28);
                if (i > 0)
                        ck_assert_msg(strcmp(words[i - 1], words[i]) < 0, "%s before %s", words[i - 1], words[i]);
        }
}
END_TEST

TEST(the_second_word_of_a_phrase_is_a_word)
{
        for (size_t i = 0; i < WORDS; i++) {
                const char *blank = strchr(words[i], ' ');
                bool is_there = blank == NULL;
                for (size_t j = 0; j < WORDS && !is_there; j++)
                        is_there = strcmp(words[j], blank + 1) == 0;
                ck_assert_msg(is_there, "%s", words[i]);
        }
}
END_TEST

TEST(every_word_is_found_and_nothing_else)
{
        for (size_t i = 0; i < WORDS; i++) {
                char text[64];
                size_t length = strlen(words[i]);
                memcpy(text, words[i], length + 1);
                bool is_phrase = strchr(text, ' ') != NULL;
                ck_assert_msg(is_phrase || cues_of((unsigned char *)text, length) == says[i], "%s", text);
                text[length - 1] = '!';
                ck_assert_msg(cues_of((unsigned char *)text, length) == 0, "%s", text);
        }
}
END_TEST

static cue_set near(const char *text, size_t reach, size_t behind)
{
        struct arena *arena = arena_new(0);
        struct folding view;
        struct cues cues;
        folding_init(&view, arena, text);
        const char *mark = strchr((const char *)view.bytes, '|');
        size_t at = (size_t)(mark - (const char *)view.bytes);
        cues_read(&view, (struct span){at, at + 1}, &cues);
        arena_free(arena);
        return cues_within(&cues, reach, behind);
}

TEST(words_speak_within_their_reach)
{
        ck_assert(near("my card is |", 2, 0) == SAYS(CARD));
        ck_assert(near("my card is |", 1, 0) == 0);
        ck_assert(near("card a b c d e f |", 6, 2) == 0);
        ck_assert(near("| on my card", 0, 2) == 0);
        ck_assert((near("| my card", 0, 2) & SAYS(CARD)) != 0);
        ck_assert((near("tel4155 |", 2, 0) & SAYS(PHONE)) != 0);
}
END_TEST

TEST(two_words_say_more_than_each)
{
        ck_assert((near("my sort code |", 6, 0) & SAYS(SORT)) != 0);
        ck_assert((near("my code of this sort |", 6, 0) & SAYS(SORT)) == 0);
}
END_TEST

SUITE("svc-anonymize/cues", FORK, T(words_are_in_order_and_no_longer_than_is_looked_for),
        T(the_second_word_of_a_phrase_is_a_word), T(every_word_is_found_and_nothing_else),
        T(words_speak_within_their_reach), T(two_words_say_more_than_each))
