/* SPDX-License-Identifier: Apache-2.0 */
/* Payment card numbers (ISO/IEC 7812): 13 to 19 digits that pass the Luhn check and begin as a scheme's do. With a word
 * like "card" beside it a number needs neither: people mistype, and a leak costs more than a lost number. */
#include "svc-anonymize/identifiers/numbers.h"

enum { CARD_MIN = 12, CARD_MAX = 19, PREFIX_LENGTH = 4 };

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
        if (digits[0] < '2' || digits[0] > '6')
                return NULL;
        int prefix = prefix_of(digits);
        for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
                if (prefix >= schemes[i].first && prefix <= schemes[i].last)
                        return &schemes[i];
        return NULL;
}

static bool claim(const struct number *number, size_t group, size_t end, unsigned score, struct match *out)
{
        *out = (struct match){IDENTIFIER_CREDIT_CARD, digits_span(number->view, number->run, group, end), score};
        return true;
}

/* "4400/4425/4600/4625": prices in a row, unless they are called a card. */
static bool is_listed(const struct number *number, size_t group, size_t end)
{
        for (size_t i = group + 1; i < end; i++)
                if (number->run->separator[i] != '/')
                        return false;
        return end > group + 1 && (number->all & SAYS(CARD)) == 0;
}

/* Sums of digits as Luhn has them, for numbers of even and of odd length: which are doubled counts from the end. */
struct sums {
        unsigned of[2];
};

static void add_digit(struct sums *sums, size_t place, char digit)
{
        unsigned value = (unsigned)(digit - '0');
        sums->of[place % 2] += value > 4 ? 2 * value - 9 : 2 * value;
        sums->of[1 - place % 2] += value;
}

/* The longest valid number that begins with `group`. */
bool card_issued(const struct number *number, size_t group, struct match *out)
{
        const struct digits *run = number->run;
        const char *digits = run->value + run->first[group];
        if (run->first[group] + (size_t)CARD_MIN > run->count)
                return false;
        const struct scheme *scheme = scheme_of(digits);
        if (scheme == NULL)
                return false;
        struct sums sums = {{0, 0}};
        size_t longest = group;
        for (size_t end = group, read = 0, most = digits_reach(run, group, scheme->longest); end < most;) {
                for (size_t length = digits_between(run, group, ++end); read < length; read++)
                        add_digit(&sums, read, digits[read]);
                if (read >= scheme->shortest && sums.of[read % 2] % 10 == 0 &&
                        (scheme->is_sure || is_even(run, group, end)) && !is_listed(number, group, end))
                        longest = end;
        }
        return longest > group && claim(number, group, longest, SCORE_SURE, out);
}

/* What stands beside a word like "card" and is long enough. */
bool card_named(const struct number *number, size_t group, struct match *out)
{
        const struct digits *run = number->run;
        if ((number->all & SAYS(CARD)) == 0)
                return false;
        size_t end = digits_reach(run, group, CARD_MAX);
        if (end == group || digits_between(run, group, end) < CARD_MIN)
                return false;
        if (digits_is_date(run, group) || digits_is_series(run, group, end))
                return false;
        if ((number_says(number, group, end, CUES_BEFORE) & SAYS(CARD)) == 0)
                return false;
        claim(number, group, end, SCORE_LIKELY, out);
        return number->view->bytes[out->span.start] != '+';
}
