/* SPDX-License-Identifier: Apache-2.0 */
/* International bank account numbers (ISO 13616): the country's length and a remainder of 1 modulo 97; beside the word
 * "IBAN" the country's length is enough. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { IBAN_MAX = 34, IBAN_MIN = 15, SEPARATOR_MAX = 2 };

static const char words[] = " iban ibans bank account acct transfer wire ";

/* Country and length, four bytes each. */
static const char lengths[] = "ad24ae23al28at20az28ba20be16bg22bh22bi27br29by28ch21cr22cy28cz24de22dj27dk18do28ee20eg29"
                              "es24fi18fk18fo18fr27gb22ge22gi23gl18gr27gt28hn28hr21hu28ie22il23iq23is26it27jo30kw30kz20"
                              "lb28lc32li21lt20lu20lv21ly25mc27md24me22mk19mn20mr27mt31mu30ni28nl18no15om23pk24pl28ps29"
                              "pt25qa29ro24rs22ru33sa24sc31sd18se24si19sk24sm27so23st25sv28tl23tn24tr26ua29va22vg24xk20"
                              "ye30";

static size_t length_of(const unsigned char *country)
{
        for (const char *row = lengths; *row != '\0'; row += 4)
                if (row[0] == country[0] && row[1] == country[1])
                        return (size_t)((row[2] - '0') * 10 + (row[3] - '0'));
        return 0;
}

/* Remainder of the number in which letters count 10 to 35, with the first four signs moved behind the others. */
static bool passes_check(const char *value, size_t length)
{
        unsigned remainder = 0;
        for (size_t i = 0; i < length; i++) {
                unsigned char sign = (unsigned char)value[(i + 4) % length];
                if (folded_is_digit(sign))
                        remainder = (remainder * 10 + sign - '0') % 97;
                else
                        remainder = (remainder * 100 + sign - 'a' + 10) % 97;
        }
        return remainder == 1;
}

/* Reads `length` letters and digits with few separators between; returns the place behind them or 0. */
static size_t read_value(const struct folding *view, size_t at, size_t length, char *value)
{
        for (size_t count = 0, skipped = 0; at < view->length; at++) {
                unsigned char byte = view->bytes[at];
                if (folded_is_alnum(byte)) {
                        value[count++] = (char)byte;
                        skipped = 0;
                        if (count == length)
                                return at + 1;
                } else if (++skipped > SEPARATOR_MAX || strchr(" -./_", byte) == NULL) {
                        return 0;
                }
        }
        return 0;
}

static bool match(const struct folding *view, size_t at, struct span *out)
{
        const unsigned char *bytes = view->bytes + at;
        size_t length = length_of(bytes);
        char value[IBAN_MAX];
        size_t end = length == 0 ? 0 : read_value(view, at, length, value);
        if (end == 0 || !folded_is_digit((unsigned char)value[2]) || !folded_is_digit((unsigned char)value[3]))
                return false;
        *out = (struct span){at, end};
        bool is_whole = !folded_is_alnum(view->bytes[end]);
        return (is_whole || folded_is_digit(view->bytes[end - 1])) &&
               (passes_check(value, length) || (is_whole && context_near(view, *out, words)));
}

static bool find_iban(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at + IBAN_MIN <= view->length; at++) {
                unsigned char byte = view->bytes[at];
                if (byte < 'a' || byte > 'z' || (at > 0 && folded_is_alnum(view->bytes[at - 1])))
                        continue;
                const unsigned char *third = view->bytes + at + 2;
                bool has_digits = folded_is_digit(third[0]) || folded_is_digit(third[1]) || folded_is_digit(third[2]);
                if (folded_is_letter(view->bytes[at + 1]) && !folded_is_letter(*third) && has_digits &&
                        match(view, at, &out->span)) {
                        out->type = IDENTIFIER_IBAN_CODE;
                        out->score = SCORE_SURE;
                        return true;
                }
        }
        return false;
}

const struct detector detector_iban = {.name = "iban", .find = find_iban};
