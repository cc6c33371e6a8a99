/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/tokens.h"

#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum { WORD_MAX = 48 }; /* longer ones are nobody's name */

/* Where capitals are, as far as names are written with them. `step` 2: every second one from the first on. */
static const struct {
        uint32_t first, last, step;
} capitals[] = {{'A', 'Z', 1}, {0xC0, 0xD6, 1}, {0xD8, 0xDE, 1}, {0x100, 0x136, 2}, {0x139, 0x147, 2},
        {0x14A, 0x176, 2}, {0x178, 0x179, 1}, {0x17B, 0x17D, 2}, {0x1CD, 0x1DB, 2}, {0x1DE, 0x1EE, 2},
        {0x1F8, 0x21E, 2}, {0x386, 0x386, 1}, {0x388, 0x38F, 1}, {0x391, 0x3AB, 1}, {0x400, 0x42F, 1},
        {0x490, 0x490, 1}, {0x531, 0x556, 1}, {0x10A0, 0x10C5, 1}, {0x1E00, 0x1EFE, 2}};

static bool is_capital(uint32_t point)
{
        if (point < 0x80)
                return point >= 'A' && point <= 'Z';
        for (size_t i = 1; i < sizeof capitals / sizeof *capitals && capitals[i].first <= point; i++)
                if (point <= capitals[i].last)
                        return (point - capitals[i].first) % capitals[i].step == 0;
        return false;
}

/* Hebrew, Arabic, the scripts of India and of South-East Asia, kana, Han and Hangul. */
static bool is_caseless(uint32_t point)
{
        return (point >= 0x590 && point < 0x10A0) || (point >= 0x1100 && point < 0x1C80) ||
               (point >= 0x2E80 && point < 0xA640) || (point >= 0xA840 && point < 0xFB00) ||
               (point >= 0xFB1D && point < 0xFF00) || point >= 0x10A00;
}

static uint32_t point_at(const struct folding *view, size_t at)
{
        return view->original[view->starts[at]];
}

/* "McCathie", "MacLeod", "LaToya", "DeShawn", "O'Neil": a capital inside that is no sign of a brand. */
static bool is_name_capital(const struct folding *view, size_t start, size_t at)
{
        static const struct letters beginnings[] = {LETTERS("mc"), LETTERS("mac"), LETTERS("la"), LETTERS("le"),
                LETTERS("de"), LETTERS("di"), LETTERS("du"), LETTERS("da"), LETTERS("van"), LETTERS("fitz"),
                LETTERS("o'"), LETTERS("d'"), LETTERS("l'")};
        if (view->bytes[at - 1] == '\'')
                return true;
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
                if (beginnings[i].length == at - start &&
                        memcmp(view->bytes + start, beginnings[i].text, at - start) == 0)
                        return true;
        return false;
}

static bool has_brand_capital(const struct folding *view, struct span span)
{
        for (size_t at = span.start + 1; at < span.end; at++)
                if (is_capital(point_at(view, at)) && !is_name_capital(view, span.start, at))
                        return true;
        return false;
}

static enum token_shape shape_of(const struct folding *view, struct span span)
{
        size_t n_capitals = 0, n_lower = 0;
        uint32_t first = point_at(view, span.start);
        if (is_caseless(first))
                return SHAPE_CASELESS;
        for (size_t at = span.start; at < span.end; at++) {
                bool is_one = is_capital(point_at(view, at));
                n_capitals += is_one;
                n_lower += !is_one && view->bytes[at] != '\'';
        }
        if (n_capitals == 0)
                return SHAPE_LOWER;
        if (n_lower == 0)
                return n_capitals == 1 ? SHAPE_INITIAL : SHAPE_UPPER;
        return is_capital(first) && !has_brand_capital(view, span) ? SHAPE_CAPITAL : SHAPE_CAMEL;
}

