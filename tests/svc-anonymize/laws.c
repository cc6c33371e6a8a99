/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/svc-anonymize/laws.h"

#include "common/text.h"
#include "svc-anonymize/cleaner.h"

#include <stdlib.h>
#include <string.h>

static const char *skip(const char *text, size_t points)
{
        while (points-- > 0)
                text_next(&text);
        return text;
}

/* The end of "[kind number]" at `at`; NULL when it is none. */
static const char *placeholder_end(const char *at, const char *kind)
{
        size_t length = strlen(kind);
        if (*at != '[' || strncmp(at + 1, kind, length) != 0 || at[1 + length] != ' ')
                return NULL;
        char *end;
        unsigned long number = strtoul(at + 2 + length, &end, 10);
        return number > 0 && *end == ']' ? end + 1 : NULL;
}

/* Walks along the text and its result. */
static const char *compare(const char *text, const struct cleaned_text *cleaned)
{
        const char *result = cleaned->text;
        size_t read = 0, points = text_length(text);
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                const struct cleaner_removal *removal = &cleaned->removals[i];
                if (removal->length == 0 || removal->start < read || removal->start + removal->length > points)
                        return "removals are in order and within the text";
                const char *next = skip(text, removal->start - read);
                if (strncmp(text, result, (size_t)(next - text)) != 0)
                        return "what is not removed stays as it was";
                result = placeholder_end(result + (next - text), removal->kind);
                if (result == NULL)
                        return "a placeholder stands for each removal";
                text = skip(next, removal->length);
                read = removal->start + removal->length;
        }
        return strcmp(text, result) == 0 ? NULL : "what is not removed stays as it was";
}

static bool is_withheld(const struct cleaned_text *cleaned)
{
        return cleaned->n_removals == 1 && strcmp(cleaned->removals[0].type, "TEXT") == 0;
}

const char *laws_broken(struct arena *arena, const char *text)
{
        struct cleaned_text once, twice;
        cleaner_clean(arena, text, &once);
        if (!text_is_clean(once.text, strlen(once.text)))
                return "the result is well-formed";
        const char *broken = is_withheld(&once) ? NULL : compare(text, &once);
        if (broken != NULL)
                return broken;
        cleaner_clean(arena, once.text, &twice);
        if (strcmp(once.text, twice.text) != 0 || (twice.n_removals > 0 && !is_withheld(&once)))
                return "cleaning what is clean changes nothing";
        return NULL;
}
