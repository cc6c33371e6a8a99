/* SPDX-License-Identifier: Apache-2.0 */
/* Takes what identifies a person out of a text: "call 617 555 0182" becomes "call [phone 1]". */
#pragma once

#include "common/arena.h"

/* Longer texts, in bytes, are withheld whole. */
#define CLEANER_TEXT_MAX ((size_t)256 << 10)

struct cleaner_removal {
        const char *type;     /* of identifiers/types.def ("EMAIL_ADDRESS"); "TEXT" when all was withheld */
        const char *kind;     /* the same for people: first word of the placeholder ("email"); "text" */
        unsigned score;       /* how sure, in percent */
        size_t start, length; /* Unicode code points of the original text */
};

struct cleaned_text {
        char *text;
        size_t n_removals;
        struct cleaner_removal *removals; /* in order, without overlap */
};

/* Puts a typed placeholder in the place of every identifier in `text`, which is well-formed UTF-8; equal values get
 * equal numbers, numbers begin behind those that the text already holds. Cleaning a cleaned text changes nothing. Takes
 * time and memory in proportion to the text: of `arena` about 40 bytes a byte at most, and 120 more while it looks.
 * Fails closed: a text that is too long, or still not clean after a few rounds, becomes "[text 1]". The result lives in
 * `arena`, whose limit must allow for it. */
void cleaner_clean(struct arena *arena, const char *text, struct cleaned_text *out);

/* The same for what somebody wants to be called, or calls a place: names stay, for they are what was asked for. */
void cleaner_clean_name(struct arena *arena, const char *text, struct cleaned_text *out);
