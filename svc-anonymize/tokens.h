/* SPDX-License-Identifier: Apache-2.0 */
/* A folded text as words, numbers and marks, each with what detectors of names and addresses ask of it. */
#pragma once

#include "common/folding.h"

#include <string.h>

enum token_kind {
        TOKEN_WORD,   /* letters, with an apostrophe or digits inside: "o'neil", "401k", "w2" */
        TOKEN_NUMBER, /* begins with a digit: "42", "12a", "22nd" */
        TOKEN_MARK,   /* any other sign; a run of barriers is one */
        TOKEN_BREAK,  /* the end of a line */
};

/* How a word was written. */
enum token_shape {
        SHAPE_LOWER,
        SHAPE_CAPITAL, /* "Anna", "McCathie" */
        SHAPE_INITIAL, /* one capital letter */
        SHAPE_UPPER,   /* "ANNA" */
        SHAPE_CAMEL,   /* "PayPal" */
        SHAPE_CASELESS /* of a script without capitals */
};

struct token {
        uint32_t start, end; /* bytes of the view; a possessive "'s" is left out */
        uint32_t classes;    /* of lexicon.h; of words without digits only */
        uint8_t kind;        /* enum token_kind */
        uint8_t shape;       /* enum token_shape, of words */
        uint8_t byte;        /* the first */
        bool has_blank : 1;  /* before it */
        bool is_first : 1;   /* begins a sentence, or what is marked off like one */
        bool is_possessive : 1;
        bool has_digit : 1;        /* a word with digits inside */
        bool may_begin_phrase : 1; /* of lexicon.h; a word */
};

struct tokens {
        const struct folding *view;
        struct token *items;
        size_t count; /* a TOKEN_BREAK stands behind the last one, not counted */
};

/* Reads a whole view. What was found in it already (identifier.h, BARRIER) is a mark. Lives in `arena`. */
void tokens_read(struct tokens *out, struct arena *arena, const struct folding *view);

/* Letters of a token that is a word. */
static inline size_t token_length(const struct token *token)
{
        return token->end - token->start;
}

/* A word or a part of one, with its length. */
struct letters {
        const char *text;
        size_t length;
};
#define LETTERS(text)                                                                                                  \
        {                                                                                                              \
                text, sizeof(text) - 1                                                                                 \
        }

/* The letters are those of `word`; asked by token_is. */
bool token_spells(const struct tokens *tokens, size_t at, const char *word);

/* The word is `word`, in lower case. */
static inline bool token_is(const struct tokens *tokens, size_t at, const char *word)
{
        return tokens->items[at].byte == (unsigned char)word[0] && token_spells(tokens, at, word);
}

static inline bool token_is_mark(const struct token *token, unsigned char byte)
{
        return token->kind == TOKEN_MARK && token->byte == byte;
}

/* It is one of the marks in `bytes`. */
static inline bool token_is_among(const struct token *token, const char *bytes)
{
        return token->kind == TOKEN_MARK && strchr(bytes, token->byte) != NULL;
}

/* It is of one of the classes. */
static inline bool token_has(const struct token *token, unsigned classes)
{
        return (token->classes & classes) != 0;
}
