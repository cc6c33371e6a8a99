/* SPDX-License-Identifier: Apache-2.0 */
/* US social security and individual taxpayer numbers: written 3-2-4 they must be ones that can be issued; beside a word
 * like "SSN" any nine digits are taken. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/digits.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <stdlib.h>
#include <string.h>

enum { SSN_LENGTH = 9 };

static const char words[] = " ssn ssns social security itin itins tin taxpayer ";

static int number_at(const char *digits, size_t length)
{
        char copy[5] = {0};
        memcpy(copy, digits, length);
        return (int)strtol(copy, NULL, 10);
}

/* The groups the tax office gives out for numbers that begin with 9. */
static bool is_itin_group(int group)
{
        return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) ||
               (group >= 94 && group <= 99);
}

static bool can_be_issued(const char *digits)
{
        int area = number_at(digits, 3), group = number_at(digits + 3, 2), serial = number_at(digits + 5, 4);
        if (area >= 900)
                return is_itin_group(group);
        return area != 0 && area != 666 && group != 0 && serial != 0;
}

/* Returns the group behind a number that begins with `group`, or 0. */
static size_t match(const struct folding *view, const struct digits *run, size_t group)
{
        size_t end = digits_reach(run, group, SSN_LENGTH);
        if (end == group || digits_between(run, group, end) != SSN_LENGTH)
                return 0;
        struct span span = digits_span(view, run, group, end);
        if (view->bytes[span.start] == '+')
                return 0;
        if (digits_touch_words(run, group, end) && context_near(view, span, words))
                return end;
        bool is_written_so = digits_shape(run, group, "324") && can_be_issued(run->value + run->first[group]);
        return is_written_so && digits_stand_alone(view, span) && !context_is_amount(view, span) ? end : 0;
}

static bool find_ssn(const struct folding *view, size_t from, struct match *out)
{
        struct digits run;
        for (; digits_next(view, from, &run); from = run.next)
                for (size_t group = 0; run.count >= SSN_LENGTH && group < run.n_groups; group++) {
                        size_t end = match(view, &run, group);
                        if (end > 0) {
                                *out = (struct match){
                                        IDENTIFIER_US_SSN, digits_span(view, &run, group, end), SCORE_LIKELY};
                                return true;
                        }
                }
        return false;
}

const struct detector detector_ssn = {.name = "ssn", .find = find_ssn};
