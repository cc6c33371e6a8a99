/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/person_word.h"

#include "svc-anonymize/lexicon.h"

#include <string.h>

enum { STEM_MIN = 3, HALF_MIN = 4, WORD_MAX = 32 };

/* What an ending stands for: "tries" is "try". */
static const struct {
        struct letters ending, stem;
} endings[] = {{LETTERS("s"), LETTERS("")}, {LETTERS("es"), LETTERS("")}, {LETTERS("ies"), LETTERS("y")},
        {LETTERS("ed"), LETTERS("")}, {LETTERS("ed"), LETTERS("e")}, {LETTERS("ied"), LETTERS("y")},
        {LETTERS("ing"), LETTERS("")}, {LETTERS("ing"), LETTERS("e")}, {LETTERS("er"), LETTERS("")},
        {LETTERS("er"), LETTERS("e")}, {LETTERS("ers"), LETTERS("")}, {LETTERS("ers"), LETTERS("e")},
        {LETTERS("ly"), LETTERS("")}, {LETTERS("able"), LETTERS("")}, {LETTERS("able"), LETTERS("e")},
        {LETTERS("ment"), LETTERS("")}, {LETTERS("ness"), LETTERS("")}, {LETTERS("ization"), LETTERS("ize")},
        {LETTERS("like"), LETTERS("")}, {LETTERS("less"), LETTERS("")}, {LETTERS("ish"), LETTERS("")},
        {LETTERS("ism"), LETTERS("")}, {LETTERS("ist"), LETTERS("")}, {LETTERS("ability"), LETTERS("")},
        {LETTERS("ability"), LETTERS("e")}};

static const struct letters beginnings[] = {LETTERS("re"), LETTERS("un"), LETTERS("pre"), LETTERS("non"),
        LETTERS("over"), LETTERS("under"), LETTERS("mis"), LETTERS("out"), LETTERS("sub"), LETTERS("co"),
        LETTERS("anti"), LETTERS("super"), LETTERS("micro"), LETTERS("multi"), LETTERS("self"), LETTERS("inter"),
        LETTERS("counter"), LETTERS("mid"), LETTERS("semi"), LETTERS("de"), LETTERS("dis"), LETTERS("hyper"),
        LETTERS("auto"), LETTERS("crypto")};

static bool is_word(const unsigned char *word, size_t length)
{
        return (lexicon_classes(word, length) & LEXICON_WORD) != 0;
}

static bool is_inflected(const unsigned char *word, size_t length)
{
        unsigned char stem[WORD_MAX + 4];
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
                size_t taken = endings[i].ending.length, added = endings[i].stem.length;
                if (length < STEM_MIN + taken || memcmp(word + length - taken, endings[i].ending.text, taken) != 0)
                        continue;
                memcpy(stem, word, length - taken);
                memcpy(stem + length - taken, endings[i].stem.text, added);
                if (is_word(stem, length - taken + added))
                        return true;
        }
        return false;
}

static bool is_prefixed(const unsigned char *word, size_t length)
{
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
                size_t taken = beginnings[i].length;
                if (length < HALF_MIN + taken || memcmp(word, beginnings[i].text, taken) != 0)
                        continue;
                if (is_word(word + taken, length - taken) || is_inflected(word + taken, length - taken))
                        return true;
        }
        return false;
}

/* "Somalians", "Mexicans". */
static bool is_people(const unsigned char *word, size_t length)
{
        return length > STEM_MIN && word[length - 1] == 's' && (lexicon_classes(word, length - 1) & LEXICON_PLACE) != 0;
}

/* "Noooo": nobody is called that. */
static bool is_drawn_out(const unsigned char *word, size_t length)
{
        for (size_t i = 2; i < length; i++)
                if (word[i] == word[i - 1] && word[i] == word[i - 2])
                        return true;
        return false;
}

static bool is_compound(const unsigned char *word, size_t length)
{
        for (size_t half = HALF_MIN; half + HALF_MIN <= length; half++)
                if (is_word(word, half) && is_word(word + half, length - half))
                        return true;
        return false;
}

bool person_word_is_derived(const struct folding *view, const struct token *token)
{
        const unsigned char *word = view->bytes + token->start;
        size_t length = token_length(token);
        if (length > WORD_MAX)
                return false;
        return is_inflected(word, length) || is_prefixed(word, length) || is_compound(word, length) ||
               is_people(word, length) || is_drawn_out(word, length);
}

bool person_word_is_contraction(const struct folding *view, const struct token *token)
{
        static const struct letters ends[] = {
                LETTERS("'m"), LETTERS("'re"), LETTERS("'ve"), LETTERS("'ll"), LETTERS("'d"), LETTERS("n't")};
        const unsigned char *end = view->bytes + token->end;
        if (token_length(token) < 3 || (end[-2] != '\'' && end[-3] != '\''))
                return false;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
                size_t taken = ends[i].length;
                if (token_length(token) > taken && memcmp(end - taken, ends[i].text, taken) == 0)
                        return true;
        }
        return false;
}
