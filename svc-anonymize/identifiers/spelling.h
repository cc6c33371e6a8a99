/* SPDX-License-Identifier: Apache-2.0 */
/* The ways people write '.' and '@' to hide an address: "(at)", "[.]", " dot ", " @ ". */
#pragma once

#include "common/folding.h"

enum spelling {
        SPELLING_NONE,
        SPELLING_PLAIN,     /* the sign itself */
        SPELLING_LOOSE,     /* with blanks around */
        SPELLING_BRACKETED, /* sign or word in brackets */
        SPELLING_WORD,      /* the bare word between blanks */
};

/* What begins at `at` (blanks included) and its bytes; SPELLING_NONE and an empty span when it is none. */
enum spelling spelling_dot(const struct folding *view, size_t at, struct span *out);
enum spelling spelling_at(const struct folding *view, size_t at, struct span *out);

/* A dot that ends at `end`. */
enum spelling spelling_dot_before(const struct folding *view, size_t end, struct span *out);
