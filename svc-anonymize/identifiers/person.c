/* SPDX-License-Identifier: Apache-2.0 */
/* Names of persons: runs of words that may be a name, judged by what the words are known as and by what stands around
 * (person_evidence.c). */
#include "svc-anonymize/identifiers/person.h"

#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/identifiers/person_evidence.h"
#include "svc-anonymize/identifiers/person_script.h"
#include "svc-anonymize/identifiers/person_word.h"
#include "svc-anonymize/lexicon.h"
#include "svc-anonymize/lexicon/key.h"

enum { PHRASE_MAX = 4, PHRASE_SIZE = 64 };

/* "jean-luc", "Al-Rashid": nothing but a hyphen between. */
static bool is_joined(const struct tokens *tokens, size_t at)
{
        const struct token *mark = &tokens->items[at], *next = mark + 1;
        return at + 1 < tokens->count && token_is_mark(mark, '-') && !mark->has_blank && next->kind == TOKEN_WORD &&
               !next->has_blank;
}

/* Words from `at` on that are a brand together; 0 for none. */
static size_t phrase_length(const struct tokens *tokens, size_t at)
{
        const unsigned char *bytes = tokens->view->bytes;
        uint64_t digest = LEXICON_EMPTY;
        size_t length = 0, n_words = 0;
        if (!tokens->items[at].may_begin_phrase)
                return 0;
        for (size_t i = at; i < tokens->count && n_words < PHRASE_MAX; i++) {
                const struct token *token = &tokens->items[i];
                if (token->kind == TOKEN_MARK &&
                        (token->byte == '.' || token->byte == '&' || token->byte == '-' || token->byte == 0xFF))
                        continue;
                if (token->kind == TOKEN_BREAK || token->kind == TOKEN_MARK ||
                        length + token_length(token) + 2 > PHRASE_SIZE)
                        break;
                if (n_words++ > 0)
                        digest = lexicon_digest(digest, (const unsigned char *)" ", 1);
                digest = lexicon_digest(digest, bytes + token->start, token_length(token));
                length += token_length(token) + (n_words > 1);
                if (n_words > 1 && (lexicon_classes_of(digest) & LEXICON_PHRASE) != 0)
                        return is_joined(tokens, i + 1) ? 0 : i + 1 - at;
        }
        return 0;
}

/* Takes what a name goes on with behind `end`; returns the new end, or `end` when it ends here. */
static size_t go_on(const struct tokens *tokens, const struct run *run)
{
        const struct token *items = tokens->items;
        size_t at = run->end;
        if (at >= tokens->count || items[at - 1].is_possessive)
                return at;
        if (token_is_mark(&items[at], '.') && token_length(&items[at - 1]) == 1 && !items[at].has_blank)
                at++;
        if (is_joined(tokens, at))
                return evidence_can_join(&items[at + 1], run) ? at + 2 : at;
        size_t next = at;
        while (next < tokens->count && next < at + 3 && evidence_is_particle(&items[next], run))
                next++;
        for (;; next--)
                if (next < tokens->count && evidence_is_part(tokens, next, run) && phrase_length(tokens, next) == 0)
                        return next + 1;
                else if (next == at)
                        return at;
}

/* The longest run of words from `at` on that might be a name. */
static struct run read_run(const struct tokens *tokens, size_t at, const struct run_line *line)
{
        struct run run = {.start = at, .end = at + 1, .n_parts = 1, .line = *line};
        while (run.n_parts < RUN_PARTS_MAX) {
                size_t end = go_on(tokens, &run);
                if (end == run.end)
                        break;
                run.n_parts += tokens->items[end - 1].kind == TOKEN_WORD;
                run.end = end;
        }
        return run;
}

static bool is_unknown(const struct tokens *tokens, const struct token *token)
{
        return (token->classes & ~(unsigned)LEXICON_PARTICLE) == 0 && !person_word_is_derived(tokens->view, token);
}

/* The line that `at` begins, as far as it is looked at. */
static struct run_line read_line(const struct tokens *tokens, size_t at)
{
        size_t n_words = 0, n_upper = 0, n_lower = 0, n_unknown = 0;
        bool has_capital = false;
        for (size_t i = at; i < at + RUN_LINE_MAX && tokens->items[i].kind != TOKEN_BREAK; i++) {
                const struct token *token = &tokens->items[i];
                if (token->kind != TOKEN_WORD || token->has_digit)
                        continue;
                n_words++;
                n_upper += token->shape == SHAPE_UPPER;
                n_lower += token->shape == SHAPE_LOWER;
                n_unknown += token->shape == SHAPE_LOWER && is_unknown(tokens, token);
                has_capital = has_capital || token->shape == SHAPE_CAPITAL ||
                              (token->shape == SHAPE_INITIAL && token->byte != 'i');
        }
        bool is_shouted = n_words > 3 && n_upper * 4 > n_words * 3;
        return (struct run_line){.is_plain = !has_capital && (n_upper == 0 || is_shouted),
                .is_foreign = n_unknown > 1 && n_unknown * 5 > n_lower * 2};
}

static void add(const struct tokens *tokens, const struct run *run, struct spans *out)
{
        const struct token *last = &tokens->items[run->end - 1];
        out->items[out->count++] = (struct span){tokens->items[run->start].start, last->end};
}

/* Notes the name that begins at `at`, if one does; `end` of the result is where to go on. */
static struct run judge_at(
        const struct tokens *tokens, size_t at, const struct run_line *line, size_t *last_end, struct spans *out)
{
        struct run run = read_run(tokens, at, line);
        run.behind_name = *last_end;
        switch (evidence_judge(tokens, &run)) {
        case NOBODY:
                run.end = at + 1;
                break;
        case SOMEBODY:
                add(tokens, &run, out);
                *last_end = run.end;
                break;
        case A_FIRM:
                break;
        }
        return run;
}

void person_find_all(const struct tokens *tokens, struct spans *out)
{
        struct run_line line = {0};
        size_t last_end = 0; /* of the name before */
        for (size_t at = 0; at < tokens->count;) {
                if (at == 0 || tokens->items[at - 1].kind == TOKEN_BREAK)
                        line = read_line(tokens, at);
                size_t script = person_script_length(tokens, at);
                if (script > 0) {
                        uint32_t start = tokens->items[at].start;
                        out->items[out->count++] = (struct span){start, start + script};
                        at++;
                        continue;
                }
                size_t brand = tokens->items[at].kind == TOKEN_WORD ? phrase_length(tokens, at) : 0;
                struct run run = {.end = at + (brand > 0 ? brand : 1)};
                if (brand == 0 && evidence_can_begin(tokens, at, &line))
                        run = judge_at(tokens, at, &line, &last_end, out);
                at = run.end;
        }
}
