/* SPDX-License-Identifier: Apache-2.0 */
/* Internet addresses: four octets (dots spelled or not) that are no version number, and RFC 4291 groups. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/identifiers/spelling.h"

#include <string.h>

enum { OCTETS = 4, GROUPS = 8, V6_MAX = 45 };

static const char version_words[] =
        " v version release build section chapter ver firmware line lines rule rules clause item paragraph ";

/* Reads 0-255 without a superfluous zero; returns the bytes or 0. */
static size_t read_octet(const struct folding *view, size_t at)
{
        unsigned value = 0;
        size_t length = 0;
        for (; length < 4 && folded_is_digit(view->bytes[at + length]); length++)
                value = value * 10 + (unsigned)(view->bytes[at + length] - '0');
        return length > 3 || value > 255 ? 0 : length;
}

static size_t match_v4(const struct folding *view, size_t at)
{
        size_t end = at;
        for (size_t octet = 0; octet < OCTETS; octet++) {
                struct span dot = {end, end};
                enum spelling spelling = octet == 0 ? SPELLING_PLAIN : spelling_dot(view, end, &dot);
                size_t length = spelling == SPELLING_NONE || spelling == SPELLING_LOOSE ? 0 : read_octet(view, dot.end);
                if (length == 0)
                        return 0;
                end = dot.end + length;
        }
        bool goes_on =
                folded_is_alnum(view->bytes[end]) || (view->bytes[end] == '.' && folded_is_digit(view->bytes[end + 1]));
        struct span nearby = {at, end};
        return goes_on || context_before(view, nearby, version_words) ? 0 : end;
}

static bool is_hex(unsigned char byte)
{
        return folded_is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

/* Reads groups of up to four hexadecimal digits; *groups of them, *gaps "::" between. Returns the end. */
static size_t read_groups(const struct folding *view, size_t at, size_t *groups, size_t *gaps)
{
        size_t end = at, digits = 0;
        for (; end < at + V6_MAX; end++) {
                unsigned char byte = view->bytes[end];
                if (is_hex(byte)) {
                        *groups += digits == 0;
                        if (++digits > 4)
                                return at;
                } else if (byte == ':' && (is_hex(view->bytes[end + 1]) || view->bytes[end + 1] == ':')) {
                        *gaps += view->bytes[end + 1] == ':';
                        digits = 0;
                } else {
                        break;
                }
        }
        return end;
}

static size_t match_v6(const struct folding *view, size_t at)
{
        size_t groups = 0, gaps = 0;
        size_t end = read_groups(view, at, &groups, &gaps);
        if (end == at || folded_is_alnum(view->bytes[end]))
                return 0;
        bool is_full = groups == GROUPS && gaps == 0, is_short = groups >= 3 && groups < GROUPS && gaps == 1;
        return is_full || is_short ? end : 0;
}

static bool find_ip(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at < view->length; at++) {
                if (!is_hex(view->bytes[at]) ||
                        (at > 0 && (folded_is_alnum(view->bytes[at - 1]) || view->bytes[at - 1] == ':' ||
                                           (view->bytes[at - 1] == '.' && at > 1 &&
                                                   folded_is_digit(view->bytes[at - 2])))))
                        continue;
                size_t end = match_v4(view, at);
                if (end == 0)
                        end = match_v6(view, at);
                if (end > 0) {
                        *out = (struct match){IDENTIFIER_IP_ADDRESS, {at, end}, SCORE_SURE};
                        return true;
                }
        }
        return false;
}

const struct detector detector_ip = {.name = "ip", .find = find_ip};
