/* SPDX-License-Identifier: Apache-2.0 */
#include "common/words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { WEIGHT_ONE = 1000 };

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t';
}

static struct words trimmed(const char *at, const char *end)
{
        while (at < end && is_blank(*at))
                at++;
        while (end > at && is_blank(end[-1]))
                end--;
        return (struct words){at, (size_t)(end - at)};
}

/* Where the separator stands, or the end. */
static const char *find(const char *at, const char *end, char separator)
{
        bool is_quoted = false;
        for (; at < end && (is_quoted || *at != separator); at++) {
                if (*at == '"')
                        is_quoted = !is_quoted;
                else if (is_quoted && *at == '\\' && at + 1 < end)
                        at++;
        }
        return at;
}

bool words_next_in(struct words *rest, char separator, struct words *out)
{
        while (rest->length > 0) {
                const char *end = rest->at + rest->length;
                const char *stop = find(rest->at, end, separator);
                struct words piece = trimmed(rest->at, stop);
                rest->at = stop < end ? stop + 1 : end;
                rest->length = (size_t)(end - rest->at);
                if (piece.length == 0)
                        continue;
                *out = piece;
                return true;
        }
        return false;
}

bool words_next(const char **rest, char separator, struct words *out)
{
        struct words all = {*rest, strlen(*rest)};
        bool is_there = words_next_in(&all, separator, out);
        *rest = all.at;
        return is_there;
}

bool words_are(struct words words, const char *text)
{
        return strlen(text) == words.length && strncasecmp(words.at, text, words.length) == 0;
}

bool words_split(struct words words, struct words *name, struct words *value)
{
        const char *end = words.at + words.length;
        const char *sign = memchr(words.at, '=', words.length);
        if (sign == NULL)
                return false;
        *name = trimmed(words.at, sign);
        *value = trimmed(sign + 1, end);
        if (value->length >= 2 && value->at[0] == '"' && value->at[value->length - 1] == '"') {
                value->at++;
                value->length -= 2;
        }
        return true;
}

int words_weight(struct words words)
{
        if (words.length == 0 || words.length > 5 || (words.at[0] != '0' && words.at[0] != '1'))
                return -1;
        int weight = (words.at[0] - '0') * WEIGHT_ONE;
        if (words.length > 1 && words.at[1] != '.')
                return -1;
        for (size_t i = 2, unit = WEIGHT_ONE / 10; i < words.length; i++, unit /= 10) {
                if (!isdigit((unsigned char)words.at[i]))
                        return -1;
                weight += (words.at[i] - '0') * (int)unit;
        }
        return weight <= WEIGHT_ONE ? weight : -1;
}
