/* SPDX-License-Identifier: Apache-2.0 */
/* Works token by token, a token being what stands between blanks. It never adds a byte, so one pass over the input and
 * arrays of its length are enough. */
#include "common/unmask.h"

#include <string.h>

enum { SPACED_MIN = 3, REPEATS_MIN = 3 };

static const struct {
        char figure, letter;
} leet[] = {{'0', 'o'}, {'1', 'i'}, {'3', 'e'}, {'4', 'a'}, {'5', 's'}, {'7', 't'}, {'8', 'b'}, {'@', 'a'}, {'$', 's'},
        {'!', 'i'}, {'|', 'i'}, {'+', 't'}};

static bool is_blank(unsigned char byte)
{
        return byte == ' ' || byte == '\n';
}

static bool is_plain_letter(unsigned char byte)
{
        return byte >= 'a' && byte <= 'z';
}

static unsigned char letter_for(unsigned char byte)
{
        for (size_t i = 0; i < sizeof leet / sizeof *leet; i++)
                if ((unsigned char)leet[i].figure == byte)
                        return (unsigned char)leet[i].letter;
        return 0;
}

static void push(struct folding *out, const struct folding *in, size_t at, unsigned char byte)
{
        out->bytes[out->length] = byte;
        out->starts[out->length] = in->starts[at];
        out->ends[out->length++] = in->ends[at];
}

/* Of several blanks the first is enough. */
static void push_blank(struct folding *out, const struct folding *in, size_t at)
{
        if (out->length == 0 || !is_blank(out->bytes[out->length - 1]))
                push(out, in, at, in->bytes[at]);
}

static size_t token_end(const struct folding *in, size_t at)
{
        while (at < in->length && !is_blank(in->bytes[at]))
                at++;
        return at;
}

/* Figures stand for letters in a token that begins like a word or has letters on both sides, and more letters than
 * figures: "fr33", "inv3st", not "401k" or "$500". Two letters or fewer are an abbreviation. */
static bool is_leet(const struct folding *in, size_t at, size_t end)
{
        size_t letters = 0, figures = 0;
        for (size_t i = at; i < end; i++) {
                letters += is_plain_letter(in->bytes[i]);
                figures += letter_for(in->bytes[i]) != 0;
        }
        bool begins_so = is_plain_letter(in->bytes[at]) || (at + 1 < end && is_plain_letter(in->bytes[at + 1]));
        return figures > 0 && letters >= 2 && letters >= figures && begins_so &&
               memchr(in->bytes + at, '/', end - at) == NULL;
}

/* One sign between two letters of a token: "sc.am". */
static bool is_inserted(const struct folding *in, size_t at, size_t end)
{
        return at + 1 < end && strchr(".,_*~'`^|-", in->bytes[at]) != NULL && is_plain_letter(in->bytes[at - 1]) &&
               is_plain_letter(in->bytes[at + 1]);
}

static void copy_token(struct folding *out, const struct folding *in, size_t at, size_t end)
{
        bool leet_token = is_leet(in, at, end);
        for (size_t i = at; i < end; i++) {
                unsigned char letter = leet_token ? letter_for(in->bytes[i]) : 0;
                if (i + 1 == end && in->bytes[i] == '!')
                        letter = 0; /* the end of the sentence */
                if (i > at && is_inserted(in, i, end))
                        continue;
                push(out, in, i, letter != 0 ? letter : in->bytes[i]);
        }
}

/* Tokens of one sign, parted by one blank each, from `at` on; returns the place behind the last of them. */
static size_t spaced_end(const struct folding *in, size_t at, size_t *count)
{
        size_t end = at;
        for (*count = 0; at < in->length && !is_blank(in->bytes[at]) && token_end(in, at) == at + 1; at += 2) {
                ++*count;
                end = at + 1;
                if (end < in->length && in->bytes[end] != ' ')
                        break;
        }
        return end;
}

static bool has_plain_letter(const struct folding *in, size_t at, size_t end)
{
        for (; at < end; at++)
                if (is_plain_letter(in->bytes[at]))
                        return true;
        return false;
}

static void copy_spaced(struct folding *out, const struct folding *in, size_t at, size_t end)
{
        for (; at < end; at += 2) {
                unsigned char letter = letter_for(in->bytes[at]);
                push(out, in, at, letter != 0 ? letter : in->bytes[at]);
        }
}

static void rejoin(struct folding *out, const struct folding *in)
{
        bool was_spaced = false;
        for (size_t at = 0, count; at < in->length;) {
                if (is_blank(in->bytes[at])) {
                        push_blank(out, in, at++);
                        continue;
                }
                size_t end = spaced_end(in, at, &count);
                was_spaced = count >= (was_spaced ? SPACED_MIN - 1 : SPACED_MIN) && has_plain_letter(in, at, end);
                if (was_spaced) {
                        copy_spaced(out, in, at, end);
                } else {
                        end = count >= SPACED_MIN ? end : token_end(in, at); /* figures in a row stay */
                        copy_token(out, in, at, end);
                }
                at = end;
        }
}

/* Three or more of a letter become one, in place. */
static void squeeze(struct folding *folding)
{
        size_t length = 0;
        for (size_t at = 0, end; at < folding->length; at = end) {
                for (end = at + 1; end < folding->length && folding->bytes[end] == folding->bytes[at];)
                        end++;
                bool is_repeated = end - at >= REPEATS_MIN && is_plain_letter(folding->bytes[at]);
                for (size_t i = at; i < (is_repeated ? at + 1 : end); i++, length++) {
                        folding->bytes[length] = folding->bytes[i];
                        folding->starts[length] = folding->starts[i];
                        folding->ends[length] = folding->ends[is_repeated ? end - 1 : i];
                }
        }
        folding->length = length;
}

bool unmask(struct folding *out, struct arena *arena, const struct folding *in)
{
        *out = *in;
        out->length = 0;
        out->bytes = arena_alloc(arena, in->length + 1);
        out->starts = arena_alloc(arena, (in->length + 1) * sizeof *out->starts);
        out->ends = arena_alloc(arena, (in->length + 1) * sizeof *out->ends);
        rejoin(out, in);
        squeeze(out);
        out->bytes[out->length] = '\0';
        return out->length != in->length || memcmp(out->bytes, in->bytes, in->length) != 0;
}
