/* SPDX-License-Identifier: Apache-2.0 */
/* Weights are hundredths of what is enough for a single unknown word with a capital, in the middle of a sentence. */
#include "svc-anonymize/identifiers/person_evidence.h"

#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/identifiers/person_context.h"
#include "svc-anonymize/identifiers/person_script.h"
#include "svc-anonymize/identifiers/person_word.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum weight {
        ENOUGH = 180,
        MORE_PARTS = 80, /* what a further part adds at most */
        TWO_NAMES = 100, /* nothing but names and unknown words, more than one */
        GIVEN_FIRST = 120,
};

enum { NAMES = LEXICON_GIVEN | LEXICON_FAMILY, SHORT_NAME = 4 /* without a capital it is more likely slang */ };

static bool is_name_word(const struct token *token)
{
        return token->kind == TOKEN_WORD && !token->has_digit;
}

/* A word that says what the number beside it is: "NPI", "Steuernummer". */
static bool is_cue(const struct tokens *tokens, const struct token *token)
{
        return !token_has(token, NAMES) && cues_of(tokens->view->bytes + token->start, token_length(token)) != 0;
}

/* Words that only stand around names, unless they are names as well. */
static bool is_context(const struct token *token)
{
        return token_has(token, LEXICON_TITLE | LEXICON_SUFFIX | LEXICON_FUNCTION) && !token_has(token, NAMES);
}

static bool is_written_as_name(const struct token *token, bool is_plain)
{
        if (token->shape == SHAPE_CASELESS)
                return token_has(token, NAMES);
        if (is_plain && !token_has(token, NAMES))
                return !token_has(token, LEXICON_WORD | LEXICON_KIN | LEXICON_CUE | LEXICON_VERB);
        if (is_plain)
                return true;
        if (token->shape == SHAPE_LOWER)
                return token_has(token, LEXICON_GIVEN) && !token_has(token, LEXICON_WORD);
        return token->shape == SHAPE_CAPITAL || token->shape == SHAPE_UPPER;
}

bool evidence_can_begin(const struct tokens *tokens, size_t at, const struct run_line *line)
{
        const struct token *token = &tokens->items[at];
        if (!is_name_word(token) || token->shape == SHAPE_CAMEL)
                return false;
        if (token->shape == SHAPE_INITIAL)
                return token->byte != 'i' && at + 1 < tokens->count && token[1].kind != TOKEN_BREAK;
        if (is_context(token) || person_word_is_contraction(tokens->view, token))
                return false;
        return token_length(token) > 1 && is_written_as_name(token, line->is_plain) && !is_cue(tokens, token);
}

bool evidence_is_part(const struct tokens *tokens, size_t at, const struct run *run)
{
        const struct token *token = &tokens->items[at];
        if (token_has(token, LEXICON_SUFFIX) && run->n_parts > 1)
                return true;
        if (!is_name_word(token) || !token->has_blank)
                return false;
        if (token->shape == SHAPE_INITIAL || (run->line.is_plain && token_length(token) == 1))
                return token->byte != 'i' || token_is_among(token + 1, ".");
        if (is_context(token) || person_word_is_contraction(tokens->view, token))
                return false;
        if (token->shape == SHAPE_CASELESS && person_script_is_family(tokens, at))
                return true;
        return is_written_as_name(token, run->line.is_plain);
}

bool evidence_can_join(const struct token *token, const struct run *run)
{
        return !token->has_digit && (token->shape != SHAPE_LOWER || run->line.is_plain || token_has(token, NAMES) ||
                                            !token_has(token, LEXICON_WORD));
}

bool evidence_is_particle(const struct token *token, const struct run *run)
{
        return is_name_word(token) && token->has_blank && token_has(token, LEXICON_PARTICLE) &&
               (token->shape == SHAPE_LOWER || run->line.is_plain || token->shape == SHAPE_CAPITAL);
}

/* ---- the words ------------------------------------------------------------------------------------------------ */

/* Of words in lower case, among capitals or without. */
static int weigh_lower(const struct token *token, const struct run *run)
{
        if (token_has(token, LEXICON_WORD | LEXICON_CALENDAR))
                return token_has(token, NAMES) ? -50 : -200;
        if (token_has(token, LEXICON_BRAND | LEXICON_PLACE))
                return token_has(token, NAMES) ? 40 : -200;
        if (token_length(token) < SHORT_NAME)
                return 60;
        return token_has(token, LEXICON_GIVEN)    ? 200
               : token_has(token, LEXICON_FAMILY) ? 120
               : run->line.is_foreign             ? 0
                                                  : 60;
}

static int weigh_name(const struct token *token, const struct run *run)
{
        if (token->shape == SHAPE_UPPER && !run->line.is_plain && run->n_parts == 1)
                return 100; /* as likely an abbreviation */
        if (token_has(token, LEXICON_BRAND | LEXICON_CALENDAR))
                return 40;
        if (token_has(token, LEXICON_PLACE))
                return 150;
        if (token_has(token, LEXICON_WORD))
                return token_has(token, LEXICON_GIVEN)
                               ? (token->is_first || token_has(token, LEXICON_FUNCTION) ? 120 : 185)
                               : 80;
        return token_has(token, LEXICON_GIVEN) ? 320 : 240;
}

