/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/digits.h"

#include "svc-anonymize/identifiers/context.h"

#include <string.h>

enum { SEPARATOR_MAX = 3 };

static const char *const words[] = {
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"};

/* Reads a spelled digit at a word's start; returns its length or 0. */
static size_t read_word(const struct folding *view, size_t at, char *digit)
{
        if (memchr("zotfsen", view->bytes[at], 7) == NULL || (at > 0 && folded_is_alnum(view->bytes[at - 1])))
                return 0;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                size_t length = strlen(words[i]);
                if (view->length - at >= length && memcmp(view->bytes + at, words[i], length) == 0 &&
                        !folded_is_alnum(view->bytes[at + length]))
                        return *digit = (char)('0' + i % 10), length;
        }
        return 0;
}

static size_t read_digit(const struct folding *view, size_t at, char *digit)
{
        if (!folded_is_digit(view->bytes[at]))
                return read_word(view, at, digit);
        return *digit = (char)view->bytes[at], 1;
}

static bool is_separator(unsigned char byte, bool is_spelled)
{
        return byte != '\0' && (strchr(" -./()_*~\\|", byte) != NULL || (is_spelled && byte == ','));
}

/* The next digit at or, behind a few separators, after `at`; returns false when the run ends. */
static bool read_next(const struct folding *view, size_t at, bool is_spelled, struct span *where, char *digit)
{
        size_t start = at;
        while (start < at + SEPARATOR_MAX && is_separator(view->bytes[start], is_spelled))
                start++;
        size_t length = read_digit(view, start, digit);
        *where = (struct span){start, start + length};
        return length > 0;
}

static unsigned char separator_between(const struct folding *view, size_t from, size_t to)
{
        for (size_t at = from; at < to; at++)
                if (view->bytes[at] != ' ')
                        return view->bytes[at];
        return from < to ? ' ' : 0;
}

static void push(struct digits *run, const struct folding *view, struct span where, char digit)
{
        size_t end = run->count > 0 ? run->at[run->count - 1].end : where.start;
        if (run->count == 0 || end < where.start) {
                run->separator[run->n_groups] = separator_between(view, end, where.start);
                run->first[run->n_groups++] = (unsigned char)run->count;
        }
        run->value[run->count] = digit;
        run->at[run->count++] = where;
}

/* A run that goes on beyond what was read loses its last group, and is taken up again some digits before. */
static void cut(struct digits *run)
{
        run->next = run->at[DIGITS_MAX - DIGITS_OVERLAP].start;
        run->count = run->first[--run->n_groups];
}

static bool find_first(const struct folding *view, size_t *at, struct span *where, char *digit)
{
        for (; *at < view->length; ++*at) {
                size_t length = read_digit(view, *at, digit);
                *where = (struct span){*at, *at + length};
                if (length > 0)
                        return true;
        }
        return false;
}

bool digits_next(const struct folding *view, size_t from, struct digits *out)
{
        while (from > 0 && from < view->length && folded_is_digit(view->bytes[from]) &&
                folded_is_digit(view->bytes[from - 1]))
                from++;
        struct span where;
        char digit;
        if (!find_first(view, &from, &where, &digit))
                return false;
        out->count = out->n_groups = 0;
        bool goes_on;
        do {
                push(out, view, where, digit);
                bool is_spelled = where.end - where.start > 1;
                goes_on = read_next(view, where.end, is_spelled, &where, &digit);
        } while (goes_on && out->count < DIGITS_MAX);
        out->next = out->at[out->count - 1].end;
        if (goes_on)
                cut(out);
        out->first[out->n_groups] = (unsigned char)out->count;
        return true;
}

size_t digits_between(const struct digits *run, size_t group, size_t end)
{
        return (size_t)(run->first[end] - run->first[group]);
}

struct span digits_span(const struct folding *view, const struct digits *run, size_t group, size_t end)
{
        struct span span = {run->at[run->first[group]].start, run->at[run->first[end] - 1].end};
        while (span.start > 0 && (view->bytes[span.start - 1] == '+' || view->bytes[span.start - 1] == '('))
                span.start--;
        return span;
}

bool digits_shape(const struct digits *run, size_t group, const char *lengths)
{
        for (; *lengths != '\0'; lengths++, group++)
                if (group >= run->n_groups || digits_between(run, group, group + 1) != (size_t)(*lengths - '0'))
                        return false;
        return true;
}

size_t digits_reach(const struct digits *run, size_t group, size_t most)
{
        size_t end = group;
        while (end < run->n_groups && digits_between(run, group, end + 1) <= most)
                end++;
        return end;
}

bool digits_touch_words(const struct digits *run, size_t group, size_t end)
{
        return group < CONTEXT_WORDS_BEFORE || end + CONTEXT_WORDS_AFTER > run->n_groups;
}

static unsigned number_of(const struct digits *run, size_t group)
{
        unsigned number = 0;
        for (size_t i = run->first[group]; i < run->first[group + 1]; i++)
                number = number * 10 + (unsigned)(run->value[i] - '0');
        return number;
}

static bool is_year(const struct digits *run, size_t group)
{
        return digits_between(run, group, group + 1) == 4 && number_of(run, group) >= 1900 &&
               number_of(run, group) < 2100;
}

static bool is_day(const struct digits *run, size_t group)
{
        return digits_between(run, group, group + 1) <= 2 && number_of(run, group) >= 1 && number_of(run, group) <= 31;
}

bool digits_is_date(const struct digits *run, size_t group)
{
        if (group + 2 <= run->n_groups && is_year(run, group) && is_year(run, group + 1))
                return true;
        if (group + 3 > run->n_groups || run->separator[group + 1] != run->separator[group + 2])
                return false;
        bool is_last = group + 3 == run->n_groups || run->separator[group + 3] != run->separator[group + 1];
        if (!is_last || !is_day(run, group + 1))
                return false;
        return (is_year(run, group) && is_day(run, group + 2)) ||
               (is_day(run, group) && (is_year(run, group + 2) || digits_shape(run, group + 2, "2")));
}

/* Blanks between groups that end in 0. */
static bool is_round_series(const struct digits *run, size_t group, size_t end)
{
        for (size_t i = group; i < end; i++)
                if (run->value[run->first[i + 1] - 1] != '0' || (i > group && run->separator[i] != ' '))
                        return false;
        return true;
}

/* Dots and blanks in turn, two digits behind each dot. */
static bool is_decimal_series(const struct digits *run, size_t group, size_t end)
{
        for (size_t i = group + 1; i < end; i++) {
                bool is_dot = run->separator[i] == '.';
                if ((!is_dot && run->separator[i] != ' ') ||
                        (i > group + 1 && run->separator[i] == run->separator[i - 1]))
                        return false;
                if (is_dot && digits_between(run, i, i + 1) != 2)
                        return false;
        }
        return true;
}

bool digits_is_series(const struct digits *run, size_t group, size_t end)
{
        return end > group + 2 && (is_round_series(run, group, end) || is_decimal_series(run, group, end));
}

bool digits_stand_alone(const struct folding *view, struct span span)
{
        return (span.start == 0 || !folded_is_alnum(view->bytes[span.start - 1])) &&
               !folded_is_alnum(view->bytes[span.end]);
}
