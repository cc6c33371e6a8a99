/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/spaced.h"

enum { SIGNS_MIN = 6 };

static bool is_sign(unsigned char byte)
{
        return byte > ' ' && byte != 0xFF;
}

/* The end of the row of single signs, a blank between each two, that begins at `at`. */
static size_t row_end(const struct folding *view, size_t at)
{
        size_t end = at;
        while (is_sign(view->bytes[end]) && view->bytes[end + 1] == ' ' && is_sign(view->bytes[end + 2]) &&
                !is_sign(view->bytes[end + 3]))
                end += 2;
        return end + 1;
}

static bool is_word(const struct folding *view, size_t at, size_t end)
{
        size_t letters = 0, others = 0;
        for (size_t i = at; i < end; i += 2) {
                letters += folded_is_letter(view->bytes[i]);
                others += folded_is_digit(view->bytes[i]) || view->bytes[i] == '@';
        }
        return end - at >= 2 * SIGNS_MIN - 1 && letters > 0 && others > 0;
}

static size_t keep(struct folding *view, size_t length, size_t at)
{
        if (length == at) /* nothing was dropped before it */
                return length + 1;
        view->bytes[length] = view->bytes[at];
        view->starts[length] = view->starts[at];
        view->ends[length] = view->ends[at];
        return length + 1;
}

void spaced_join(struct folding *view)
{
        size_t length = 0;
        for (size_t at = 0, end; at < view->length; at = end) {
                bool begins = is_sign(view->bytes[at]) && !is_sign(view->bytes[at + 1]) &&
                              (at == 0 || !is_sign(view->bytes[at - 1]));
                end = begins ? row_end(view, at) : at + 1;
                size_t step = begins && is_word(view, at, end) ? 2 : 1;
                for (size_t i = at; i < end; i += step)
                        length = keep(view, length, i);
        }
        view->length = length;
        view->bytes[length] = '\0';
}
