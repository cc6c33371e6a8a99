/* SPDX-License-Identifier: Apache-2.0 */
/* Strict JSON (RFC 8259) to a flat list of tokens: UTF-8 only, no NUL (also not as \u0000), no duplicate keys, no lone
 * surrogates, nothing behind the value, bounded depth and number of values. The bytes are not copied; tokens point into
 * them. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 32, JSON_KEYS_MAX = 128, JSON_TOKENS_MAX = 1 << 15, JSON_BYTES_MAX = 8 << 20 };

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* An object is followed by its keys and values in turn, an array by its values. */
struct json_token {
        enum json_type type;
        bool has_escapes; /* of a string */
        uint32_t start;   /* of a string: behind the quote */
        uint32_t length;  /* in bytes; of a string: without the quotes */
        uint32_t count;   /* of an object's or an array's members */
        uint32_t next;    /* index of the token behind this one and all in it */
};

struct json {
        const char *bytes;
        struct json_token *tokens;
        uint32_t n_tokens;
};

/* Scans one value. On failure *why says what is wrong and where, `out` is untouched and the status is INVALID_ARGUMENT.
 */
MUST_CHECK status json_scan(struct arena *arena, const char *bytes, size_t length, struct json *out, const char **why);

/* The string of a token with its escapes undone, in the arena. */
char *json_string(struct arena *arena, const struct json *json, uint32_t token);

/* Does the string token read `text`? */
bool json_is(const struct json *json, uint32_t token, const char *text);
