/* SPDX-License-Identifier: Apache-2.0 */
/* What a text must hold so that a pattern can match in it: one of the pattern's needles, which are found by reading the
 * pattern. Most texts hold none of most rules' needles, and those rules need not be tried. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NEEDLES_MAX = 64, NEEDLE_MIN = 2, NEEDLE_MAX = 8 };

/* The beginning of a literal piece, NEEDLE_MIN to NEEDLE_MAX bytes. */
struct needle {
        unsigned char bytes[NEEDLE_MAX];
        unsigned length;
};

/* None: nothing is known, and the pattern may match in any text. */
struct needles {
        size_t count;
        struct needle items[NEEDLES_MAX];
};

/* Of a PCRE2 pattern that compiles, with neither CASELESS nor EXTENDED nor UTF set. What is unusual in it (options,
 * verbs, references, named characters) or nested deeper than 16 makes an end: then nothing is known. */
void needles_read(const char *pattern, struct needles *out);

/* Which pairs and triples of bytes a text holds; some that it does not hold may seem to be there. */
struct haystack {
        uint64_t bits[256];
};

void haystack_init(struct haystack *haystack, const unsigned char *bytes, size_t length);

/* False only when no needle is in the text. */
bool haystack_may_hold(const struct haystack *haystack, const struct needles *needles);
