/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/digits.h"

#include "svc-anonymize/identifiers/context.h"

#include <string.h>

enum { SEPARATOR_MAX = 3, TOKEN_MAX = 12, TIMES_MAX = 3 };

static const struct word {
        const char *text;
        size_t length;
        char digit;
} words[] = {
#define SPELLED(text, digit)                                                                                           \
        {                                                                                                              \
                text, sizeof(text) - 1, digit                                                                          \
        }
        SPELLED("zero", '0'),
        SPELLED("one", '1'),
        SPELLED("two", '2'),
        SPELLED("three", '3'),
        SPELLED("four", '4'),
        SPELLED("five", '5'),
        SPELLED("six", '6'),
        SPELLED("seven", '7'),
        SPELLED("eight", '8'),
        SPELLED("nine", '9'),
        SPELLED("oh", '0'),
        SPELLED("nought", '0'),
        SPELLED("naught", '0'),
        SPELLED("niner", '9'),
};

enum role { DIGIT = 1, LOOK_ALIKE = 2, WORD = 4, REPEAT = 8, SEPARATOR = 16, SPELLED_SEPARATOR = 32 };

/* What a byte may be in a run: a digit, one in disguise, the first letter of one or of "double"; what stands between
 * digits, or between digits that are spelled. */
static const unsigned char roles[256] = {
        ['0' ... '9'] = DIGIT,
        ['l'] = LOOK_ALIKE,
        ['i'] = LOOK_ALIKE,
        ['o'] = LOOK_ALIKE | WORD,
        ['z'] = WORD,
        ['t'] = WORD | REPEAT,
        ['f'] = WORD,
        ['s'] = WORD,
        ['e'] = WORD,
        ['n'] = WORD,
        ['d'] = REPEAT,
        [' '] = SEPARATOR,
        ['-'] = SEPARATOR,
        ['.'] = SEPARATOR,
        ['/'] = SEPARATOR,
        ['('] = SEPARATOR,
        [')'] = SEPARATOR,
        ['_'] = SEPARATOR,
        ['*'] = SEPARATOR,
        ['~'] = SEPARATOR,
        ['\\'] = SEPARATOR,
        ['|'] = SEPARATOR,
        [','] = SPELLED_SEPARATOR,
};

static bool has_role(unsigned char byte, unsigned any)
{
        return (roles[byte] & any) != 0;
}

/* One place of a run: a digit, or a few of the same. */
struct digit {
        struct span where;
        char value;
        size_t times;
};

static bool begins_word(const struct folding *view, size_t at)
{
        return at == 0 || !folded_is_alnum(view->bytes[at - 1]);
}

static bool spells(const struct folding *view, size_t at, const char *word, size_t length)
{
        return view->bytes[at] == (unsigned char)*word && view->length - at >= length &&
               memcmp(view->bytes + at, word, length) == 0 && !folded_is_alnum(view->bytes[at + length]);
}

/* Reads a spelled digit that begins a word; returns its length or 0. */
static size_t read_word(const struct folding *view, size_t at, char *digit)
{
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (spells(view, at, words[i].text, words[i].length))
                        return *digit = words[i].digit, words[i].length;
        return 0;
}

/* "6l7", "Ol82": l, i and o in a word of digits that are at least as many. */
static bool is_disguised(const struct folding *view, size_t at)
{
        size_t start = at, end = at, digits = 0;
        unsigned char next = view->bytes[at + 1], before = at > 0 ? view->bytes[at - 1] : '\0';
        if (!has_role(next, DIGIT | LOOK_ALIKE) && !has_role(before, DIGIT | LOOK_ALIKE))
                return false;
        while (start > 0 && at - start < TOKEN_MAX && folded_is_alnum(view->bytes[start - 1]))
                start--;
        while (end < at + TOKEN_MAX && folded_is_alnum(view->bytes[end]))
                end++;
        for (size_t i = start; i < end; i++) {
                if (!has_role(view->bytes[i], DIGIT | LOOK_ALIKE))
                        return false;
                digits += folded_is_digit(view->bytes[i]);
        }
        return end - start > 2 && 2 * digits >= end - start;
}

static size_t read_single(const struct folding *view, size_t at, char *digit)
{
        unsigned char byte = view->bytes[at];
        if (has_role(byte, DIGIT))
                return *digit = (char)byte, 1;
        if (has_role(byte, LOOK_ALIKE) && is_disguised(view, at))
                return *digit = byte == 'o' ? '0' : '1', 1;
        return has_role(byte, WORD) && begins_word(view, at) ? read_word(view, at, digit) : 0;
}