static int weigh_other(const struct tokens *tokens, const struct token *token, const struct run *run)
{
        if (token_has(token, LEXICON_BRAND))
                return -400;
        if (token_has(token, LEXICON_WORD | LEXICON_CALENDAR | LEXICON_PARTICLE))
                return -200;
        if (token_has(token, LEXICON_PLACE))
                return run->n_parts == 1 ? -200 : 0;
        if (token->shape == SHAPE_UPPER)
                return token_length(token) < 6 ? -60 : 120;
        if (token_has(token, LEXICON_PROPER))
                return 180;
        return person_word_is_derived(tokens->view, token) ? -50 : run->line.is_foreign ? 60 : 190;
}

static int weigh_part(const struct tokens *tokens, const struct token *token, const struct run *run)
{
        if (token->kind != TOKEN_WORD || token_length(token) == 1)
                return 20;
        if (token->shape == SHAPE_LOWER)
                return token_has(token, LEXICON_PARTICLE) ? 20 : weigh_lower(token, run);
        if (token->shape == SHAPE_CASELESS)
                return token_has(token, NAMES) ? 200 : 0;
        return token_has(token, NAMES) ? weigh_name(token, run) : weigh_other(tokens, token, run);
}

/* The best part counts whole, the others add to it or take from it. */
static int weigh_parts(const struct tokens *tokens, const struct run *run)
{
        int best = -1000, sum = 0;
        bool all_names = true;
        for (size_t at = run->start; at < run->end; at++) {
                int weight = weigh_part(tokens, &tokens->items[at], run),
                    small = weight < MORE_PARTS ? weight : MORE_PARTS;
                if (tokens->items[at].kind != TOKEN_WORD)
                        continue;
                all_names = all_names && weight > 0;
                sum += small;
                if (weight > best)
                        best = weight;
        }
        int total = best + sum - (best < MORE_PARTS ? best : MORE_PARTS);
        if (run->n_parts < 2)
                return total;
        return total + (all_names ? TWO_NAMES : 0) +
               (token_has(&tokens->items[run->start], LEXICON_GIVEN) ? GIVEN_FIRST : 0);
}

/* ---- the verdict ----------------------------------------------------------------------------------------------- */

/* "Tami Want": behind a given name, a word in the middle of a sentence has a capital for being one, too. */
static bool is_second_name(const struct tokens *tokens, const struct run *run)
{
        const struct token *first = &tokens->items[run->start], *last = &tokens->items[run->end - 1];
        bool is_given =
                token_has(first, LEXICON_GIVEN) && !token_has(first, LEXICON_WORD | LEXICON_BRAND | LEXICON_PLACE);
        return run->n_parts == 2 && is_given && !run->line.is_plain && last->shape == SHAPE_CAPITAL &&
               (last->classes & ~(unsigned)LEXICON_FIRM) == LEXICON_WORD && last[1].shape != SHAPE_CAPITAL;
}

/* No name begins or ends with it when it has other parts. */
static bool is_trimmed(const struct token *token)
{
        if (token->kind != TOKEN_WORD)
                return true;
        if (token_has(token, LEXICON_SUFFIX) && token->shape != SHAPE_LOWER)
                return false;
        if (token_has(token, NAMES) || token->shape == SHAPE_INITIAL)
                return false;
        return token_has(token, LEXICON_WORD | LEXICON_CALENDAR | LEXICON_CUE | LEXICON_KIN | LEXICON_TITLE |
                                        LEXICON_PARTICLE | LEXICON_BRAND);
}

/* "Brad L. Key": whatever the last word means otherwise. */
static bool is_behind_initial(const struct tokens *tokens, const struct run *run)
{
        const struct token *last = &tokens->items[run->end - 1];
        if (last->kind != TOKEN_WORD || run->end < run->start + 3)
                return false;
        return last[-1].shape == SHAPE_INITIAL || (token_is_among(last - 1, ".") && last[-2].shape == SHAPE_INITIAL);
}

static void trim(const struct tokens *tokens, struct run *run)
{
        while (run->end > run->start + 1 && is_trimmed(&tokens->items[run->end - 1]) &&
                !is_behind_initial(tokens, run) && !is_second_name(tokens, run))
                run->end--;
        while (run->start + 1 < run->end && is_trimmed(&tokens->items[run->start]) &&
                !person_context_introduces(tokens, run->start))
                run->start++;
        run->n_parts = 0;
        for (size_t at = run->start; at < run->end; at++)
                run->n_parts += tokens->items[at].kind == TOKEN_WORD;
}

static bool has_name(const struct tokens *tokens, const struct run *run)
{
        for (size_t at = run->start; at < run->end; at++)
                if (token_has(&tokens->items[at], NAMES))
                        return true;
        return false;
}

enum verdict evidence_judge(const struct tokens *tokens, struct run *run)
{
        const struct token *last = &tokens->items[run->end - 1];
        if (token_has(last, LEXICON_FIRM) && run->n_parts > 1 && !run->line.is_plain)
                return A_FIRM;
        trim(tokens, run);
        if (run->n_parts == 1 && token_length(&tokens->items[run->start]) == 1)
                return NOBODY;
        int words = weigh_parts(tokens, run), before = person_context_before(tokens, run);
        if (run->line.is_plain && !has_name(tokens, run) && before < CONTEXT_CUE)
                return NOBODY;
        return words + before + person_context_behind(tokens, run) >= ENOUGH ? SOMEBODY : NOBODY;
}
