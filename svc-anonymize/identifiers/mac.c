/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of network devices (EUI-48): six pairs of hexadecimal digits joined by ':' or '-', or three fours by '.'.
 */
#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { MAC_DIGITS = 12 };

static bool is_hex(unsigned char byte)
{
        return folded_is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

/* Groups of `size` joined by `joint` from `at` on; the end or 0. */
static size_t read_groups(const struct folding *view, size_t at, size_t size, unsigned char joint)
{
        size_t end = at;
        for (size_t i = 0; i < MAC_DIGITS; i++) {
                if (i > 0 && i % size == 0 && view->bytes[end++] != joint)
                        return 0;
                if (!is_hex(view->bytes[end++]))
                        return 0;
        }
        return is_hex(view->bytes[end]) || view->bytes[end] == joint || folded_is_letter(view->bytes[end]) ? 0 : end;
}

static size_t match(const struct folding *view, size_t at)
{
        unsigned char joint = view->length - at > 2 ? view->bytes[at + 2] : 0;
        if (joint == ':' || joint == '-')
                return read_groups(view, at, 2, joint);
        return view->length - at > 4 && view->bytes[at + 4] == '.' ? read_groups(view, at, 4, '.') : 0;
}

/* "00-11-22-33-44-55" may be anything, and so may groups of digits only. */
static bool is_believable(const struct folding *view, struct span span)
{
        struct cues cues;
        if (view->bytes[span.start + 2] == ':')
                return true;
        for (size_t i = span.start; i < span.end; i++)
                if (view->bytes[i] >= 'a' && view->bytes[i] <= 'f')
                        return true;
        cues_read(view, span, &cues);
        return (cues_within(&cues, CUES_BEFORE, CUES_AFTER) & SAYS(MAC)) != 0;
}

static bool find_mac(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at + MAC_DIGITS < view->length; at++) {
                if (!is_hex(view->bytes[at]) || (at > 0 && folded_is_alnum(view->bytes[at - 1])))
                        continue;
                size_t end = match(view, at);
                if (end == 0 || !is_believable(view, (struct span){at, end}))
                        continue;
                *out = (struct match){IDENTIFIER_MAC_ADDRESS, {at, end}, SCORE_SURE};
                return true;
        }
        return false;
}

const struct detector detector_mac = {.name = "mac", .find = find_mac};
