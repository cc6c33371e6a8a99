/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of pages: anything behind "://" or "www.", and bare host names with a top-level domain. Bare names of
 * government sites are public knowledge and stay. */
#include "svc-anonymize/identifiers/context.h"
#include "svc-anonymize/identifiers/host.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { SCHEME_MAX = 16 };

static const char words[] = " visit website site web page url link www blog homepage go browse join ";

static bool is_path(unsigned char byte)
{
        return byte > ' ' && byte != 0xFF && strchr("<>\"[]{}|\\^`", byte) == NULL;
}

/* The end of what follows a host, without the punctuation of the sentence around it. */
static size_t path_end(const struct folding *view, size_t start)
{
        size_t end = start;
        while (is_path(view->bytes[end]))
                end++;
        while (end > start && strchr(".,;:!?)'*_(-", view->bytes[end - 1]) != NULL)
                end--;
        return end;
}

static size_t with_path(const struct folding *view, size_t end)
{
        size_t start = end;
        if (view->bytes[start] == ':' && folded_is_digit(view->bytes[start + 1]))
                for (start++; folded_is_digit(view->bytes[start]); start++)
                        ;
        bool has_path = view->bytes[start] != '\0' && strchr("/?#", view->bytes[start]) != NULL;
        return has_path ? path_end(view, start) : start;
}

/* "https://..." whose scheme begins at `at`; returns the end or 0. */
static size_t match_scheme(const struct folding *view, size_t at)
{
        size_t end = at;
        while (end < at + SCHEME_MAX && folded_is_alnum(view->bytes[end]))
                end++;
        if (end == at || memcmp(view->bytes + end, "://", view->length - end < 3 ? view->length - end + 1 : 3) != 0)
                return 0;
        size_t rest = path_end(view, end + 3);
        return rest > end + 3 ? rest : 0;
}

static bool ends_in_gov(const struct folding *view, const struct host *host)
{
        return host->span.end - host->span.start > 4 && memcmp(view->bytes + host->span.end - 4, ".gov", 4) == 0;
}

static bool has_letter(const struct folding *view, size_t at, size_t end)
{
        for (; at < end && view->bytes[at] != '.'; at++)
                if (folded_is_letter(view->bytes[at]))
                        return true;
        return false;
}

static bool is_believable(const struct folding *view, const struct host *host, bool has_path)
{
        if (host->domain < DOMAIN_WORD || !has_letter(view, host->span.start, host->span.end))
                return false;
        if (view->bytes[host->span.end] == '@')
                return false;
        if (host->dots > SPELLING_PLAIN)
                return host->domain == DOMAIN_SURE && (has_path || context_before(view, host->span, words));
        if (ends_in_gov(view, host) && !has_path)
                return false;
        return host->domain == DOMAIN_SURE || has_path;
}

/* A host at `at`, with "www." or an ending that only hosts have; returns the end or 0. *next is where to go on. */
static size_t match_host(const struct folding *view, size_t at, size_t *next)
{
        struct host host;
        host_read(view, at, false, &host);
        *next = host.next > at ? host.next : at + 1;
        bool is_www = view->length - at > 4 && memcmp(view->bytes + at, "www", 3) == 0 && host.labels > 2 &&
                      !folded_is_alnum(view->bytes[at + 3]) && host.domain > DOMAIN_NONE;
        size_t end = with_path(view, host.span.end);
        if (is_www || is_believable(view, &host, end > host.span.end))
                return end;
        return 0;
}

static bool begins_word(const struct folding *view, size_t at)
{
        if (!folded_is_alnum(view->bytes[at]) && !folded_is_letter(view->bytes[at]))
                return false;
        unsigned char before = at > 0 ? view->bytes[at - 1] : ' ';
        return !host_is_label(before) && before != '@' && before != '.';
}

static bool find_url(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from, next; at < view->length; at = next) {
                next = at + 1;
                if (!begins_word(view, at))
                        continue;
                size_t end = match_scheme(view, at);
                if (end == 0)
                        end = match_host(view, at, &next);
                if (end > 0) {
                        *out = (struct match){IDENTIFIER_URL, {at, end}, SCORE_SURE};
                        return true;
                }
        }
        return false;
}

const struct detector detector_url = {.name = "url", .find = find_url};
