/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/spaced.h"

#include <string.h>

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
        view->bytes[length] = view->bytes[at];
        view->starts[length] = view->starts[at];
        view->ends[length] = view->ends[at];
        return length + 1;
}

/* Every second of some bytes is a blank, as in a row; most texts have no such place. */
static bool may_have_row(const struct folding *view)
{
        const char *at = (const char *)view->bytes;
        while ((at = strchr(at, ' ')) != NULL && !(at[1] != '\0' && at[2] == ' ' && at[3] != '\0' && at[4] == ' '))
                at++;
        return at != NULL;
}

void spaced_join(struct folding *view)
{
        size_t length = 0;
        if (!may_have_row(view))
                return;
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
