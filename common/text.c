/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text.h"

#include <string.h>

/* The length that a lead byte announces and the least code point worth that length; 0 for a byte that leads nothing. */
static size_t sequence_length(unsigned char lead, uint32_t *least)
{
        if (lead < 0x80)
                return *least = 0, 1;
        if (lead >= 0xC2 && lead <= 0xDF)
                return *least = 0x80, 2;
        if (lead >= 0xE0 && lead <= 0xEF)
                return *least = 0x800, 3;
        if (lead >= 0xF0 && lead <= 0xF4)
                return *least = 0x10000, 4;
        return 0;
}

/* Reads one sequence of at most `length` bytes; returns its length or 0 when it is not well formed. */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *code_point)
{
        uint32_t least = 0;
        size_t size = sequence_length(bytes[0], &least);
        if (size == 0 || size > length)
                return 0;
        uint32_t value = size == 1 ? bytes[0] : bytes[0] & (0x7FU >> size);
        for (size_t i = 1; i < size; i++) {
                if ((bytes[i] & 0xC0) != 0x80)
                        return 0;
                value = value << 6 | (bytes[i] & 0x3F);
        }
        if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
                return 0;
        *code_point = value;
        return size;
}

bool text_is_clean(const char *bytes, size_t length)
{
        const unsigned char *at = (const unsigned char *)bytes;
        const unsigned char *end = at + length;
        while (at < end) {
                uint64_t eight;
                if (end - at >= 8 && (memcpy(&eight, at, 8), (eight & 0x8080808080808080) == 0) &&
                        ((eight - 0x0101010101010101) & 0x8080808080808080) == 0) {
                        at += 8; /* plain ASCII without NUL */
                        continue;
                }
                uint32_t code_point;
                size_t size = decode(at, (size_t)(end - at), &code_point);
                if (size == 0 || code_point == 0)
                        return false;
                at += size;
        }
        return true;
}

size_t text_length(const char *text)
{
        size_t count = 0;
        for (; *text != '\0'; text++)
                count += ((unsigned char)*text & 0xC0) != 0x80;
        return count;
}

size_t text_length_of_all(size_t count, char *const *texts)
{
        size_t length = 0;
        for (size_t i = 0; i < count; i++)
                length += text_length(texts[i]);
        return length;
}

uint32_t text_next(const char **text)
{
        uint32_t code_point = 0;
        const unsigned char *at = (const unsigned char *)*text;
        if (*at < 0x80) {
                *text += *at != '\0';
                return *at;
        }
        *text += decode(at, 4, &code_point);
        return code_point;
}

size_t text_encode(uint32_t code_point, char *out)
{
        if (code_point < 0x80)
                return out[0] = (char)code_point, 1;
        size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
        for (size_t i = size - 1; i > 0; i--, code_point >>= 6)
                out[i] = (char)(0x80 | (code_point & 0x3F));
        out[0] = (char)(0xF00 >> size | code_point);
        return size;
}

bool text_has_controls(const char *text)
{
        for (uint32_t point; (point = text_next(&text)) != 0;)
                if ((point < 0x20 && point != '\t' && point != '\n' && point != '\r') ||
                        (point >= 0x7F && point < 0xA0))
                        return true;
        return false;
}

/* White_Space of Unicode 15, and what has no width. */
static bool is_space(uint32_t point)
{
        return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 ||
               (point >= 0x2000 && point <= 0x200D) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
               point == 0x205F || point == 0x2060 || point == 0x3000 || point == 0xFEFF;
}

bool text_is_blank(const char *text)
{
        for (uint32_t point; (point = text_next(&text)) != 0;)
                if (!is_space(point))
                        return false;
        return true;
}
