/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of the two halves of a request's address. Percent-encoding is undone once, after splitting, so that
 * no encoded byte ever separates anything. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <stdbool.h>

enum { PATH_SEGMENTS_MAX = 16, QUERY_PAIRS_MAX = 64 };

struct path {
        size_t count;
        const char *segments[PATH_SEGMENTS_MAX]; /* decoded; "" between two slashes */
        bool has_slash_behind;
};

struct query {
        size_t count;
        struct query_pair {
                const char *name;
                const char *value;
        } pairs[QUERY_PAIRS_MAX];
};

/* INVALID_ARGUMENT for what is not well encoded: malformed or truncated escapes, bytes that may not stand for
 * themselves, control characters, what is not UTF-8, "." and ".." in any spelling, and segments that are still encoded
 * after decoding. NOT_FOUND for more segments than any route has. */
MUST_CHECK status path_split(struct arena *arena, const char *raw, struct path *out);

/* Pairs in the order sent; '+' is a space; a name without '=' has the value "". NULL has none. INVALID_ARGUMENT as
 * above, and for more than QUERY_PAIRS_MAX pairs. */
MUST_CHECK status query_split(struct arena *arena, const char *raw, struct query *out);
