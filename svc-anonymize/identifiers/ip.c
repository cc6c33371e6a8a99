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

/* Four signs, a digit among them: "fe80::1" is an address, "a::b" and "bed::add" are code. */
static bool is_certain_group(const struct folding *view, size_t at)
{
        size_t digits = 0;
        for (size_t i = at; i < at + 4; i++) {
                if (!is_hex(view->bytes[i]))
                        return false;
                digits += folded_is_digit(view->bytes[i]);
        }
        return digits > 0;
}

static size_t match_v6(const struct folding *view, size_t at)
{
        static const char words[] = " ip ips ipv6 address host gateway localhost loopback ";
        size_t groups = 0, gaps = 0;
        size_t end = read_groups(view, at, &groups, &gaps);
        if (end == at || folded_is_alnum(view->bytes[end]))
                return 0;
        bool is_full = groups == GROUPS && gaps == 0, is_short = groups >= 3 && groups < GROUPS && gaps == 1;
        bool is_certain = groups == 2 && gaps == 1 && is_certain_group(view, at);
        bool is_named = gaps == 1 && context_near(view, (struct span){at, end}, words);
        return is_full || is_short || is_certain || is_named ? end : 0;
}

/* "::ffff:192.0.2.128" */
static size_t match_mapped(const struct folding *view, size_t at)
{
        static const char prefix[] = "::ffff:";
        size_t length = sizeof prefix - 1;
        return view->length - at > length && memcmp(view->bytes + at, prefix, length) == 0 ? match_v4(view, at + length)
                                                                                           : 0;
}

/* "/24" behind an address. */
static size_t skip_range(const struct folding *view, size_t end)
{
        size_t digits = end + 1;
        while (view->bytes[end] == '/' && digits < end + 3 && folded_is_digit(view->bytes[digits]))
                digits++;
        return view->bytes[end] == '/' && digits > end + 1 && !folded_is_alnum(view->bytes[digits]) ? digits : end;
}

static bool begins(const struct folding *view, size_t at)
{
        unsigned char byte = view->bytes[at], before = at > 0 ? view->bytes[at - 1] : ' ';
        if (!is_hex(byte) && (byte != ':' || view->bytes[at + 1] != ':'))
                return false;
        return !folded_is_alnum(before) && before != ':' &&
               (before != '.' || at < 2 || !folded_is_digit(view->bytes[at - 2]));
}

static size_t match(const struct folding *view, size_t at)
{
        if (view->bytes[at] == ':') {
                size_t mapped = match_mapped(view, at);
                return mapped > 0 ? mapped : match_v6(view, at);
        }
        size_t end = match_v4(view, at);
        return end > 0 ? skip_range(view, end) : match_v6(view, at);
}

static bool find_ip(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at < view->length; at++) {
                size_t end = begins(view, at) ? match(view, at) : 0;
                if (end > 0) {
                        *out = (struct match){IDENTIFIER_IP_ADDRESS, {at, end}, SCORE_SURE};
                        return true;
                }
        }
        return false;
}

const struct detector detector_ip = {.name = "ip", .find = find_ip};
