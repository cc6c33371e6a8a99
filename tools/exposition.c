/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/exposition.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 64 };

static bool is_word(char byte)
{
        return isalnum((unsigned char)byte) || byte == '_' || byte == ':';
}

/* The brace that ends the labels which begin at `at`; NULL: there is none before `end`. */
static const char *end_of_labels(const char *at, const char *end)
{
        bool is_quoted = false;
        for (; at < end && (is_quoted || *at != '}'); at++) {
                if (*at == '"')
                        is_quoted = !is_quoted;
                else if (is_quoted && *at == '\\' && at + 1 < end)
                        at++;
        }
        return at < end ? at : NULL;
}

/* The number that stands there, with blanks around; behind it there may be a time. */
static bool read_value(const char *at, const char *end, double *out)
{
        char number[NUMBER_MAX];
        char *stop;
        while (at < end && (*at == ' ' || *at == '\t'))
                at++;
        size_t length = 0;
        while (at + length < end && at[length] != ' ' && at[length] != '\t' && at[length] != '\r')
                length++;
        if (length == 0 || length >= NUMBER_MAX)
                return false;
        memcpy(number, at, length);
        number[length] = '\0';
        *out = strtod(number, &stop);
        return *stop == '\0';
}

static bool read_line(const char *at, const char *end, struct sample *out)
{
        const char *name = at;
        while (at < end && is_word(*at))
                at++;
        out->name = (struct words){name, (size_t)(at - name)};
        out->labels = (struct words){at, 0};
        if (out->name.length == 0)
                return false;
        if (at < end && *at == '{') {
                const char *close = end_of_labels(at + 1, end);
                if (close == NULL)
                        return false;
                out->labels = (struct words){at + 1, (size_t)(close - at - 1)};
                at = close + 1;
        }
        return read_value(at, end, &out->value);
}

bool exposition_next(const char **rest, struct sample *out)
{
        while (**rest != '\0') {
                const char *line = *rest;
                const char *end = line + strcspn(line, "\n");
                *rest = *end == '\n' ? end + 1 : end;
                if (*line != '#' && read_line(line, end, out))
                        return true;
        }
        return false;
}

bool sample_label(const struct sample *sample, const char *name, struct words *out)
{
        struct words rest = sample->labels, pair, key, value;
        while (words_next_in(&rest, ',', &pair))
                if (words_split(pair, &key, &value) && strlen(name) == key.length &&
                        memcmp(key.at, name, key.length) == 0) {
                        *out = value;
                        return true;
                }
        return false;
}
