/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/person_context.h"

#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum weight {
        BEHIND_TITLE = 400,
        INTRODUCED = 400, /* "my name is" */
        BEHIND_KIN = 180,
        IN_A_LIST = 250,
        BEFORE_VERB = 130,
        BEFORE_AUXILIARY = 60,
        BEFORE_AND = 60,
        LABEL = 120, /* "Anna: ..." */
        POSSESSIVE = 100,
        ALONE = 160, /* on its line */
        BESIDE_FOUND = 80,
        NAMES_FOUND = -100, /* directly before it, without a mark: says what it is */
        BEHIND_WHERE = -220,
        GIVEN_BEHIND_WHERE = -120,
        BEHIND_BRAND = -220,
        BEHIND_ARTICLE = -150,
        FAMILY_BEHIND_ARTICLE = -60,
        BEGINS = -60,
        BEFORE_THING = -220,
};

enum { NAMES = LEXICON_GIVEN | LEXICON_FAMILY };

/* The token before, marks that may stand between passed over; the break behind the text's end where there is none. */
static const struct token *before(const struct tokens *tokens, size_t at, const char *passed)
{
        while (at > 0 && token_is_among(&tokens->items[at - 1], passed))
                at--;
        return at > 0 ? &tokens->items[at - 1] : &tokens->items[tokens->count];
}

/* Words that introduce a name, by the last of them and those that may go before it; 0 where none needs to. */
static const struct introduction {
        struct letters last;
        const char *before[3];
} introductions[] = {
        {LETTERS("i'm"), {0}},
        {LETTERS("im"), {0}},
        {LETTERS("name"), {0}},
        {LETTERS("is"), {"name", "naam"}},
        {LETTERS("are"), {"names"}},
        {LETTERS("am"), {"i"}},
        {LETTERS("me"), {"call", "calls"}},
        {LETTERS("him"), {"named", "called"}},
        {LETTERS("her"), {"named", "called"}},
        {LETTERS("to"), {"name"}},
        {LETTERS("called"), {"is", "was"}},
        {LETTERS("under"), {"it's"}},
        {LETTERS("es"), {"nombre"}},
        {LETTERS("llamo"), {"me"}},
        {LETTERS("m'appelle"), {"je"}},
        {LETTERS("ist"), {"name"}},
        {LETTERS("heisse"), {"ich"}},
        {LETTERS("heise"), {"ich"}},
        {LETTERS("heibe"), {"ich"}},
        {LETTERS("chiamo"), {"mi"}},
        {LETTERS("nome"), {"meu"}},
        {LETTERS("e"), {"nome"}},
        {LETTERS("chamo"), {"me"}},
};

/* The words before the token at `last` are those of the introduction. */
static bool is_begun(const struct tokens *tokens, size_t last, const struct introduction *introduction)
{
        const char *const *before = introduction->before;
        for (size_t i = 0; last > 0 && i < 3 && before[i] != NULL; i++)
                if (token_is(tokens, last - 1, before[i]))
                        return true;
        return before[0] == NULL;
}

/* "my name is", "name:", "I'm", "call me". */
bool person_context_introduces(const struct tokens *tokens, size_t at)
{
        while (at > 0 && token_is_among(&tokens->items[at - 1], "\":'?-"))
                at--;
        if (at == 0)
                return false;
        const struct token *last = &tokens->items[at - 1];
        for (size_t i = 0; i < sizeof introductions / sizeof *introductions; i++)
                if (introductions[i].last.length == token_length(last) &&
                        token_is(tokens, at - 1, introductions[i].last.text) &&
                        is_begun(tokens, at - 1, &introductions[i]))
                        return true;
        return false;
}

/* Only commas and "and" stand between the name before and this one. */
static bool is_in_list(const struct tokens *tokens, const struct run *run)
{
        if (run->behind_name == 0 || run->start - run->behind_name > 3 || run->start == run->behind_name)
                return false;
        for (size_t at = run->behind_name; at < run->start; at++)
                if (!token_is_among(&tokens->items[at], ",&+/") && !token_is(tokens, at, "and") &&
                        !token_is(tokens, at, "or"))
                        return false;
        return true;
}