/* How many digits "double " or "triple " at `at` makes of the one behind it; else 0. */
static size_t read_repeat(const struct folding *view, size_t at)
{
        enum { LENGTH = sizeof "double" - 1 };
        if (!has_role(view->bytes[at], REPEAT) || !begins_word(view, at) || view->length - at <= LENGTH ||
                view->bytes[at + LENGTH] != ' ')
                return 0;
        return spells(view, at, "double", LENGTH) ? 2 : spells(view, at, "triple", LENGTH) ? 3 : 0;
}

/* Reads a digit, "double 5" or "triple five" at `at`. */
static bool read_digit(const struct folding *view, size_t at, struct digit *out)
{
        size_t length = read_single(view, at, &out->value), times = length > 0 ? 1 : read_repeat(view, at);
        size_t skipped = times > 1 ? sizeof "double" : 0;
        if (times > 1)
                length = read_single(view, at + skipped, &out->value);
        out->times = times;
        out->where = (struct span){at, at + skipped + length};
        return length > 0;
}

/* The next digit at or, behind a few separators, after `at`; returns false when the run ends. */
static bool read_next(const struct folding *view, size_t at, bool is_spelled, struct digit *out)
{
        unsigned separators = SEPARATOR | (is_spelled ? SPELLED_SEPARATOR : 0);
        size_t start = at;
        while (start < at + SEPARATOR_MAX && has_role(view->bytes[start], separators))
                start++;
        return read_digit(view, start, out);
}

static unsigned char separator_between(const struct folding *view, size_t from, size_t to)
{
        for (size_t at = from; at < to; at++)
                if (view->bytes[at] != ' ')
                        return view->bytes[at];
        return from < to ? ' ' : 0;
}

static void push(struct digits *run, const struct folding *view, const struct digit *digit)
{
        size_t end = run->count > 0 ? run->at[run->count - 1].end : digit->where.start;
        if (run->count == 0 || end < digit->where.start) {
                run->separator[run->n_groups] = separator_between(view, end, digit->where.start);
                run->first[run->n_groups++] = (unsigned char)run->count;
        }
        for (size_t i = 0; i < digit->times; i++) {
                run->value[run->count] = digit->value;
                run->group[run->count] = (unsigned char)(run->n_groups - 1);
                run->at[run->count++] = digit->where;
        }
}

/* A run that goes on beyond what was read loses its last group, and is taken up again some digits before. */
static void cut(struct digits *run)
{
        run->next = run->at[run->count - DIGITS_OVERLAP].start;
        run->count = run->first[--run->n_groups];
}

static bool find_first(const struct folding *view, size_t at, struct digit *out)
{
        for (; at < view->length; at++) {
                unsigned char byte = view->bytes[at];
                bool may_begin =
                        has_role(byte, DIGIT | LOOK_ALIKE) || (has_role(byte, WORD | REPEAT) && begins_word(view, at));
                if (may_begin && read_digit(view, at, out))
                        return true;
        }
        return false;
}

static void list_lengths(struct digits *run)
{
        for (size_t group = 0; group < run->n_groups; group++)
                run->lengths[group] = (char)('0' + digits_between(run, group, group + 1));
        run->lengths[run->n_groups] = '\0';
}

bool digits_next(const struct folding *view, size_t from, struct digits *out)
{
        while (from > 0 && from < view->length && folded_is_digit(view->bytes[from]) &&
                folded_is_digit(view->bytes[from - 1]))
                from++;
        struct digit digit;
        if (!find_first(view, from, &digit))
                return false;
        out->count = out->n_groups = 0;
        bool goes_on;
        do {
                push(out, view, &digit);
                bool is_spelled = digit.where.end - digit.where.start > 1;
                goes_on = read_next(view, digit.where.end, is_spelled, &digit);
        } while (goes_on && out->count + TIMES_MAX <= DIGITS_MAX);
        out->next = out->at[out->count - 1].end;
        if (goes_on)
                cut(out);
        out->first[out->n_groups] = (unsigned char)out->count;
        list_lengths(out);
        return true;
}

struct span digits_span(const struct folding *view, const struct digits *run, size_t group, size_t end)
{
        struct span span = {run->at[run->first[group]].start, run->at[run->first[end] - 1].end};
        while (span.start > 0 && (view->bytes[span.start - 1] == '+' || view->bytes[span.start - 1] == '('))
                span.start--;
        return span;
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
