/* SPDX-License-Identifier: Apache-2.0 */
/* Phone numbers: North American ones by their numbering plan, others by '+', "00" or a trunk zero, and any run of seven
 * to fifteen digits beside a word like "call". Amounts, dates and ranges of years are left alone. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/numbers.h"

#include <string.h>

enum { LOCAL_MIN = 7, TRUNK_MIN = 9, TRUNK_MAX = 12, NANP_LENGTH = 10, PHONE_MAX = 15, EXTENSION_MAX = 6 };

/* Area and exchange begin with 2-9. */
static bool is_nanp(const char *digits)
{
        return digits[0] >= '2' && digits[3] >= '2';
}

/* A North American number that begins with `group`; returns the group behind it or 0. */
static size_t match_area(const struct digits *run, size_t group)
{
        static const char *const shapes[] = {"334", "37", "64", "1111111111"};
        const char *digits = run->value + run->first[group];
        size_t length = digits_between(run, group, group + 1);
        if (length == NANP_LENGTH + 1 && digits[0] == '1')
                return is_nanp(digits + 1) ? group + 1 : 0;
        if (length == NANP_LENGTH)
                return is_nanp(digits) ? group + 1 : 0;
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
                if (digits_shape(run, group, shapes[i]) && is_nanp(digits))
                        return group + strlen(shapes[i]);
        if (length == 4 && digits[0] == '1' && digits_shape(run, group, "434") && is_nanp(digits + 1))
                return group + 3;
        return 0;
}

/* The same, with the country code or without. */
static size_t match_nanp(const struct digits *run, size_t group)
{
        bool has_code = digits_shape(run, group, "1") && run->value[run->first[group]] == '1';
        return match_area(run, has_code && group + 1 < run->n_groups ? group + 1 : group);
}

/* "+41 (0)96 471 07 95": the groups a number abroad has, 0 when the length is wrong. */
static size_t match_international(const struct folding *view, const struct digits *run, size_t group, bool is_plus)
{
        size_t start = digits_span(view, run, group, group + 1).start;
        while (start > 0 && view->bytes[start - 1] == ' ')
                start--;
        bool has_plus = view->bytes[start] == '+' || (start > 0 && view->bytes[start - 1] == '+');
        const char *digits = run->value + run->first[group];
        bool has_prefix = run->first[group] + 2U < run->count && digits[0] == '0' && digits[1] == '0';
        if (is_plus ? !has_plus : has_plus || !has_prefix)
                return 0;
        size_t end = digits_reach(run, group, PHONE_MAX + (has_prefix ? 2 : 0));
        size_t least = has_plus ? LOCAL_MIN : NANP_LENGTH;
        if (!has_plus && digits_is_series(run, group, end))
                return 0;
        return end > group && digits_between(run, group, end) >= least && digits[has_plus ? 0 : 2] != '0' ? end : 0;
}

static bool is_decimal(const struct folding *view, const struct digits *run, size_t group)
{
        return group + 2 == run->n_groups && view->bytes[run->at[run->first[group + 1] - 1].end] == '.' &&
               run->separator[group + 1] == '.';
}

/* "0431 19 97 94", "07123456789" */
static size_t match_trunk(const struct folding *view, const struct digits *run, size_t group)
{
        if (run->value[run->first[group]] != '0' || is_decimal(view, run, group))
                return 0;
        size_t end = digits_reach(run, group, TRUNK_MAX);
        if (end == group)
                return 0;
        size_t length = digits_between(run, group, end);
        return length >= TRUNK_MIN && (end > group + 1 || length > TRUNK_MIN) ? end : 0;
}

/* "1000000" beside "call" is still an amount. */
static bool is_round(const struct digits *run, size_t group, size_t end)
{
        return end == group + 1 && memcmp(run->value + run->first[end] - 4, "0000", 4) == 0;
}

/* "call 555 0142", "555 0142 office", but no "580/590 call". */
static bool is_called(const struct number *number, size_t group, size_t end)
{
        cue_set before = group < CUES_BEFORE ? number->cues.before[CUES_BEFORE - group] : 0;
        cue_set both = number_says(number, group, end, CUES_BEFORE), after = both & ~before;
        return (before & SAYS(PHONE)) != 0 || ((after & SAYS(PHONE)) != 0 && (after & SAYS(VERB)) == 0);
}

/* Slashes join prices; a phone number has one at most, behind the zero of its area: "030/901820". */
static bool is_slashed(const struct digits *run, size_t group, size_t end)
{
        for (size_t i = group + 1; i < end; i++)
                if (run->separator[i] == '/' && (i > group + 1 || run->value[run->first[group]] != '0'))
                        return true;
        return false;
}

static size_t match_named(const struct number *number, size_t group)
{
        const struct digits *run = number->run;
        if ((number->all & SAYS(PHONE)) == 0)
                return 0;
        size_t end = digits_reach(run, group, PHONE_MAX);
        if (end == group || digits_between(run, group, end) < LOCAL_MIN || is_round(run, group, end))
                return 0;
        return !is_slashed(run, group, end) && is_called(number, group, end) ? end : 0;
}

/* " x12", " ext. 12" behind a number belongs to it. */
static size_t skip_extension(const struct folding *view, size_t end)
{
        static const char *const marks[] = {" ext. ", " ext ", " ext.", " ext: ", " extn ", " x", "x", " extension ",
                "ext", ", ext ", ", ext. ", ", x", " #"};
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
                size_t at = end + strlen(marks[i]);
                if (at >= view->length || memcmp(view->bytes + end, marks[i], at - end) != 0)
                        continue;
                size_t first = at;
                while (folded_is_digit(view->bytes[at]) && at < first + EXTENSION_MAX)
                        at++;
                if (at > first && !folded_is_alnum(view->bytes[at]))
                        return at;
        }
        return end;
}

static bool claim(const struct number *number, size_t group, size_t end, unsigned score, struct match *out)
{
        struct span span = digits_span(number->view, number->run, group, end);
        size_t whole = skip_extension(number->view, span.end);
        *out = (struct match){
                whole > span.end ? IDENTIFIER_PHONE_NUMBER_EXT : IDENTIFIER_PHONE_NUMBER, {span.start, whole}, score};
        return true;
}

bool phone_abroad(const struct number *number, size_t group, struct match *out)
{
        if (number->is_listed[group])
                return false;
        size_t end = match_international(number->view, number->run, group, true);
        return end > 0 && claim(number, group, end, SCORE_SURE, out);
}

bool phone_match(const struct number *number, size_t group, struct match *out)
{
        const struct digits *run = number->run;
        if (number->is_listed[group])
                return false;
        size_t end = match_named(number, group);
        if (end == 0)
                end = match_international(number->view, run, group, false);
        if (end == 0)
                end = match_nanp(run, group);
        if (end == 0)
                end = match_trunk(number->view, run, group);
        if (end == 0)
                return false;
        struct span span = digits_span(number->view, run, group, end);
        if (context_is_amount(number->view, span) || digits_is_series(run, group, end))
                return false;
        bool is_free = digits_stand_alone(number->view, span) || is_called(number, group, end);
        return is_free && claim(number, group, end, SCORE_LIKELY, out);
}
