/* SPDX-License-Identifier: Apache-2.0 */
/* A second look at a text, for detectors: every disguise that a reader's eye would not notice is taken off, and each
 * byte knows which code points of the original it stands for. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* `bytes` holds lower-case ASCII: digits of all scripts are 0-9, look-alike and accented letters are a-z, spaces,
 * dashes, dots and quotes of all kinds are ' ', '-', '.', '\'' and '"', line ends are '\n', money signs are '$'.
 * Zero-width, bidi and combining marks are gone; HTML entities and percent escapes are decoded. A letter without an
 * ASCII likeness is one byte of 0x80-0xFE (equal letters give equal bytes, not the other way round), any other sign is
 * 0xFF. No byte is below ' ' but '\n' and the NUL behind the last one. */
struct folding {
        size_t length;
        unsigned char *bytes;
        uint32_t *starts; /* of each byte: first code point of the original it stands for */
        uint32_t *ends;   /* ... and the one behind its last */
        size_t original_length;
        uint32_t *original; /* the code points themselves: for case, and for comparing letters told apart only here */
};

/* Half-open, in bytes of a folding or in code points of a text, as the place says. */
struct span {
        size_t start;
        size_t end;
};

/* Folds well-formed UTF-8. Everything comes from `arena`: at most 17 bytes for each byte of `text`. */
void folding_init(struct folding *folding, struct arena *arena, const char *text);

/* What one code point becomes; 0 when it leaves no trace. */
unsigned char folding_point(uint32_t point);

/* The original's code points that a span (not empty) of folded bytes stands for. */
struct span folding_original(const struct folding *folding, struct span span);

/* ASCII letter or digit of the folded view; any letter, of any script. */
static inline bool folded_is_alnum(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static inline bool folded_is_digit(unsigned char byte)
{
        return byte >= '0' && byte <= '9';
}

static inline bool folded_is_letter(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 0x80 && byte < 0xFF);
}
