/* SPDX-License-Identifier: Apache-2.0 */
/* Walks are bounded in words and in bytes; a run of barriers counts as one byte. */
#include "svc-anonymize/identifiers/context.h"

#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { BYTES_MAX = 64, WORD_MAX = 16 };

static bool is_word(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || folded_is_digit(byte);
}

static bool listed(const unsigned char *word, size_t length, const char *words)
{
        if (length > WORD_MAX)
                return false;
        char padded[WORD_MAX + 3] = " ";
        memcpy(padded + 1, word, length);
        padded[length + 1] = ' ';
        return strstr(words, padded) != NULL;
}

/* Digits and letters are words of their own: "tel4155550132" has the word "tel". */
static bool same_word(unsigned char a, unsigned char b)
{
        return is_word(a) && is_word(b) && folded_is_digit(a) == folded_is_digit(b);
}

bool context_before(const struct folding *view, struct span span, const char *words)
{
        const unsigned char *bytes = view->bytes;
        size_t at = span.start;
        for (size_t seen = 0, walked = 0; at > 0 && seen < CONTEXT_WORDS_BEFORE && walked < BYTES_MAX;) {
                size_t end = at--;
                if (is_word(bytes[at])) {
                        while (at > 0 && walked < BYTES_MAX && same_word(bytes[at - 1], bytes[at]))
                                at--, walked++;
                        if (listed(bytes + at, end - at, words))
                                return true;
                        seen++;
                }
                while (bytes[at] == BARRIER && at > 0 && bytes[at - 1] == BARRIER)
                        at--;
                walked++;
        }
        return false;
}

bool context_after(const struct folding *view, struct span span, const char *words)
{
        const unsigned char *bytes = view->bytes;
        size_t at = span.end;
        for (size_t seen = 0, walked = 0; at < view->length && seen < CONTEXT_WORDS_AFTER && walked < BYTES_MAX;
                walked++) {
                size_t start = at++;
                if (is_word(bytes[start])) {
                        for (; walked < BYTES_MAX && same_word(bytes[at], bytes[start]); at++)
                                walked++;
                        if (listed(bytes + start, at - start, words))
                                return true;
                        seen++;
                }
                while (bytes[start] == BARRIER && bytes[at] == BARRIER)
                        at++;
        }
        return false;
}

bool context_near(const struct folding *view, struct span span, const char *words)
{
        return context_before(view, span, words) || context_after(view, span, words);
}

bool context_is_amount(const struct folding *view, struct span span)
{
        static const char counted[] = " dollars dollar usd eur euro euros gbp pounds bucks cents shares points miles ";
        size_t at = span.start;
        while (at > 0 && span.start - at < 3 && view->bytes[at - 1] == ' ')
                at--;
        if (at > 0 && view->bytes[at - 1] == '$')
                return true;
        if (view->bytes[span.end] == '%' || (view->bytes[span.end] == ' ' && view->bytes[span.end + 1] == '%'))
                return true;
        return context_after(view, span, counted);
}
