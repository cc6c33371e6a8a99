/* SPDX-License-Identifier: Apache-2.0 */
/* The list is sorted, so a word is found by halving. A phrase is looked for when its second word is listed. */
#include "svc-anonymize/identifiers/cues.h"

#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum { BYTES_MAX = 64, WORD_MAX = 28 };

/* The first eight letters as a number, in the order of strcmp; the text must have as many bytes. */
#define PLACE(text, i) ((uint64_t)(unsigned char)(text)[i] << (56 - 8 * (i)))
#define KEY(text)                                                                                                      \
        (PLACE(text, 0) | PLACE(text, 1) | PLACE(text, 2) | PLACE(text, 3) | PLACE(text, 4) | PLACE(text, 5) |         \
                PLACE(text, 6) | PLACE(text, 7))

static const struct row {
        uint64_t key;
        const char *text;
        cue_set says;
} rows[] = {
#define C(name)          SAYS(name)
#define WORD(text, bits) {KEY(text "\0\0\0\0\0\0\0"), text, bits},
#include "svc-anonymize/identifiers/cues.def"
#undef C
};

enum { ROWS = sizeof rows / sizeof *rows };

static_assert(CUES <= 64, "a set of cues is 64 bits");

/* `word` has eight bytes at least, NULs behind its end. */
static const struct row *find(const char *word)
{
        uint64_t key = KEY(word);
        const struct row *row = rows;
        for (size_t left = ROWS; left > 1; left -= left / 2) /* the last one whose key is not greater */
                row += row[left / 2].key <= key ? left / 2 : 0;
        for (; row->key == key; row--) {
                if (strcmp(row->text, word) == 0)
                        return row;
                if (row == rows)
                        break;
        }
        return NULL;
}

static const struct row *row_of(const unsigned char *word, size_t length)
{
        char text[WORD_MAX + sizeof(uint64_t)] = {0};
        if (length > WORD_MAX || length < 2)
                return NULL;
        memcpy(text, word, length);
        return find(text);
}

cue_set cues_of(const unsigned char *word, size_t length)
{
        const struct row *row = row_of(word, length);
        return row == NULL ? 0 : row->says;
}

static bool is_word(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || folded_is_digit(byte);
}

/* Digits and letters are words of their own: "tel4155550132" has the word "tel". */
static bool same_word(unsigned char a, unsigned char b)
{
        return is_word(a) && is_word(b) && folded_is_digit(a) == folded_is_digit(b);
}

/* Where the word of letters begins that ends directly before the single sign before `at`; `at` when there is none. */
static size_t word_before(const unsigned char *bytes, size_t at)
{
        if (at < 2 || (bytes[at - 1] != ' ' && bytes[at - 1] != '-' && bytes[at - 1] != '_'))
                return at;
        size_t end = at - 1, start = end;
        while (start > 0 && end - start <= WORD_MAX && bytes[start - 1] >= 'a' && bytes[start - 1] <= 'z')
                start--;
        return start < end && end - start <= WORD_MAX ? start : at;
}

/* What a word says together with the one before. */
static cue_set phrase_says(const unsigned char *bytes, size_t start, size_t end)
{
        char text[2 * WORD_MAX + 2] = {0};
        size_t begin = word_before(bytes, start);
        if (begin == start)
                return 0;
        memcpy(text, bytes + begin, end - begin);
        text[start - begin - 1] = ' ';
        const struct row *row = find(text);
        return row == NULL ? 0 : row->says;
}

static cue_set says(const unsigned char *bytes, size_t start, size_t end)
{
        if (end - start == 1 && bytes[start] == 'b' && start >= 4 && memcmp(bytes + start - 4, "d.o.", 4) == 0)
                return SAYS(BIRTH);
        if (folded_is_digit(bytes[start]))
                return 0;
        const struct row *row = row_of(bytes + start, end - start);
        return row == NULL ? 0 : row->says | phrase_says(bytes, start, end);
}

static void read_before(const struct folding *view, size_t at, struct cues *out)
{
        const unsigned char *bytes = view->bytes;
        size_t seen = 0;
        for (size_t walked = 0; at > 0 && seen < CUES_BEFORE && walked < BYTES_MAX; walked++) {
                size_t end = at--;
                if (is_word(bytes[at])) {
                        while (at > 0 && walked < BYTES_MAX && same_word(bytes[at - 1], bytes[at]))
                                at--, walked++;
                        out->before[seen + 1] = out->before[seen] | says(bytes, at, end);
                        seen++;
                }
                while (bytes[at] == BARRIER && at > 0 && bytes[at - 1] == BARRIER)
                        at--;
        }
        for (; seen < CUES_BEFORE; seen++)
                out->before[seen + 1] = out->before[seen];
}

static void read_after(const struct folding *view, size_t at, struct cues *out)
{
        const unsigned char *bytes = view->bytes;
        size_t seen = 0;
        for (size_t walked = 0; at < view->length && seen < CUES_AFTER && walked < BYTES_MAX; walked++) {
                size_t start = at++;
                if (is_word(bytes[start])) {
                        for (; walked < BYTES_MAX && same_word(bytes[at], bytes[start]); at++)
                                walked++;
                        out->after[seen + 1] = out->after[seen] | says(bytes, start, at);
                        seen++;
                }
                while (bytes[start] == BARRIER && bytes[at] == BARRIER)
                        at++;
        }
        for (; seen < CUES_AFTER; seen++)
                out->after[seen + 1] = out->after[seen];
}

void cues_read(const struct folding *view, struct span span, struct cues *out)
{
        out->before[0] = out->after[0] = 0;
        read_before(view, span.start, out);
        read_after(view, span.end, out);
}
