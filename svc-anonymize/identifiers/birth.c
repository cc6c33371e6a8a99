/* SPDX-License-Identifier: Apache-2.0 */
/* Dates of birth: dates beside a word like "born". In figures they are a run of digits, with the month's name they are
 * found from that. */
#include "svc-anonymize/identifiers/numbers.h"

#include <string.h>

enum { DAY_DIGITS = 2, YEAR_DIGITS = 4 };

static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august",
        "september", "october", "november", "december"};

bool birth_match(const struct number *number, size_t group, struct match *out)
{
        if (!digits_is_date(number->run, group) || group + 3 > number->run->n_groups)
                return false;
        if ((number_says(number, group, group + 3, CUES_BEFORE) & SAYS(BIRTH)) == 0)
                return false;
        *out = (struct match){
                IDENTIFIER_DATE_OF_BIRTH, digits_span(number->view, number->run, group, group + 3), SCORE_LIKELY};
        return true;
}

static size_t letters(const struct folding *view, size_t at)
{
        size_t end = at;
        while (view->bytes[end] >= 'a' && view->bytes[end] <= 'z')
                end++;
        return end - at;
}

/* A month's name at `at`, whole or cut after three letters or more; its length or 0. */
static size_t month_length(const struct folding *view, size_t at)
{
        const char *word = (const char *)view->bytes + at;
        for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
                if (word[0] != months[i][0] || word[1] != months[i][1] || word[2] != months[i][2])
                        continue;
                size_t length = letters(view, at);
                if (strncmp(months[i], word, length) == 0)
                        return length;
        }
        return 0;
}

static size_t digit_count(const struct folding *view, size_t at)
{
        size_t end = at;
        while (folded_is_digit(view->bytes[end]))
                end++;
        return end - at;
}

/* "9th", "9" at `at`; its end or `at`. */
static size_t skip_day(const struct folding *view, size_t at)
{
        size_t count = digit_count(view, at), end = at + count;
        if (count == 0 || count > DAY_DIGITS)
                return at;
        size_t suffix = letters(view, end);
        bool is_ordinal = suffix == 2 && strstr("st nd rd th", (const char[]){(char)view->bytes[end],
                                                                       (char)view->bytes[end + 1], '\0'}) != NULL;
        return suffix == 0 ? end : is_ordinal ? end + 2 : at;
}

static size_t skip_signs(const struct folding *view, size_t at)
{
        size_t end = at;
        while (end < at + 2 && (view->bytes[end] == ' ' || view->bytes[end] == ',' || view->bytes[end] == '.' ||
                                       view->bytes[end] == '-'))
                end++;
        return end;
}

/* Where the day before a month begins: "9 ", "9th of ". */
static size_t day_before(const struct folding *view, size_t at)
{
        size_t start = at;
        if (start > 3 && memcmp(view->bytes + start - 4, " of ", 4) == 0)
                start -= 3;
        if (start == 0 || (view->bytes[start - 1] != ' ' && view->bytes[start - 1] != '-'))
                return at;
        size_t end = --start;
        while (start > 0 && end - start < DAY_DIGITS + 2 && folded_is_alnum(view->bytes[start - 1]))
                start--;
        bool is_day = start < end && folded_is_digit(view->bytes[start]) && skip_day(view, start) == end &&
                      (start == 0 || !folded_is_alnum(view->bytes[start - 1]));
        return is_day ? start : at;
}

/* "July 9, 1991" around the month at `at`: a day, a year or both belong to it. */
static struct span date_around(const struct folding *view, size_t at, size_t month)
{
        struct span span = {day_before(view, at), at + month};
        size_t next = skip_signs(view, span.end), day = skip_day(view, next);
        if (span.start == at && day > next)
                span.end = day;
        next = skip_signs(view, span.end);
        size_t count = digit_count(view, next);
        if (next > span.end && (count == YEAR_DIGITS || count == 2) && !folded_is_alnum(view->bytes[next + count]))
                span.end = next + count;
        return span;
}

static const bool first_letters[256] = {
        ['j'] = true, ['f'] = true, ['m'] = true, ['a'] = true, ['s'] = true, ['o'] = true, ['n'] = true, ['d'] = true};

static bool find_birth(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at < view->length; at++) {
                if (!first_letters[view->bytes[at]] || (at > 0 && folded_is_alnum(view->bytes[at - 1])))
                        continue;
                size_t month = month_length(view, at);
                if (month == 0)
                        continue;
                struct span span = date_around(view, at, month);
                struct cues cues;
                if (span.end - span.start == month || span.start < from)
                        continue;
                cues_read(view, span, &cues);
                if ((cues_within(&cues, CUES_BEFORE, CUES_AFTER) & SAYS(BIRTH)) == 0)
                        continue;
                *out = (struct match){IDENTIFIER_DATE_OF_BIRTH, span, SCORE_LIKELY};
                return true;
        }
        return false;
}

const struct detector detector_birth = {.name = "birth", .find = find_birth};
