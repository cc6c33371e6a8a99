/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uuid.h"

#include "common/clock.h"
#include "common/random.h"

#include <stddef.h>

static const char hex_digits[] = "0123456789abcdef";

static bool is_hyphen_place(int i)
{
        return i == 8 || i == 13 || i == 18 || i == 23;
}

void uuid_format(const uint8_t bytes[16], char out[UUID_SIZE])
{
        for (int i = 0, b = 0; i < 36; i++) {
                if (is_hyphen_place(i)) {
                        out[i] = '-';
                        continue;
                }
                out[i++] = hex_digits[bytes[b] >> 4];
                out[i] = hex_digits[bytes[b++] & 15];
        }
        out[36] = '\0';
}

static void set_version(uint8_t bytes[16], int version)
{
        bytes[6] = (uint8_t)((bytes[6] & 0x0F) | version << 4);
        bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
}

void uuid_v4(char out[UUID_SIZE])
{
        uint8_t bytes[16];
        random_bytes(bytes, sizeof bytes);
        set_version(bytes, 4);
        uuid_format(bytes, out);
}

void uuid_v7(char out[UUID_SIZE])
{
        uint8_t bytes[16];
        random_bytes(bytes, sizeof bytes);
        int64_t ms = clock_unix_us() / 1000;
        for (int i = 5; i >= 0; i--, ms >>= 8)
                bytes[i] = (uint8_t)ms;
        set_version(bytes, 7);
        uuid_format(bytes, out);
}

/* The value of a digit, plus one; 0: it is none. */
static const uint8_t hex_values[256] = {['0'] = 1,
        ['1'] = 2,
        ['2'] = 3,
        ['3'] = 4,
        ['4'] = 5,
        ['5'] = 6,
        ['6'] = 7,
        ['7'] = 8,
        ['8'] = 9,
        ['9'] = 10,
        ['a'] = 11,
        ['b'] = 12,
        ['c'] = 13,
        ['d'] = 14,
        ['e'] = 15,
        ['f'] = 16};

/* Stops at the first byte that does not fit, so that nothing behind the end of a text is read. */
bool uuid_parse(const char *text, uint8_t out[16])
{
        for (int i = 0, b = 0; i < 36;) {
                if (is_hyphen_place(i)) {
                        if (text[i++] != '-')
                                return false;
                        continue;
                }
                int high = hex_values[(uint8_t)text[i]];
                int low = high == 0 ? 0 : hex_values[(uint8_t)text[i + 1]];
                if (low == 0)
                        return false;
                out[b++] = (uint8_t)((high - 1) << 4 | (low - 1));
                i += 2;
        }
        return text[36] == '\0';
}

bool uuid_is_valid(const char *text)
{
        uint8_t bytes[16];
        return uuid_parse(text, bytes);
}
