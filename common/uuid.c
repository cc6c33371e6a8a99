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

static int hex_value(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool uuid_parse(const char *text, uint8_t out[16])
{
        int b = 0;
        for (int i = 0; i < 36; i++) {
                if (is_hyphen_place(i)) {
                        if (text[i] != '-')
                                return false;
                        continue;
                }
                int high = hex_value(text[i]);
                int low = high < 0 ? -1 : hex_value(text[++i]);
                if (low < 0)
                        return false;
                out[b++] = (uint8_t)(high << 4 | low);
        }
        return text[36] == '\0';
}

bool uuid_is_valid(const char *text)
{
        uint8_t bytes[16];
        return uuid_parse(text, bytes);
}
