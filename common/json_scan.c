/* SPDX-License-Identifier: Apache-2.0 */
/* A recursive descent bounded by JSON_DEPTH_MAX. `at` never passes `end`; the first complaint wins. */
#include "common/json_scan.h"

#include "common/text.h"

#include <string.h>

/* How many tokens there is room for at first: enough for most documents. */
enum { TOKENS_LEAST = 16, BYTES_A_TOKEN = 12 };

struct scan {
        struct arena *arena;
        const char *bytes;
        const char *at;
        const char *end;
        struct json_token *tokens;
        uint32_t n_tokens;
        uint32_t capacity;
        const char *why;
};

static bool fail(struct scan *scan, const char *why)
{
        if (scan->why == NULL)
                scan->why = arena_printf(scan->arena, "%s at byte %td", why, scan->at - scan->bytes);
        return false;
}

static uint32_t add_token(struct scan *scan, enum json_type type)
{
        if (scan->n_tokens == scan->capacity) {
                uint32_t capacity = scan->capacity * 2;
                struct json_token *tokens = arena_alloc(scan->arena, capacity * sizeof *tokens);
                memcpy(tokens, scan->tokens, scan->n_tokens * sizeof *tokens);
                scan->tokens = tokens;
                scan->capacity = capacity;
        }
        scan->tokens[scan->n_tokens] = (struct json_token){.type = type, .start = (uint32_t)(scan->at - scan->bytes)};
        return scan->n_tokens++;
}

static void close_token(struct scan *scan, uint32_t token)
{
        scan->tokens[token].length = (uint32_t)(scan->at - scan->bytes) - scan->tokens[token].start;
        scan->tokens[token].next = scan->n_tokens;
}

