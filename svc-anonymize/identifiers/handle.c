/* SPDX-License-Identifier: Apache-2.0 */
/* Names that people have on other platforms: "@ingrid.saves", "$MarisolQ77" beside a word like "venmo" but no ticker,
 * "tobias#4417", "u/somebody", and words no sentence has beside "insta". */
#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { HANDLE_MIN = 3, HANDLE_MAX = 40, TICKER_MAX = 5, CUE_REACH = 3, TAG_DIGITS = 4, COMMON_MAX = 10 };

/* What people are "@" without being called so. */
static const char common[] =
        " home work school gmail noon least most all everyone here channel now night lunch today the "
        "tomorrow market close open par strike cost office bank risk once me retail launch ";

enum part { NAME = 1, SIGN = 2, FIRST = 4 };

/* What a byte may be of a handle: part of the name, its sign, its first letter. */
static const unsigned char parts[256] = {
        ['0' ... '9'] = NAME,
        ['a' ... 'z'] = NAME | FIRST,
        [0x80 ... 0xFE] = NAME | FIRST,
        ['_'] = NAME,
        ['.'] = NAME,
        ['@'] = SIGN,
        ['$'] = SIGN,
        ['#'] = SIGN,
};

static bool is_name(unsigned char byte)
{
        return (parts[byte] & NAME) != 0;
}

/* A name begins only where none goes on, one with a tag only at its '#'. */
static bool may_begin(const struct folding *view, size_t at)
{
        unsigned part = parts[view->bytes[at]];
        return (part & SIGN) != 0 || ((part & FIRST) != 0 && (at == 0 || !is_name(view->bytes[at - 1])));
}

/* The name that begins at `at`, without the punctuation behind it. */
static size_t name_end(const struct folding *view, size_t at)
{
        size_t end = at;
        while (end < at + HANDLE_MAX && is_name(view->bytes[end]))
                end++;
        while (end > at && view->bytes[end - 1] == '.')
                end--;
        return end;
}

static bool is_common(const struct folding *view, size_t at, size_t end)
{
        char padded[COMMON_MAX + 3] = " ";
        if (end - at > COMMON_MAX)
                return false;
        memcpy(padded + 1, view->bytes + at, end - at);
        padded[end - at + 1] = ' ';
        return strstr(common, padded) != NULL;
}

/* Capitals only, five at most: a stock. */
static bool is_ticker(const struct folding *view, size_t at, size_t end)
{
        for (size_t i = at; i < end; i++) {
                uint32_t point = view->original[view->starts[i]];
                if ((point < 'A' || point > 'Z') && point != '.')
                        return false;
        }
        return end - at <= TICKER_MAX;
}

static cue_set says(const struct folding *view, struct span span, size_t reach)
{
        struct cues cues;
        cues_read(view, span, &cues);
        return cues_within(&cues, reach, CUES_AFTER);
}

static unsigned judge_at(const struct folding *view, struct span span)
{
        unsigned char first = view->bytes[span.start + 1];
        if (!folded_is_letter(first) && first != '_' && !folded_is_digit(first))
                return 0;
        if ((says(view, span, CUES_BEFORE) & SAYS(HANDLE)) != 0 && !folded_is_digit(first))
                return SCORE_SURE;
        bool is_word = folded_is_letter(first) && !is_common(view, span.start + 1, span.end);
        return is_word && !is_ticker(view, span.start + 1, span.end) ? SCORE_POSSIBLE : 0;
}

static unsigned judge_cash(const struct folding *view, struct span span)
{
        bool is_dollar =
                view->original[view->starts[span.start]] == '$' && folded_is_letter(view->bytes[span.start + 1]);
        if (!is_dollar || is_ticker(view, span.start + 1, span.end))
                return 0;
        return (says(view, span, CUE_REACH) & SAYS(CASH)) != 0 ? SCORE_LIKELY : 0;
}

/* A tag: "name#1234" whose '#' stands at `at`. */
static bool match_tag(const struct folding *view, size_t from, size_t at, struct span *out)
{
        size_t start = at, end = at + 1;
        while (start > from && at - start < HANDLE_MAX && is_name(view->bytes[start - 1]))
                start--;
        while (folded_is_digit(view->bytes[end]) && end <= at + TAG_DIGITS)
                end++;
        *out = (struct span){start, end};
        return at - start >= HANDLE_MIN - 1 && end == at + 1 + TAG_DIGITS && !folded_is_alnum(view->bytes[end]) &&
               folded_is_letter(view->bytes[start]);
}

/* "@name", "$name", "u/name" at `at`, whose sign is `sign` bytes long. */
static bool match_sign(const struct folding *view, size_t at, size_t sign, struct span *out)
{
        size_t end = name_end(view, at + sign);
        while (view->bytes[at] == '@' && end - at < HANDLE_MAX && view->bytes[end] == '-' &&
                folded_is_alnum(view->bytes[end + 1]))
                end = name_end(view, end + 1);
        *out = (struct span){at, end};
        bool begins =
                at == 0 || (!is_name(view->bytes[at - 1]) && view->bytes[at - 1] != '/' && view->bytes[at - 1] != '@');
        return begins && end >= at + sign + HANDLE_MIN - 1 && view->bytes[end] != '@';
}

/* A word with '_' in it, or letters and digits mixed, right behind "insta" or "ig:". */
static bool match_bare(const struct folding *view, size_t at, struct span *out)
{
        size_t end = name_end(view, at), letters = 0, digits = 0, signs = 0;
        for (size_t i = at; i < end; i++) {
                letters += (parts[view->bytes[i]] & FIRST) != 0;
                digits += folded_is_digit(view->bytes[i]);
                signs += view->bytes[i] == '_';
        }
        size_t dots = end - at - letters - digits - signs;
        *out = (struct span){at, end};
        bool is_no_word = signs > 0 || (folded_is_letter(view->bytes[at]) && digits > 1);
        if (!is_no_word && dots > 0 && letters >= HANDLE_MIN)
                return (says(view, *out, 2) & SAYS(PLATFORM)) != 0;
        return letters >= HANDLE_MIN && is_no_word && !folded_is_alnum(view->bytes[end]) && view->bytes[end] != '-' &&
               (says(view, *out, 2) & SAYS(HANDLE)) != 0;
}

/* A handle at `at`; its score or 0. */
static unsigned match(const struct folding *view, size_t from, size_t at, struct span *out)
{
        switch (view->bytes[at]) {
        case '@':
                return match_sign(view, at, 1, out) ? judge_at(view, *out) : 0;
        case '$':
                return match_sign(view, at, 1, out) ? judge_cash(view, *out) : 0;
        case '#':
                return match_tag(view, from, at, out) ? SCORE_LIKELY : 0;
        case 'u':
                if (view->bytes[at + 1] == '/' && folded_is_letter(view->bytes[at + 2]) && match_sign(view, at, 2, out))
                        return SCORE_LIKELY;
                break;
        default:
                break;
        }
        return (parts[view->bytes[at]] & FIRST) != 0 && match_bare(view, at, out) ? SCORE_LIKELY : 0;
}

static bool find_handle(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at < view->length; at++) {
                struct span span;
                unsigned score = may_begin(view, at) ? match(view, from, at, &span) : 0;
                if (score > 0) {
                        *out = (struct match){IDENTIFIER_SOCIAL_HANDLE, span, score};
                        return true;
                }
        }
        return false;
}

const struct detector detector_handle = {.name = "handle", .find = find_handle};
