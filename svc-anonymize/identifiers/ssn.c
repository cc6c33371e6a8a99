/* SPDX-License-Identifier: Apache-2.0 */
/* US social security and individual taxpayer numbers: written 3-2-4 they must be ones that can be issued; beside a word
 * like "SSN" any nine digits are taken. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/numbers.h"
#include "svc-anonymize/identifiers/weighing.h"

enum { SSN_LENGTH = 9 };

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

bool ssn_match(const struct number *number, size_t group, struct match *out)
{
        const struct digits *run = number->run;
        const char *digits = run->value + run->first[group];
        size_t end = digits_reach(run, group, SSN_LENGTH);
        if (end == group || digits_between(run, group, end) != SSN_LENGTH)
                return false;
        struct span span = digits_span(number->view, run, group, end);
        if (number->view->bytes[span.start] == '+')
                return false;
        bool is_taxpayer = digits[0] == '9' && is_itin_group(number_at(digits + 3, 2));
        *out = (struct match){is_taxpayer ? IDENTIFIER_US_ITIN : IDENTIFIER_US_SSN, span, SCORE_LIKELY};
        bool is_whole =
                (group == 0 || run->separator[group] == ' ') && (end == run->n_groups || run->separator[end] == ' ');
        if (is_whole && (number_says(number, group, end, CUES_BEFORE) & SAYS(SSN)) != 0)
                return true;
        bool is_written_so = digits_shape(run, group, "324") && can_be_issued(digits);
        return is_written_so && digits_stand_alone(number->view, span) && !context_is_amount(number->view, span);
}
