/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"

#include <stdbool.h>
#include <string.h>

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *encode(struct arena *arena, const uint8_t *bytes, size_t size, const char *alphabet, bool is_padded)
{
        char *text = arena_alloc(arena, (size + 2) / 3 * 4 + 1);
        char *out = text;
        for (size_t i = 0; i < size; i += 3) {
                size_t left = size - i;
                uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                                 (left > 2 ? bytes[i + 2] : 0);
                for (size_t n = 0; n < 4; n++) {
                        if (n <= left)
                                *out++ = alphabet[group >> (18 - 6 * n) & 63];
                        else if (is_padded)
                                *out++ = '=';
                }
        }
        *out = '\0';
        return text;
}

static int digit_value(char digit, const char *alphabet)
{
        if (digit >= 'A' && digit <= 'Z')
                return digit - 'A';
        if (digit >= 'a' && digit <= 'z')
                return digit - 'a' + 26;
        if (digit >= '0' && digit <= '9')
                return digit - '0' + 52;
        return digit == alphabet[62] ? 62 : digit == alphabet[63] ? 63 : -1;
}

static uint8_t *decode(struct arena *arena, const char *text, size_t length, const char *alphabet, size_t *size)
{
        uint8_t *bytes = arena_try_alloc(arena, length / 4 * 3 + 3);
        size_t count = 0;
        uint32_t group = 0;
        int bits = 0;
        if (bytes == NULL || length % 4 == 1)
                return NULL;
        for (size_t i = 0; i < length; i++) {
                int value = digit_value(text[i], alphabet);
                if (value < 0)
                        return NULL;
                group = group << 6 | (uint32_t)value;
                bits += 6;
                if (bits >= 8) {
                        bits -= 8;
                        bytes[count++] = (uint8_t)(group >> bits);
                }
        }
        *size = count;
        return (group & ((1U << bits) - 1)) == 0 ? bytes : NULL;
}

char *base64_encode(struct arena *arena, const void *bytes, size_t size)
{
        return encode(arena, bytes, size, plain, true);
}

char *base64url_encode(struct arena *arena, const void *bytes, size_t size)
{
        return encode(arena, bytes, size, url_safe, false);
}

uint8_t *base64_decode(struct arena *arena, const char *text, size_t length, size_t *size)
{
        if (length % 4 != 0)
                return NULL;
        while (length > 0 && text[length - 1] == '=' && length % 4 != 2)
                length--;
        return decode(arena, text, length, plain, size);
}

uint8_t *base64url_decode(struct arena *arena, const char *text, size_t length, size_t *size)
{
        return decode(arena, text, length, url_safe, size);
}
