/* SPDX-License-Identifier: Apache-2.0 */
/* Texts to learn from that nobody had to collect: a grammar says in few lines what people write in thousands of ways.
 *
 *   # a remark
 *   labels scam spam          what the sentences below are; "labels none": nothing is wrong with them
 *   unjudged harassment       what is not said of them either way; ends with the next "labels"
 *   texts 5                   no more than five texts of each sentence below; ends with the next "labels"
 *   @bank = bank | building society | credit union
 *       | savings bank        a line that begins with a blank goes on with the one before
 *   Your @bank account {is|was} locked[, {call|text} us][ today].
 *
 * A sentence is text with word classes (@bank, known to all files of a grammar, wherever they stand), alternatives
 * {a|b} and parts that are left out half the time [a|b]. \ takes its meaning from the sign behind it; \n is a new line.
 * Blanks side by side and blanks before a comma or stop go. The same files give the same texts, always. */
#pragma once

#include "svc-moderation/rules.h"

#include <stdint.h>

enum {
        GRAMMAR_CLASSES = 1000,       /* word classes in all files */
        GRAMMAR_DEPTH = 16,           /* of brackets within brackets, and of classes within classes */
        GRAMMAR_FILES = 200,          /* in a folder */
        GRAMMAR_LINE_MAX = 64 << 10,  /* bytes, with all lines that go on with it */
        GRAMMAR_TEXT_MAX = 4000,      /* bytes; longer texts are left out */
        GRAMMAR_PER_SENTENCE = 10000, /* texts of one sentence */
};

struct grammar;

/* One text. Masks have the bit 1 << category (rules.h). */
struct grammar_text {
        const char *text; /* NUL-terminated; good until the next one */
        size_t length;
        uint32_t labels;   /* 0: nothing is wrong with it */
        uint32_t unjudged; /* labels that it says nothing about */
        size_t sentence;   /* from 0: texts of one sentence are alike, so they belong on one side of a split */
};

/* An empty one; free it with everything read into it. NULL is allowed. */
struct grammar *grammar_new(void);
void grammar_free(struct grammar *grammar);

/* Reads one file; `name` is how messages call it. False: *why is "name:line: reason" and lives as long as the grammar,
 * which is of no use then. */
bool grammar_read(struct grammar *grammar, const char *name, const char *bytes, size_t length, const char **why);

/* Reads every *.texts of a folder, by name, and finishes. */
bool grammar_read_folder(struct grammar *grammar, const char *folder, const char **why);

/* To be called once after the last file: false when a class is missing or holds itself. */
bool grammar_finish(struct grammar *grammar, const char **why);

size_t grammar_sentences(const struct grammar *grammar);

/* Gives `take` at most `per_sentence` texts of each sentence, none of them twice, sentence by sentence. */
void grammar_expand(const struct grammar *grammar, size_t per_sentence,
        void (*take)(void *taker, const struct grammar_text *text), void *taker);
