/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/spelling.h"

#include <string.h>

enum { BLANKS_MAX = 3 };

struct form {
        const char *text;
        enum spelling spelling;
};

enum part { DOT_BEGINS = 1, AT_BEGINS = 2, BOTH_BEGIN = 3, DOT_ENDS = 4 };

/* What a byte may be of the forms below: nearly all are refused by this. */
static const unsigned char parts[256] = {
        ['.'] = DOT_BEGINS | DOT_ENDS,
        ['@'] = AT_BEGINS,
        ['a'] = AT_BEGINS,
        ['d'] = DOT_BEGINS,
        ['p'] = DOT_BEGINS,
        ['['] = BOTH_BEGIN,
        ['('] = BOTH_BEGIN,
        ['{'] = BOTH_BEGIN,
        ['<'] = BOTH_BEGIN,
        ['_'] = BOTH_BEGIN | DOT_ENDS,
        ['-'] = BOTH_BEGIN | DOT_ENDS,
        ['t'] = DOT_ENDS,
        ['o'] = DOT_ENDS,
        [']'] = DOT_ENDS,
        [')'] = DOT_ENDS,
        ['}'] = DOT_ENDS,
        ['>'] = DOT_ENDS,
};

static const struct form dots[] = {
        {".", SPELLING_PLAIN},
        {"dot", SPELLING_WORD},
        {"punto", SPELLING_WORD},
        {"punkt", SPELLING_WORD},
        {"[dot]", SPELLING_BRACKETED},
        {"(dot)", SPELLING_BRACKETED},
        {"{dot}", SPELLING_BRACKETED},
        {"<dot>", SPELLING_BRACKETED},
        {"_dot_", SPELLING_BRACKETED},
        {"-dot-", SPELLING_BRACKETED},
        {"[.]", SPELLING_BRACKETED},
        {"(.)", SPELLING_BRACKETED},
        {"{.}", SPELLING_BRACKETED},
        {NULL},
};

static const struct form ats[] = {
        {"@", SPELLING_PLAIN},
        {"at", SPELLING_WORD},
        {"arroba", SPELLING_WORD},
        {"[at]", SPELLING_BRACKETED},
        {"(at)", SPELLING_BRACKETED},
        {"{at}", SPELLING_BRACKETED},
        {"<at>", SPELLING_BRACKETED},
        {"_at_", SPELLING_BRACKETED},
        {"-at-", SPELLING_BRACKETED},
        {"[a]", SPELLING_BRACKETED},
        {"(a)", SPELLING_BRACKETED},
        {"[@]", SPELLING_BRACKETED},
        {"(@)", SPELLING_BRACKETED},
        {"{@}", SPELLING_BRACKETED},
        {NULL},
};

static size_t blanks_after(const struct folding *view, size_t at)
{
        size_t end = at;
        while (end < at + BLANKS_MAX && view->bytes[end] == ' ')
                end++;
        return end - at;
}

static size_t blanks_before(const struct folding *view, size_t at)
{
        size_t start = at;
        while (start > 0 && at - start < BLANKS_MAX && view->bytes[start - 1] == ' ')
                start--;
        return at - start;
}

/* A bare word counts only between blanks; a sign with any is a loose one. */
static enum spelling judge(enum spelling spelling, size_t before, size_t after)
{
        if (spelling == SPELLING_WORD)
                return before > 0 && after > 0 ? SPELLING_WORD : SPELLING_NONE;
        if (spelling == SPELLING_PLAIN && before + after > 0)
                return SPELLING_LOOSE;
        return spelling;
}

static const struct form *form_at(const struct folding *view, const struct form *forms, size_t at)
{
        for (; forms->text != NULL; forms++) {
                if ((unsigned char)*forms->text != view->bytes[at])
                        continue;
                size_t length = strlen(forms->text);
                if (view->length - at >= length && memcmp(view->bytes + at, forms->text, length) == 0)
                        return forms;
        }
        return NULL;
}

static enum spelling read(
        const struct folding *view, const struct form *forms, enum part begins, size_t at, struct span *out)
{
        *out = (struct span){at, at};
        size_t before = blanks_after(view, at);
        bool may_begin = (parts[view->bytes[at + before]] & begins) != 0;
        const struct form *form = may_begin ? form_at(view, forms, at + before) : NULL;
        if (form == NULL)
                return SPELLING_NONE;
        size_t end = at + before + strlen(form->text);
        size_t after = blanks_after(view, end);
        enum spelling spelling = judge(form->spelling, before, after);
        if (spelling != SPELLING_NONE)
                out->end = end + after;
        return spelling;
}

enum spelling spelling_dot(const struct folding *view, size_t at, struct span *out)
{
        return read(view, dots, DOT_BEGINS, at, out);
}

enum spelling spelling_at(const struct folding *view, size_t at, struct span *out)
{
        return read(view, ats, AT_BEGINS, at, out);
}

enum spelling spelling_dot_before(const struct folding *view, size_t end, struct span *out)
{
        *out = (struct span){end, end};
        size_t after = blanks_before(view, end);
        if (end == after || (parts[view->bytes[end - after - 1]] & DOT_ENDS) == 0)
                return SPELLING_NONE;
        for (const struct form *form = dots; form->text != NULL; form++) {
                size_t length = strlen(form->text);
                if (end - after < length || memcmp(view->bytes + end - after - length, form->text, length) != 0)
                        continue;
                size_t start = end - after - length;
                size_t before = blanks_before(view, start);
                enum spelling spelling = judge(form->spelling, before, after);
                if (spelling == SPELLING_NONE)
                        continue;
                out->start = start - before;
                return spelling;
        }
        return SPELLING_NONE;
}