static void skip_space(struct scan *scan)
{
        while (scan->at < scan->end &&
                (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
                scan->at++;
}

static bool take(struct scan *scan, char byte)
{
        if (scan->at == scan->end || *scan->at != byte)
                return false;
        scan->at++;
        return true;
}

static bool scan_word(struct scan *scan, enum json_type type, const char *word)
{
        size_t length = strlen(word);
        if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
                return fail(scan, "no JSON value");
        uint32_t token = add_token(scan, type);
        scan->at += length;
        close_token(scan, token);
        return true;
}

static bool skip_digits(struct scan *scan)
{
        const char *first = scan->at;
        while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
                scan->at++;
        return scan->at > first;
}

static bool scan_number(struct scan *scan)
{
        uint32_t token = add_token(scan, JSON_NUMBER);
        take(scan, '-');
        bool is_valid = take(scan, '0') || skip_digits(scan);
        if (is_valid && take(scan, '.'))
                is_valid = skip_digits(scan);
        if (is_valid && (take(scan, 'e') || take(scan, 'E'))) {
                if (!take(scan, '+'))
                        take(scan, '-');
                is_valid = skip_digits(scan);
        }
        close_token(scan, token);
        return is_valid || fail(scan, "malformed number");
}

/* The value of four hexadecimal digits at `at`, or -1. */
static int32_t hex4(const char *at, const char *end)
{
        int32_t value = 0;
        if (end - at < 4)
                return -1;
        for (int i = 0; i < 4; i++) {
                char digit = at[i];
                int32_t nibble = digit >= '0' && digit <= '9'   ? digit - '0'
                                 : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                 : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                                : -1;
                if (nibble < 0)
                        return -1;
                value = value << 4 | nibble;
        }
        return value;
}

/* Behind "\u": one or, for a pair, two groups of digits. 0 is refused like any other malformed escape. */
static uint32_t unicode_escape(const char **at, const char *end)
{
        int32_t unit = hex4(*at, end);
        if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
                return 0;
        *at += 4;
        if (unit < 0xD800 || unit > 0xDBFF)
                return (uint32_t)unit;
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
                return 0;
        int32_t low = hex4(*at + 2, end);
        if (low < 0xDC00 || low > 0xDFFF)
                return 0;
        *at += 6;
        return 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
}

static bool scan_escape(struct scan *scan)
{
        if (scan->at == scan->end || strchr("\"\\/bfnrtu", *scan->at) == NULL || *scan->at == '\0')
                return fail(scan, "malformed escape");
        if (*scan->at++ == 'u' && unicode_escape(&scan->at, scan->end) == 0)
                return fail(scan, "malformed \\u escape");
        return true;
}

/* What goes on in a string as it is; the bytes were found to be UTF-8 before. */
static bool is_plain(char byte)
{
        return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

static bool scan_string(struct scan *scan)
{
        scan->at++;
        uint32_t token = add_token(scan, JSON_STRING);
        for (;;) {
                const char *at = scan->at, *end = scan->end;
                while (at < end && is_plain(*at))
                        at++;
                scan->at = at;
                if (at == end || *at != '\\')
                        break;
                scan->tokens[token].has_escapes = true;
                scan->at++;
                if (!scan_escape(scan))
                        return false;
        }
        close_token(scan, token);
        if (scan->at < scan->end && *scan->at != '"')
                return fail(scan, "control character in a string");
        return take(scan, '"') || fail(scan, "unfinished string");
}

static bool scan_value(struct scan *scan, int depth);

static struct json view(const struct scan *scan)
{
        return (struct json){scan->bytes, scan->tokens, scan->n_tokens};
}

/* Two keys are one when they are with their escapes undone. */
static bool is_same_key(struct scan *scan, const struct json_token *one, const struct json_token *other)
{
        if (!one->has_escapes && !other->has_escapes)
                return one->length == other->length &&
                       memcmp(scan->bytes + one->start, scan->bytes + other->start, one->length) == 0;
        const struct json json = view(scan);
        return json_is(&json, (uint32_t)(other - scan->tokens),
                json_string(scan->arena, &json, (uint32_t)(one - scan->tokens)));
}

/* Was the key just scanned there before? */
static bool is_repeated(struct scan *scan, uint32_t object, uint32_t key)
{
        for (uint32_t other = object + 1; other < key; other = scan->tokens[other + 1].next)
                if (is_same_key(scan, &scan->tokens[key], &scan->tokens[other]))
                        return true;
        return false;
}

static bool scan_member(struct scan *scan, uint32_t object, int depth)
{
        skip_space(scan);
        uint32_t key = scan->n_tokens;
        if (scan->at == scan->end || *scan->at != '"')
                return fail(scan, "a key is missing");
        if (!scan_string(scan))
                return false;
        if (is_repeated(scan, object, key))
                return fail(scan, "a key is there twice");
        skip_space(scan);
        return take(scan, ':') ? scan_value(scan, depth) : fail(scan, "a colon is missing");
}

/* What stands between the brackets of an object or an array. */
static bool scan_members(struct scan *scan, enum json_type type, char close, int depth)
{
        if (depth == JSON_DEPTH_MAX)
                return fail(scan, "nested too deeply");
        uint32_t token = add_token(scan, type);
        scan->at++;
        skip_space(scan);
        bool is_done = take(scan, close);
        while (!is_done) {
                if (type == JSON_OBJECT && scan->tokens[token].count == JSON_KEYS_MAX)
                        return fail(scan, "too many keys");
                if (!(type == JSON_OBJECT ? scan_member(scan, token, depth + 1) : scan_value(scan, depth + 1)))
                        return false;
                scan->tokens[token].count++;
                skip_space(scan);
                is_done = take(scan, close);
                if (!is_done && !take(scan, ','))
                        return fail(scan, "a comma or a closing bracket is missing");
        }
        close_token(scan, token);
        return true;
}

static bool scan_value(struct scan *scan, int depth)
{
        if (scan->n_tokens >= JSON_TOKENS_MAX)
                return fail(scan, "too many values");
        skip_space(scan);
        if (scan->at == scan->end)
                return fail(scan, "the value is missing");
        switch (*scan->at) {
        case '{':
                return scan_members(scan, JSON_OBJECT, '}', depth);
        case '[':
                return scan_members(scan, JSON_ARRAY, ']', depth);
        case '"':
                return scan_string(scan);
        case 't':
                return scan_word(scan, JSON_TRUE, "true");
        case 'f':
                return scan_word(scan, JSON_FALSE, "false");
        case 'n':
                return scan_word(scan, JSON_NULL, "null");
        default:
                return scan_number(scan);
        }
}

static bool scan_all(struct scan *scan)
{
        if (!text_is_clean(scan->bytes, (size_t)(scan->end - scan->bytes)))
                return fail(scan, "not UTF-8 text without NUL");
        if (!scan_value(scan, 0))
                return false;
        skip_space(scan);
        return scan->at == scan->end || fail(scan, "something follows the value");
}

status json_scan(struct arena *arena, const char *bytes, size_t length, struct json *out, const char **why)
{
        struct scan scan = {.arena = arena, .bytes = bytes, .at = bytes, .end = bytes + length};
        if (length > JSON_BYTES_MAX) {
                *why = "too long";
                return STATUS_INVALID_ARGUMENT;
        }
        scan.capacity = TOKENS_LEAST + (uint32_t)(length / BYTES_A_TOKEN);
        scan.tokens = arena_alloc(arena, scan.capacity * sizeof *scan.tokens);
        if (!scan_all(&scan)) {
                *why = scan.why;
                return STATUS_INVALID_ARGUMENT;
        }
        *out = view(&scan);
        return STATUS_OK;
}

/* One escape behind its backslash, written to `out`; moves both on. */
static char *undo_escape(const char **at, const char *end, char *out)
{
        static const char from[] = "\"\\/bfnrt";
        static const char to[] = "\"\\/\b\f\n\r\t";
        char byte = *(*at)++;
        if (byte == 'u')
                return out + text_encode(unicode_escape(at, end), out);
        *out = to[strchr(from, byte) - from];
        return out + 1;
}

char *json_string(struct arena *arena, const struct json *json, uint32_t token)
{
        const struct json_token *string = &json->tokens[token];
        const char *at = json->bytes + string->start;
        const char *end = at + string->length;
        if (!string->has_escapes)
                return arena_strndup(arena, at, string->length);
        char *text = arena_alloc(arena, string->length + 1);
        char *out = text;
        while (at < end) {
                const char *escape = memchr(at, '\\', (size_t)(end - at));
                size_t plain = (size_t)((escape == NULL ? end : escape) - at);
                memcpy(out, at, plain);
                out += plain;
                at += plain + 1;
                if (escape != NULL)
                        out = undo_escape(&at, end, out);
        }
        *out = '\0';
        return text;
}

bool json_is(const struct json *json, uint32_t token, const char *text)
{
        const struct json_token *string = &json->tokens[token];
        const char *at = json->bytes + string->start;
        const char *end = at + string->length;
        while (at < end) {
                char bytes[4] = {*at++};
                size_t size = 1;
                if (bytes[0] == '\\')
                        size = (size_t)(undo_escape(&at, end, bytes) - bytes);
                if (strncmp(text, bytes, size) != 0)
                        return false;
                text += size;
        }
        return *text == '\0';
}
