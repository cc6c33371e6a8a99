/* SPDX-License-Identifier: Apache-2.0 */
/* Texts as people write them who do not want to be found: for training, and for measuring what that costs. */
#pragma once

#include "common/arena.h"

#include <stdint.h>

enum evasion {
        EVASION_LEET,
        EVASION_HOMOGLYPH,
        EVASION_ZERO_WIDTH,
        EVASION_PUNCTUATION,
        EVASION_SPACING,
        EVASION_REPEAT,
        EVASION_FULLWIDTH,
        EVASION_ACCENT,
        EVASION_SWAP,
        EVASION_COMBO,
        EVASION_COUNT
};

const char *evasion_name(enum evasion evasion);

/* A copy in which about half of the words of three letters and more are disguised. *seed moves on: equal seeds give
 * equal texts. */
char *evasion_disguise(struct arena *arena, enum evasion evasion, const char *text, uint64_t *seed);

/* The next number of a sequence (xorshift); the seed must not be 0. */
uint32_t evasion_random(uint64_t *seed);
