/* SPDX-License-Identifier: Apache-2.0 */
/* Words near a candidate that say what it is: one look at them answers for every detector. */
#pragma once

#include "common/folding.h"

enum cue {
#define CUE(name) CUE_##name,
#include "svc-anonymize/identifiers/cues.def"
        CUES
};

/* A set of cues; a row of a table names them as SAYS(CARD) | SAYS(IBAN). */
typedef uint64_t cue_set;
#define SAYS(name) ((cue_set)1 << CUE_##name)

enum { CUES_BEFORE = 6, CUES_AFTER = 2 };

struct cues {
        cue_set before[CUES_BEFORE + 1]; /* [n]: what the n words nearest before the span say */
        cue_set after[CUES_AFTER + 1];
};

/* What a word (lower-case) says by itself. */
cue_set cues_of(const unsigned char *word, size_t length);

/* Reads the words beside a span. A run of letters is a word, so is a run of digits; signs are passed over, 64 bytes on
 * each side at most, a run of barriers counting as one. */
void cues_read(const struct folding *view, struct span span, struct cues *out);

/* What the nearest `reach` words before and the nearest `behind` after say. */
static inline cue_set cues_within(const struct cues *cues, size_t reach, size_t behind)
{
        return cues->before[reach < CUES_BEFORE ? reach : CUES_BEFORE] |
               cues->after[behind < CUES_AFTER ? behind : CUES_AFTER];
}