static bool is_inner(const struct folding *view, size_t at)
{
        return view->bytes[at] == '\'' && folded_is_letter(view->bytes[at + 1]);
}

/* The end of the word or number that begins at `at`. */
static size_t end_of(const struct folding *view, size_t at)
{
        const unsigned char *bytes = view->bytes;
        bool is_number = folded_is_digit(bytes[at]);
        for (at++; at < view->length; at++)
                if (!folded_is_letter(bytes[at]) && !folded_is_digit(bytes[at]) && (is_number || !is_inner(view, at)))
                        break;
        return at;
}

static bool has_digit(const struct folding *view, struct span span)
{
        for (size_t at = span.start; at < span.end; at++)
                if (folded_is_digit(view->bytes[at]))
                        return true;
        return false;
}

static void read_word(struct token *token, const struct folding *view)
{
        const unsigned char *bytes = view->bytes;
        struct span span = {token->start, end_of(view, token->start)};
        token->has_digit = has_digit(view, span);
        token->kind = folded_is_digit(token->byte) ? TOKEN_NUMBER : TOKEN_WORD;
        token->is_possessive = token->kind == TOKEN_WORD && span.end - span.start > 2 && bytes[span.end - 1] == 's' &&
                               bytes[span.end - 2] == '\'';
        span.end -= token->is_possessive ? 2 : 0;
        token->end = (uint32_t)span.end;
        if (token->kind == TOKEN_NUMBER)
                return;
        token->shape = (uint8_t)shape_of(view, span);
        bool is_known = !token->has_digit && span.end - span.start <= WORD_MAX;
        unsigned classes = is_known ? lexicon_classes(bytes + span.start, span.end - span.start) : LEXICON_BEGINS;
        token->classes = classes & ~(unsigned)LEXICON_BEGINS;
        token->may_begin_phrase = (classes & LEXICON_BEGINS) != 0;
}

static void read_mark(struct token *token, const struct folding *view)
{
        token->kind = token->byte == '\n' ? TOKEN_BREAK : TOKEN_MARK;
        token->end = token->start + 1;
        while (token->byte == BARRIER && view->bytes[token->end] == BARRIER)
                token->end++;
}

/* Words behind these begin a sentence, or may as well have begun one. */
static bool begins_behind(const struct token *token)
{
        return token->kind == TOKEN_BREAK ||
               (token->kind == TOKEN_MARK && strchr(".!?:;\">*-\xFF|([{~", token->byte) != NULL);
}

void tokens_read(struct tokens *out, struct arena *arena, const struct folding *view)
{
        *out = (struct tokens){.view = view, .items = arena_alloc(arena, (view->length + 1) * sizeof *out->items)};
        bool is_first = true, has_blank = false;
        for (size_t at = 0; at < view->length;) {
                struct token *token = &out->items[out->count];
                unsigned char byte = view->bytes[at];
                if (byte == ' ') {
                        has_blank = true;
                        at++;
                        continue;
                }
                *token = (struct token){
                        .start = (uint32_t)at, .byte = byte, .has_blank = has_blank, .is_first = is_first};
                if (folded_is_letter(byte) || folded_is_digit(byte))
                        read_word(token, view);
                else
                        read_mark(token, view);
                at = token->end + (token->is_possessive ? 2U : 0U);
                is_first = begins_behind(token);
                has_blank = false;
                out->count++;
        }
        out->items[out->count] = (struct token){
                .start = (uint32_t)view->length, .end = (uint32_t)view->length, .kind = TOKEN_BREAK, .byte = '\n'};
}

bool token_spells(const struct tokens *tokens, size_t at, const char *word)
{
        const struct token *token = &tokens->items[at];
        const unsigned char *bytes = tokens->view->bytes + token->start;
        if (*bytes != (unsigned char)*word) /* most are refused here */
                return false;
        size_t length = strlen(word);
        return token_length(token) == length && memcmp(bytes, word, length) == 0;
}
