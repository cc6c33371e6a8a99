/* SPDX-License-Identifier: Apache-2.0 */
/* Content codings (RFC 9110, section 8.4): which of ours a client takes, and putting them on and off. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
        CODING_BODY_MIN = 1 << 10, /* below it, the head outweighs what is saved */
        CODING_BODY_MAX = 1 << 20, /* above it, the thread that codes would be kept too long */
        CODING_MEMBERS_MAX = 32,   /* of an Accept-Encoding; the rest is not read */
};

/* In the order of our preference, the last first. */
enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

/* What a client takes: 0 to 1000 for each coding, 0: not at all. */
struct coding_wish {
        int weights[CODING_COUNT];
};

/* Reads an Accept-Encoding. NULL, and one that is not well formed: identity alone. */
struct coding_wish coding_wish_read(const char *accept_encoding);

/* Is there a coding of ours that the client takes? */
bool coding_wish_can_be_met(const struct coding_wish *wish);

/* The best for a body of `size` bytes: the greatest weight, then our preference. Identity when the size is outside the
 * bounds, unless the client does not take it. The wish can be met. */
enum coding coding_choose(const struct coding_wish *wish, size_t size);

/* "gzip", "br"; NULL for identity. */
const char *coding_name(enum coding coding);

/* Codes `size` bytes into the arena. False, with `out` untouched, when the library is out of memory. */
bool coding_encode(
        struct arena *arena, enum coding coding, const char *bytes, size_t size, const char **out, size_t *out_size);

/* Undoes gzip into the arena. INVALID_ARGUMENT when it is none, or something stands behind it; RESOURCE_EXHAUSTED when
 * it becomes more than `size_max` bytes. */
MUST_CHECK status coding_decode(
        struct arena *arena, const char *bytes, size_t size, size_t size_max, const char **out, size_t *out_size);