static bool is_article(const struct tokens *tokens, size_t at)
{
        static const char *const articles[] = {"the", "a", "an", "my", "your", "our", "their", "this", "that", "its"};
        for (size_t i = 0; at > 0 && i < sizeof articles / sizeof *articles; i++)
                if (token_is(tokens, at - 1, articles[i]))
                        return true;
        return false;
}

/* "talked to". */
static bool is_toward(const struct tokens *tokens, size_t at)
{
        return at >= 2 && (token_is(tokens, at - 1, "to") || token_is(tokens, at - 1, "with")) &&
               token_has(&tokens->items[at - 2], LEXICON_TOWARD);
}

int person_context_before(const struct tokens *tokens, const struct run *run)
{
        const struct token *direct = before(tokens, run->start, ""), *cue = before(tokens, run->start, ":,\"'-");
        if (token_has(before(tokens, run->start, "."), LEXICON_TITLE))
                return BEHIND_TITLE;
        if (is_in_list(tokens, run))
                return IN_A_LIST;
        if (person_context_introduces(tokens, run->start))
                return INTRODUCED;
        if (token_has(before(tokens, run->start, "("), LEXICON_KIN))
                return BEHIND_KIN;
        if (token_has(cue, LEXICON_CUE) || is_toward(tokens, run->start))
                return CONTEXT_CUE;
        if (token_has(direct, LEXICON_BRAND) && !token_has(direct, NAMES) && direct->shape != SHAPE_LOWER)
                return BEHIND_BRAND;
        const struct token *first = &tokens->items[run->start];
        if (token_has(direct, LEXICON_WHERE) && run->n_parts == 1)
                return token_has(first, LEXICON_GIVEN) ? GIVEN_BEHIND_WHERE : BEHIND_WHERE;
        if (is_article(tokens, run->start))
                return token_has(first, LEXICON_FAMILY) ? FAMILY_BEHIND_ARTICLE : BEHIND_ARTICLE;
        return 0;
}

/* All there is in its line. A text that is one word has no line beside it, and may be any title. */
static bool is_alone(const struct tokens *tokens, const struct run *run)
{
        if (run->n_parts == 1 && run->start == 0 && run->end == tokens->count)
                return false;
        return before(tokens, run->start, "->?*")->kind == TOKEN_BREAK && tokens->items[run->end].kind == TOKEN_BREAK;
}

/* "and" or a comma, and another word with a capital. */
static bool is_and(const struct tokens *tokens, size_t at)
{
        bool is_link =
                at + 1 < tokens->count && (token_is_among(&tokens->items[at], ",&") || token_is(tokens, at, "and"));
        if (is_link && (token_is(tokens, at + 1, "me") || token_is(tokens, at + 1, "i")))
                return true;
        return is_link && tokens->items[at + 1].shape == SHAPE_CAPITAL && tokens->items[at + 1].kind == TOKEN_WORD &&
               !token_has(&tokens->items[at + 1], LEXICON_FUNCTION | LEXICON_BRAND);
}

int person_context_behind(const struct tokens *tokens, const struct run *run)
{
        const struct token *next = &tokens->items[run->end];
        bool is_possessive = tokens->items[run->end - 1].is_possessive;
        int weight = is_possessive ? POSSESSIVE : 0;
        if (is_alone(tokens, run))
                weight += ALONE;
        else if (tokens->items[run->start].is_first && !token_is_among(next, ","))
                weight += BEGINS;
        if (token_has(next, LEXICON_VERB))
                weight += BEFORE_VERB;
        else if (token_has(next, LEXICON_AUXILIARY))
                weight += BEFORE_AUXILIARY;
        else if (is_and(tokens, run->end))
                weight += BEFORE_AND;
        else if (token_is_among(next, ":") && token_is_among(next + 1, "\"\\"))
                weight += LABEL;
        else if (token_has(next, is_possessive ? LEXICON_EPONYM : LEXICON_EPONYM | LEXICON_THING))
                weight += BEFORE_THING;
        if (next->kind == TOKEN_MARK && next->byte == BARRIER)
                weight += NAMES_FOUND;
        else if (token_is_among(next, ",:(-") ? next[1].byte == BARRIER
                                              : before(tokens, run->start, "(,:-")->byte == BARRIER)
                weight += BESIDE_FOUND;
        return weight;
}
