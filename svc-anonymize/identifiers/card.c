/* SPDX-License-Identifier: Apache-2.0 */
/* Payment card numbers (ISO/IEC 7812): 13 to 19 digits that pass the Luhn check and begin as a scheme's do. With a word
 * like "card" beside it a number needs neither: people mistype, and a leak costs more than a lost number. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/digits.h"
#include "svc-anonymize/identifiers/identifier.h"

enum { CARD_MIN = 12, CARD_MAX = 19, PREFIX_LENGTH = 4 };

static const char words[] =
        " card cards visa mastercard maestro amex discover diners jcb unionpay cc credit debit pan ";

/* Schemes by the first four digits, both ends included, and the lengths they issue. */
static const struct scheme {
        int first, last;
        size_t shortest, longest;
        bool is_sure; /* common enough to be believed in any grouping */
} schemes[] = {
        {4000, 4999, 13, 19, true},
        {5100, 5599, 16, 16, true},
        {2221, 2720, 16, 16, true},
        {3400, 3499, 15, 15, true},
        {3700, 3799, 15, 15, true},
        {6011, 6011, 16, 19, true},
        {6440, 6599, 16, 19, true},
        {3528, 3589, 16, 19, true},
        {3000, 3059, 14, 19, false},
        {3600, 3699, 14, 19, false},
        {3800, 3999, 14, 19, false},
        {6200, 6299, 16, 19, false},
        {5000, 5099, 13, 19, false},
        {5600, 6999, 13, 19, false},
};

static bool passes_luhn(const char *digits, size_t length)
{
        int sum = 0;
        for (size_t i = 0; i < length; i++) {
                int digit = digits[length - 1 - i] - '0';
                sum += i % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
        }
        return sum % 10 == 0;
}

static int prefix_of(const char *digits)
{
        int prefix = 0;
        for (size_t i = 0; i < PREFIX_LENGTH; i++)
                prefix = prefix * 10 + digits[i] - '0';
        return prefix;
}

/* All groups but the last have one length, which is not that of thousands; or the number is one group. */
static bool is_even(const struct digits *run, size_t group, size_t end)
{
        size_t size = digits_between(run, group, group + 1);
        for (size_t i = group; i < end; i++) {
                size_t length = digits_between(run, i, i + 1);
                if (length > size || (length < size && i + 1 < end))
                        return false;
        }
        return end == group + 1 || size != 3;
}

/* The scheme whose numbers begin with these four digits; NULL when none does. */
static const struct scheme *scheme_of(const char *digits)
{
        int prefix = prefix_of(digits);
        for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
                if (prefix >= schemes[i].first && prefix <= schemes[i].last)
                        return &schemes[i];
        return NULL;
}

/* The longest valid number that begins with `group`; returns the group behind it or 0. */
static size_t match_issued(const struct digits *run, size_t group)
{
        const char *digits = run->value + run->first[group];
        if (run->first[group] + (size_t)CARD_MIN > run->count)
                return 0;
        const struct scheme *scheme = scheme_of(digits);
        if (scheme == NULL)
                return 0;
        for (size_t end = digits_reach(run, group, scheme->longest); end > group; end--) {
                size_t length = digits_between(run, group, end);
                if (length < scheme->shortest)
                        return 0;
                if ((scheme->is_sure || is_even(run, group, end)) && passes_luhn(digits, length))
                        return end;
        }
        return 0;
}

/* What stands beside a word like "card" and is long enough. */
static size_t match_named(const struct folding *view, const struct digits *run, size_t group)
{
        size_t end = digits_reach(run, group, CARD_MAX);
        if (end == group || digits_between(run, group, end) < CARD_MIN || !digits_touch_words(run, group, end))
                return 0;
        if (digits_is_date(run, group) || digits_is_series(run, group, end))
                return 0;
        struct span span = digits_span(view, run, group, end);
        return view->bytes[span.start] != '+' && context_near(view, span, words) ? end : 0;
}

static bool find_in_run(const struct folding *view, const struct digits *run, struct match *out)
{
        for (int is_named = 0; is_named < 2; is_named++)
                for (size_t group = 0; group < run->n_groups; group++) {
                        size_t end = is_named ? match_named(view, run, group) : match_issued(run, group);
                        if (end > 0) {
                                *out = (struct match){IDENTIFIER_CREDIT_CARD, digits_span(view, run, group, end),
                                        is_named ? SCORE_LIKELY : SCORE_SURE};
                                return true;
                        }
                }
        return false;
}

static bool find_card(const struct folding *view, size_t from, struct match *out)
{
        struct digits run;
        for (; digits_next(view, from, &run); from = run.next)
                if (run.count >= CARD_MIN && find_in_run(view, &run, out))
                        return true;
        return false;
}

const struct detector detector_card = {.name = "card", .find = find_card};
