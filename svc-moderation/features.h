/* SPDX-License-Identifier: Apache-2.0 */
/* What the classifier sees of a text: hashes of its words, of pairs of them (neighbours, and next but one), of letters
 * in a row, of cues (cues.def) that stand near each other, and of its shape. Words are seen as they are written and
 * without their disguises; pairs and a form of each word survive letters that change places, another vowels that are
 * left out. */
#pragma once

#include "common/folding.h"

enum { FEATURES_BITS = 19, FEATURES_BUCKETS = 1 << FEATURES_BITS };

/* Looked at together, in folded bytes: a longer text is windows, so that nobody hides a sentence in a long one. */
enum { FEATURES_WINDOW = 2000, FEATURES_MAX = 8192 };

/* What is seen more than once in a text counts once. */
enum features_block { FEATURES_WORDS, FEATURES_LETTERS, FEATURES_CUES, FEATURES_SHAPE, FEATURES_BLOCKS };

struct feature {
        uint32_t hash;       /* its bucket is the lower FEATURES_BITS */
        uint32_t start, end; /* code points of the text; 0, 0: all of it */
};

struct features {
        size_t room; /* of each block: what is more is left out */
        size_t count[FEATURES_BLOCKS];
        struct feature *items[FEATURES_BLOCKS]; /* in the arena */
        size_t n_slots, n_taken;                /* a power of two; how many of them are not free */
        uint32_t *slots;                        /* hashes that were there, each at its place or the next free one */
};

/* Room for the features of the windows, one after the other, of a text of `length` folded bytes. */
void features_init(struct features *features, struct arena *arena, size_t length);

/* Takes the features of `part`, a piece of a folding of at most FEATURES_WINDOW bytes. Takes time in its length;
 * those of before are gone. */
void features_take(struct features *out, struct arena *arena, const struct folding *part);

/* What each feature of a block counts: however many there are, they have a length of their own block together. */
float features_share(const struct features *features, enum features_block block);

/* The piece of a folding that begins at `at`; moves `at` behind it. False at the end, but an empty text is one piece.
 */
bool features_window(const struct folding *whole, size_t *at, struct folding *part);
