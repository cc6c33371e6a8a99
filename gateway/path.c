/* SPDX-License-Identifier: Apache-2.0 */
/* The decoded form is never longer than the encoded one, so each half is decoded into one copy of its own size. */
#include "gateway/path.h"

#include "common/text.h"

#include <string.h>

static int hex_value(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        if (digit >= 'a' && digit <= 'f')
                return digit - 'a' + 10;
        return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The byte that a well-formed escape at `at` stands for, or -1. */
static int escaped_byte(const char *at, const char *end)
{
        if (end - at < 3 || at[0] != '%')
                return -1;
        int high = hex_value(at[1]);
        int low = hex_value(at[2]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool is_control(int byte)
{
        return byte < 0x20 || byte == 0x7F;
}

/* Decodes [at, end) to `out` with a NUL behind; returns the place behind the NUL, or NULL. */
static char *decode(const char *at, const char *end, bool plus_is_space, char *out)
{
        char *first = out;
        while (at < end) {
                int byte = (unsigned char)*at;
                if (byte == '%') {
                        byte = escaped_byte(at, end);
                        at += 2;
                } else if (byte == ' ' || byte >= 0x80) {
                        return NULL; /* these do not stand for themselves */
                } else if (byte == '+' && plus_is_space) {
                        byte = ' ';
                }
                if (is_control(byte))
                        return NULL;
                *out++ = (char)byte;
                at++;
        }
        if (!text_is_clean(first, (size_t)(out - first)))
                return NULL;
        *out++ = '\0';
        return out;
}

/* Would a second decoding change it? Then somebody hopes for one further on. */
static bool is_still_encoded(const char *text, const char *end)
{
        for (; text < end; text++)
                if (escaped_byte(text, end) >= 0)
                        return true;
        return false;
}

static bool is_dots(const char *text)
{
        return strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
}

status path_split(struct arena *arena, const char *raw, struct path *out)
{
        if (*raw != '/')
                return STATUS_INVALID_ARGUMENT;
        struct path path = {.count = 0};
        size_t length = strlen(raw);
        char *decoded = arena_alloc(arena, length + 1);
        const char *at = raw;
        while (*at == '/' && at[1] != '\0') {
                const char *end = strchrnul(at + 1, '/');
                char *next = decode(at + 1, end, false, decoded);
                if (next == NULL || is_dots(decoded) || is_still_encoded(decoded, next))
                        return STATUS_INVALID_ARGUMENT;
                if (path.count == PATH_SEGMENTS_MAX)
                        return STATUS_NOT_FOUND;
                path.segments[path.count++] = decoded;
                decoded = next;
                at = end;
        }
        path.has_slash_behind = *at == '/';
        *out = path;
        return STATUS_OK;
}

/* One "name=value" that ends at `end`. */
static char *decode_pair(const char *at, const char *end, char *decoded, struct query_pair *out)
{
        const char *equals = memchr(at, '=', (size_t)(end - at));
        out->name = decoded;
        decoded = decode(at, equals == NULL ? end : equals, true, decoded);
        if (decoded == NULL)
                return NULL;
        out->value = decoded;
        return decode(equals == NULL ? end : equals + 1, end, true, decoded);
}

status query_split(struct arena *arena, const char *raw, struct query *out)
{
        struct query query = {.count = 0};
        size_t length = raw == NULL ? 0 : strlen(raw);
        char *decoded = arena_alloc(arena, length + QUERY_PAIRS_MAX * 2);
        for (const char *at = raw; length > 0 && at <= raw + length;) {
                const char *end = strchrnul(at, '&');
                if (end > at) {
                        if (query.count == QUERY_PAIRS_MAX)
                                return STATUS_INVALID_ARGUMENT;
                        decoded = decode_pair(at, end, decoded, &query.pairs[query.count++]);
                        if (decoded == NULL)
                                return STATUS_INVALID_ARGUMENT;
                }
                at = end + 1;
        }
        *out = query;
        return STATUS_OK;
}
