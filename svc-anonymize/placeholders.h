/* SPDX-License-Identifier: Apache-2.0 */
/* What was found in a text, and the numbered placeholders put in its place. */
#pragma once

#include "common/folding.h"
#include "svc-anonymize/identifiers/identifier.h"

#define PLACEHOLDER_WITHHELD "[text 1]"

struct finding {
        enum identifier_type type;
        unsigned score;
        struct span span;    /* code points of the text it was found in; after merging, of the original */
        struct span written; /* code points of the result: where its placeholder stands */
        uint64_t value;      /* equal for equal identifiers */
};

/* Highest number in use, by first word. */
struct placeholder_numbers {
        uint32_t last[STEMS];
};

struct findings {
        struct finding *items; /* in order of the text, without overlap */
        size_t count;
        struct placeholder_numbers numbers; /* what the original held already */
        bool is_first_round;
        bool is_name; /* the text is one: names of persons are not looked for */
};

/* Blanks the placeholders in `view`, so that their words and numbers mean nothing to a detector; notes the highest
 * number of each stem in `numbers` unless it is NULL. */
void placeholders_blank(struct folding *view, struct placeholder_numbers *numbers);

/* A digest of what was found: equal when stem and identifier are, however it was written apart. */
uint64_t identifier_value(const struct folding *view, const struct match *match);

/* Adds `found`, in any order, whose spans are those of the text that findings_render made last, of `length` code
 * points. Time and what it takes from `scratch` for sorting are linear in that; the result comes from `arena`. */
void findings_merge(
        struct findings *findings, struct arena *arena, struct findings *found, struct arena *scratch, size_t length);

/* `original` with a placeholder for each finding; notes where they stand. */
char *findings_render(struct findings *findings, struct arena *arena, const char *original);
