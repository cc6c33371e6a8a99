/* SPDX-License-Identifier: Apache-2.0 */
/* Mail addresses, found from their '@' outwards, however that is spelled. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/host.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { LOCAL_MAX = 128, SHORT_MAX = 8 };

static const char words[] = " email emails mail mailto write reach contact paypal zelle inbox address ";
static const char no_locals[] = " me us look am is are was visit shop check work arrive buy available sold found meet ";

static const char no_names[] = " me us out account address inbox mail email emails work anytime later ";

/* What the part before the '@' is made of (RFC 5322 atext and '.', and letters of all scripts). */
static const bool local_bytes[256] = {
        ['0' ... '9'] = true,
        ['a' ... 'z'] = true,
        [0x80 ... 0xFE] = true,
        ['-'] = true,
        ['_'] = true,
        ['.'] = true,
        ['+'] = true,
        ['%'] = true,
        ['\''] = true,
        ['!'] = true,
        ['#'] = true,
        ['$'] = true,
        ['&'] = true,
        ['*'] = true,
        ['='] = true,
        ['?'] = true,
        ['^'] = true,
        ['`'] = true,
        ['{'] = true,
        ['|'] = true,
        ['}'] = true,
        ['~'] = true,
};

/* Where the words before the '@' at `end` begin, "jane dot doe" as one; not before `from`. */
static size_t local_start(const struct folding *view, size_t from, size_t end)
{
        size_t start = end;
        for (;;) {
                while (start > from && end - start < LOCAL_MAX && local_bytes[view->bytes[start - 1]])
                        start--;
                struct span dot;
                enum spelling spelling = spelling_dot_before(view, start, &dot);
                if (spelling < SPELLING_BRACKETED || start == end || end - start >= LOCAL_MAX || dot.start <= from ||
                        !local_bytes[view->bytes[dot.start - 1]])
                        break;
                start = dot.start;
        }
        while (start < end && !folded_is_alnum(view->bytes[start]) && !folded_is_letter(view->bytes[start]))
                start++;
        return start;
}

static bool is_listed(const struct folding *view, struct span word, const char *list)
{
        return context_before(view, (struct span){word.end, word.end}, list) && word.end - word.start <= 9;
}

static bool is_one_of(const struct folding *view, struct span word, const char *list)
{
        char padded[SHORT_MAX + 3] = " ";
        size_t length = word.end - word.start;
        if (length > SHORT_MAX)
                return false;
        memcpy(padded + 1, view->bytes + word.start, length);
        padded[length + 1] = ' ';
        return strstr(list, padded) != NULL;
}

/* " at " is an everyday word: the host must be spelled too, or the local part look like one. */
static bool is_believable(const struct folding *view, struct span local, enum spelling at, const struct host *host)
{
        bool is_known = host->domain >= DOMAIN_WORD;
        if (at == SPELLING_PLAIN || at == SPELLING_BRACKETED)
                return host->span.end > host->span.start;
        if (at == SPELLING_LOOSE)
                return is_known;
        if (!is_known)
                return false;
        if (host->dots == SPELLING_PLAIN)
                for (size_t i = local.start; i < local.end; i++)
                        if (!folded_is_letter(view->bytes[i]))
                                return true;
        return !is_listed(view, local, no_locals) && (host->dots > SPELLING_PLAIN || context_near(view, local, words));
}

static bool match(const struct folding *view, size_t from, size_t place, struct span *out)
{
        struct span sign;
        enum spelling at = spelling_at(view, place, &sign);
        if (at == SPELLING_NONE)
                return false;
        struct span local = {local_start(view, from, place), place};
        if (local.start == local.end || (local.start > 1 && memcmp(view->bytes + local.start - 2, "//", 2) == 0))
                return false;
        struct host host;
        host_read(view, sign.end, at != SPELLING_WORD, &host);
        size_t provider = host_provider(view, sign.end);
        *out = (struct span){local.start, host.span.end};
        if (is_believable(view, local, at, &host))
                return true;
        out->end = sign.end + provider;
        bool is_meant =
                at != SPELLING_WORD || (context_before(view, local, words) && !is_one_of(view, local, no_names));
        return provider > 0 && is_meant;
}

/* Blanks, a bracket or the sign itself. */
static const bool first_bytes[256] = {
        ['@'] = true, [' '] = true, ['('] = true, ['['] = true, ['{'] = true, ['<'] = true, ['_'] = true, ['-'] = true};

/* A place where one of them follows a word. */
static bool may_follow(const struct folding *view, size_t at)
{
        return first_bytes[view->bytes[at]] && at > 0 && view->bytes[at - 1] != ' ';
}

static bool find_email(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from; at < view->length; at++)
                if (may_follow(view, at) && match(view, from, at, &out->span)) {
                        out->type = IDENTIFIER_EMAIL_ADDRESS;
                        out->score = SCORE_SURE;
                        return true;
                }
        return false;
}

const struct detector detector_email = {.name = "email", .find = find_email};
