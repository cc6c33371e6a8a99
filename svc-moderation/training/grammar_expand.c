/* SPDX-License-Identifier: Apache-2.0 */
/* Texts from a grammar. Each sentence draws from a sequence of its own; what a class can be made to cost is bounded by
 * steps, since classes of classes multiply. */
#include "common/buffer.h"
#include "svc-moderation/training/grammar_tree.h"

#include <string.h>

enum { STEPS_MAX = 20000, TRIES_FOR_ONE = 6 };

struct writer {
        uint64_t random;
        size_t length, steps;
        char text[GRAMMAR_TEXT_MAX + 1];
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(struct writer *writer)
{
        uint64_t mixed = writer->random += UINT64_C(0x9e3779b97f4a7c15);
        mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
        return mixed ^ (mixed >> 31);
}

static void put(struct writer *writer, char sign)
{
        bool is_blank = writer->length > 0 && writer->text[writer->length - 1] == ' ';
        if (sign == ' ' && (is_blank || writer->length == 0))
                return;
        if (is_blank && strchr(",.!?;", sign) != NULL)
                writer->length--;
        if (writer->length < GRAMMAR_TEXT_MAX)
                writer->text[writer->length++] = sign;
}

static void write_choice(struct writer *writer, const struct choice *choice)
{
        if (writer->steps > STEPS_MAX || (choice->may_be_absent && draw(writer) % 2 == 0))
                return;
        const struct option *option = choice->first;
        for (size_t skip = draw(writer) % choice->n_options; skip > 0; skip--)
                option = option->next;
        for (const struct piece *piece = option->first; piece != NULL && writer->steps++ <= STEPS_MAX;
                piece = piece->next)
                if (piece->choice != NULL)
                        write_choice(writer, piece->choice);
                else
                        for (size_t i = 0; i < piece->length; i++)
                                put(writer, piece->text[i]);
}

/* False when there is nothing to give: empty, too long, too much work. */
static bool write_text(struct writer *writer, const struct sentence *sentence)
{
        writer->length = writer->steps = 0;
        write_choice(writer, &sentence->choice);
        while (writer->length > 0 && writer->text[writer->length - 1] == ' ')
                writer->length--;
        writer->text[writer->length] = '\0';
        return writer->length > 0 && writer->length < GRAMMAR_TEXT_MAX && writer->steps <= STEPS_MAX;
}

static uint64_t hash_of(const struct writer *writer)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
        for (size_t i = 0; i < writer->length; i++)
                hash = (hash ^ (unsigned char)writer->text[i]) * UINT64_C(0x100000001b3);
        return hash;
}

static bool is_new(uint64_t *given, size_t n_given, uint64_t hash)
{
        for (size_t i = 0; i < n_given; i++)
                if (given[i] == hash)
                        return false;
        given[n_given] = hash;
        return true;
}

static void expand_sentence(struct writer *writer, const struct sentence *sentence, size_t place, size_t most,
        uint64_t *given, void (*take)(void *taker, const struct grammar_text *text), void *taker)
{
        size_t n_given = 0;
        writer->random = sentence->seed;
        for (size_t tries = most * TRIES_FOR_ONE; tries > 0 && n_given < most; tries--) {
                if (!write_text(writer, sentence) || !is_new(given, n_given, hash_of(writer)))
                        continue;
                n_given++;
                take(taker, &(struct grammar_text){
                                    writer->text, writer->length, sentence->labels, sentence->unjudged, place});
        }
}

void grammar_expand(const struct grammar *grammar, size_t per_sentence,
        void (*take)(void *taker, const struct grammar_text *text), void *taker)
{
        size_t asked = per_sentence < GRAMMAR_PER_SENTENCE ? per_sentence : GRAMMAR_PER_SENTENCE, place = 0;
        struct arena *arena = arena_new(0);
        uint64_t *given = arena_alloc(arena, (asked + 1) * sizeof *given);
        struct writer *writer = arena_alloc(arena, sizeof *writer);
        for (const struct sentence *sentence = grammar->first; sentence != NULL; sentence = sentence->next, place++) {
                size_t most = sentence->most > 0 && sentence->most < asked ? sentence->most : asked;
                expand_sentence(writer, sentence, place, most, given, take, taker);
        }
        arena_free(arena);
}
