/* SPDX-License-Identifier: Apache-2.0 */
/* The laws of cleaning over a hundred thousand texts that nobody wrote: sentences of the corpus, cut, joined, doubled,
 * with pieces of each other and of what the engine looks for put in anywhere. The same ones in every run. */
#include "common/buffer.h"
#include "common/text.h"
#include "tests/suite.h"
#include "tests/svc-anonymize/labelled.h"
#include "tests/svc-anonymize/laws.h"

#include <stdint.h>
#include <string.h>

/* Sanitizers make each text some eight times as slow; the laws are theirs to look at in fewer. */
#ifdef __SANITIZE_ADDRESS__
enum { ROUNDS = 4000 };
#else
enum { ROUNDS = 25000 };
#endif
enum { KINDS = 3, PIECE_MAX = 24, CHANGES_MAX = 6, TEXT_MAX = 1024 };

static const char *const pieces[] = {"@", ".", " ", "-", "/", "_", "0", "1", "55", "617-555-0182", "[email 1]",
        "[phone 7]", "[phone", "]", "[person 2] ", "\u200B", "\u202E", "&#64;", "&amp;", "%40", "%25", "%EF%BC%A0",
        " at ", " dot ", "(at)", "[dot]", " card ", " ssn ", "account ", "born ", "call ", "@gmail", "$", "+", "(", ")",
        "\n", ",", "k", "\uFF11", "\u0661", "\u0430", "\U0001F4B0", "one ", "double ", "triple ", "oh ", "l", "O",
        "a b c 1 ", "http://", "www.", ".com", "::", "0x", "bc1q", "A", "DE", "GB", "2024", "12/25/1990", "July 9, ",
        "#1234", "u/", "4111"};

static struct labelled_texts corpus[KINDS];
static struct arena *corpus_arena;

static void set_up(void)
{
        corpus_arena = arena_new(0);
        corpus[0] = labelled_read(corpus_arena, CORPUS "/positives.txt");
        corpus[1] = labelled_read(corpus_arena, CORPUS "/negatives.txt");
        corpus[2] = labelled_read(corpus_arena, CORPUS "/evasions.txt");
}

static void tear_down(void)
{
        arena_free(corpus_arena);
}

static uint32_t next_random(uint32_t *state)
{
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        return *state;
}

static const char *sentence(uint32_t *state)
{
        const struct labelled_texts *kind = &corpus[next_random(state) % KINDS];
        return kind->texts[next_random(state) % kind->count].text;
}

/* Where a code point begins, somewhere in a text. */
static size_t place_in(const char *text, size_t length, uint32_t *state)
{
        size_t at = next_random(state) % (uint32_t)(length + 1);
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
                at--;
        return at;
}

/* Puts `piece` in the place of what is between two places. */
static void replace(char *text, size_t from, size_t to, const char *piece)
{
        size_t length = strlen(text), more = strlen(piece);
        if (length - (to - from) + more >= TEXT_MAX)
                return;
        memmove(text + from + more, text + to, length - to + 1);
        memcpy(text + from, piece, more);
}

/* Something is put in, taken out, said again or written over. */
static void change(char *text, uint32_t *state)
{
        char piece[PIECE_MAX + 1] = {0};
        size_t length = strlen(text);
        size_t a = place_in(text, length, state), b = place_in(text, length, state);
        size_t from = a < b ? a : b, to = a < b ? b : a;
        if (to - from > PIECE_MAX)
                to = from;
        memcpy(piece, text + from, to - from);
        switch (next_random(state) % 4) {
        case 0:
                replace(text, from, to, "");
                break;
        case 1:
                replace(text, to, to, piece);
                break;
        case 2:
                replace(text, from, from, pieces[next_random(state) % (sizeof pieces / sizeof *pieces)]);
                break;
        default:
                replace(text, from, to, pieces[next_random(state) % (sizeof pieces / sizeof *pieces)]);
        }
}

static void check(struct arena *arena, const char *text)
{
        const char *broken = laws_broken(arena, text);
        ck_assert_msg(broken == NULL, "not so: %s, for: %s", broken, text);
}

/* Both ends of a piece begin a code point, so the text stays well-formed. */
static void check_changed(uint32_t seed, size_t sentences)
{
        struct arena *arena = arena_new(0);
        for (size_t round = 0; round < ROUNDS; round++) {
                char text[TEXT_MAX] = "";
                for (size_t i = 0; i < sentences; i++) {
                        replace(text, strlen(text), strlen(text), sentence(&seed));
                        if (next_random(&seed) % 4 != 0)
                                replace(text, strlen(text), strlen(text), " ");
                }
                for (size_t i = next_random(&seed) % CHANGES_MAX; i > 0; i--)
                        change(text, &seed);
                ck_assert(text_is_clean(text, strlen(text)));
                check(arena, text);
                arena_reset(arena);
        }
        arena_free(arena);
}

TEST(sentences_that_were_tampered_with_obey)
{
        check_changed(2463534242, 1);
}
END_TEST

TEST(sentences_run_together_obey)
{
        check_changed(88172645, 2);
}
END_TEST

TEST(heaps_of_pieces_obey)
{
        uint32_t state = 521288629;
        struct arena *arena = arena_new(0);
        for (size_t round = 0; round < ROUNDS; round++) {
                struct buffer text = buffer_in(arena);
                for (size_t i = next_random(&state) % 30; i > 0; i--)
                        buffer_puts(&text, pieces[next_random(&state) % (sizeof pieces / sizeof *pieces)]);
                check(arena, buffer_text(&text));
                arena_reset(arena);
        }
        arena_free(arena);
}
END_TEST

TEST(heaps_of_code_points_obey)
{
        uint32_t state = 362436069;
        struct arena *arena = arena_new(0);
        for (size_t round = 0; round < ROUNDS; round++) {
                char text[512];
                size_t length = 0;
                for (size_t i = next_random(&state) % 100; i > 0; i--) {
                        uint32_t limit = next_random(&state) % 3 == 0 ? 0x110000 : 0x80;
                        uint32_t point = next_random(&state) % limit;
                        if (point != 0 && (point < 0xD800 || point > 0xDFFF))
                                length += text_encode(point, text + length);
                }
                text[length] = '\0';
                check(arena, text);
                arena_reset(arena);
        }
        arena_free(arena);
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-anonymize/laws", FORK, T(sentences_that_were_tampered_with_obey),
        T(sentences_run_together_obey), T(heaps_of_pieces_obey), T(heaps_of_code_points_obey))
