/* SPDX-License-Identifier: Apache-2.0 */
/* Town, state, code and country are taken only behind a street, so they may be any words with capitals. */
#include "svc-anonymize/identifiers/address_parts.h"
#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum { SEPARATORS_MAX = 5, TOWN_WORDS_MAX = 6, CODE_MIN = 3, CODE_MAX = 7, PARTS_MAX = 8, STATE_MAX = 3, LINK_MAX = 3 };

struct gap {
        size_t end;
        bool has_comma;
        bool has_break;
};

/* Commas, line ends and the signs that quoted lines begin with. */
static struct gap read_gap(const struct tokens *tokens, size_t at)
{
        struct gap gap = {.end = at};
        for (; gap.end < tokens->count && gap.end < at + SEPARATORS_MAX; gap.end++) {
                const struct token *token = &tokens->items[gap.end];
                if (token->kind == TOKEN_BREAK)
                        gap.has_break = true;
                else if (token_is_mark(token, ',') || (token_is_mark(token, '-') && token->has_blank))
                        gap.has_comma = true;
                else if (token_is_mark(token, '.')
                                 ? token[1].kind != TOKEN_BREAK && !token_is_mark(token + 1, ',') &&
                                           !token_has(token + 1, LEXICON_UNIT)
                                 : !gap.has_break || !(token_is_mark(token, '>') || token_is_mark(token, '?')))
                        break;
        }
        return gap;
}

/* "62704", "90210-1234", "SW1A", "2AA", "K1A": a code or half of one. */
static size_t read_code(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        size_t length = token_length(token);
        bool is_mixed = token->has_digit && length >= 2 && length <= 4 && token->kind == TOKEN_WORD;
        if (!is_mixed && (token->kind != TOKEN_NUMBER || length < CODE_MIN || length > CODE_MAX))
                return at;
        if (token->kind == TOKEN_NUMBER && token_is_mark(token + 1, '%'))
                return at;
        if (token_is_mark(token + 1, '-') && !token[1].has_blank && at + 2 < tokens->count &&
                token[2].kind == TOKEN_NUMBER && !token[2].has_blank)
                return at + 3;
        return at + 1;
}

/* The inner half of a British or Canadian code, "3 2aa" having been read as a number. */
static size_t read_code_half(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        bool is_half = at > 0 && at < tokens->count && token->kind == TOKEN_NUMBER && token_length(token) == 3 &&
                       token->has_digit && tokens->items[at - 1].has_digit && tokens->items[at - 1].kind == TOKEN_WORD;
        return is_half ? at + 1 : at;
}

static bool is_town_word(const struct token *token, bool is_plain)
{
        if (token->kind != TOKEN_WORD || token->has_digit)
                return false;
        if (token->shape == SHAPE_LOWER)
                return is_plain && !token_has(token, LEXICON_FUNCTION);
        return !(token->shape == SHAPE_INITIAL && token->byte == 'i');
}

/* "nad", "sur", "of the": between the words of a town. */
static bool is_link_word(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        if (token->kind != TOKEN_WORD || token->shape != SHAPE_LOWER)
                return false;
        if (token_has(token, LEXICON_PARTICLE) || token_is(tokens, at, "and") || token_is(tokens, at, "of") ||
                token_is(tokens, at, "the"))
                return true;
        return token_length(token) <= LINK_MAX && !token_has(token, LEXICON_FUNCTION);
}

/* Words with capitals; without any, words that are none of the language. */
static size_t read_town(const struct tokens *tokens, size_t at, bool is_plain)
{
        size_t end = at, n_words = 0;
        for (; end < tokens->count && n_words < TOWN_WORDS_MAX; end++) {
                const struct token *token = &tokens->items[end];
                bool is_link = n_words > 0 && is_link_word(tokens, end);
                if (is_town_word(token, is_plain))
                        n_words++;
                else if ((token_is_mark(token, '-') && !token->has_blank) || token_is_mark(token, '(') ||
                         token_is_mark(token, ')') || token_is_mark(token, '\''))
                        continue;
                else if (!(is_link && end + 1 < tokens->count && is_town_word(token + 1, is_plain)))
                        break;
        }
        while (end > at && tokens->items[end - 1].kind == TOKEN_MARK && tokens->items[end - 1].byte != ')')
                end--;
        return n_words > 0 ? end : at;
}

/* A line that says what it is ("Phone: ..."), or goes on like a sentence, is no town. */
static bool ends_like_town(const struct tokens *tokens, size_t end, bool has_break)
{
        const struct token *next = &tokens->items[end];
        if (token_is_mark(next, ':') || token_is_mark(next, '@'))
                return false;
        return !has_break || next->kind != TOKEN_WORD || next->has_digit;
}

static bool is_state(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        return token->kind == TOKEN_WORD && token_length(token) <= STATE_MAX && !token_has(token, LEXICON_FUNCTION) &&
               (token->shape == SHAPE_UPPER || token[1].kind == TOKEN_BREAK || token[1].kind == TOKEN_NUMBER);
}

static bool may_be_town(const struct tokens *tokens, size_t at, const struct gap *gap, bool is_plain)
{
        const struct token *token = &tokens->items[at];
        if (gap->has_break || gap->has_comma || !is_plain)
                return gap->has_comma || gap->has_break || !token_has(token, LEXICON_WORD) ||
                       token_has(token, LEXICON_PLACE) || token->shape == SHAPE_UPPER;
        return !token_has(token, LEXICON_WORD);
}

static size_t read_part(const struct tokens *tokens, size_t at, bool is_plain)
{
        struct gap gap = read_gap(tokens, at);
        size_t end = address_unit(tokens, gap.end);
        if (end > gap.end)
                return end;
        if (gap.end >= tokens->count)
                return at;
        end = read_code(tokens, gap.end);
        if (end > gap.end)
                return read_code_half(tokens, end);
        if (is_state(tokens, gap.end))
                return gap.end + 1;
        if (!may_be_town(tokens, gap.end, &gap, is_plain))
                return at;
        end = read_town(tokens, gap.end, is_plain);
        return end > gap.end && ends_like_town(tokens, end, gap.has_break) ? end : at;
}

size_t address_tail(const struct tokens *tokens, size_t at)
{
        bool is_plain = true;
        for (size_t i = at; i > 0 && i + STREET_WORDS_MAX > at; i--)
                is_plain = is_plain &&
                           (tokens->items[i - 1].kind != TOKEN_WORD || tokens->items[i - 1].shape == SHAPE_LOWER);
        for (size_t n_parts = 0; n_parts < PARTS_MAX; n_parts++) {
                size_t end = read_part(tokens, at, is_plain);
                if (end == at)
                        break;
                at = end;
        }
        return at;
}
