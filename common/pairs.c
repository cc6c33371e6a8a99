/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pairs.h"

#include "common/words.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

static bool is_name(struct words name)
{
        for (size_t i = 0; i < name.length; i++)
                if (!isalnum((unsigned char)name.at[i]) && memchr("_-.", name.at[i], 3) == NULL)
                        return false;
        return name.length > 0;
}

/* -1 when the two are no hexadecimal digits. */
static int escaped(const char *digits, size_t left)
{
        static const char all[] = "0123456789abcdef";
        int value = 0;
        for (size_t i = 0; i < 2; i++) {
                const char *place =
                        i < left && digits[i] != '\0' ? strchr(all, tolower((unsigned char)digits[i])) : NULL;
                if (place == NULL)
                        return -1;
                value = value * 16 + (int)(place - all);
        }
        return value;
}

/* NULL when it is not well encoded. */
static const char *decoded(struct arena *arena, struct words value)
{
        char *out = arena_alloc(arena, value.length + 1);
        size_t length = 0;
        for (size_t i = 0; i < value.length; i++) {
                int byte = (unsigned char)value.at[i];
                if (byte == '%') {
                        byte = escaped(value.at + i + 1, value.length - i - 1);
                        i += 2;
                }
                if (byte < 0x20 || byte == 0x7F)
                        return NULL;
                out[length++] = (char)byte;
        }
        out[length] = '\0';
        return out;
}

static bool read_pair(struct arena *arena, struct words member, struct pair *out)
{
        struct words name, value;
        if (!words_split(member, &name, &value) || !is_name(name))
                return false;
        out->name = arena_strndup(arena, name.at, name.length);
        out->value = decoded(arena, value);
        return out->value != NULL;
}

bool pairs_read(struct arena *arena, const char *text, size_t max, struct pairs *out)
{
        struct words member;
        struct pairs pairs = {0, arena_alloc(arena, (max + 1) * sizeof *pairs.all)};
        while (words_next(&text, ',', &member))
                if (pairs.count == max || !read_pair(arena, member, &pairs.all[pairs.count++]))
                        return false;
        *out = pairs;
        return true;
}
