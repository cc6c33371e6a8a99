/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/identifiers/address_parts.h"

#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/identifiers/person_word.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum { HOUSE_LENGTH_MAX = 6, CUE_WORDS = 9, LETTERS_MIN = 3 };

/* How words end that are a street's whole name, in German, Dutch and the languages of the north. */
static const struct letters endings[] = {LETTERS("strasse"), LETTERS("str"), LETTERS("gasse"), LETTERS("weg"),
        LETTERS("platz"), LETTERS("allee"), LETTERS("ufer"), LETTERS("damm"), LETTERS("stieg"), LETTERS("straat"),
        LETTERS("laan"), LETTERS("plein"), LETTERS("kade"), LETTERS("gracht"), LETTERS("dijk"), LETTERS("steenweg"),
        LETTERS("dreef"), LETTERS("singel"), LETTERS("hof"), LETTERS("vej"), LETTERS("gade"), LETTERS("straede"),
        LETTERS("vang"), LETTERS("vaenget"), LETTERS("parken"), LETTERS("toften"), LETTERS("gata"), LETTERS("gatan"),
        LETTERS("grand"), LETTERS("vagen"), LETTERS("vag"), LETTERS("veien"), LETTERS("vegen"), LETTERS("gate"),
        LETTERS("stien"), LETTERS("svingen"), LETTERS("bakken"), LETTERS("haugen"), LETTERS("katu"), LETTERS("tie"),
        LETTERS("kuja"), LETTERS("polku"), LETTERS("utca"), LETTERS("braut"), LETTERS("straeti"), LETTERS("gotu"),
        LETTERS("vegur"), LETTERS("gerdi"), LETTERS("teigur"), LETTERS("plads"), LETTERS("torv"), LETTERS("torget"),
        LETTERS("stigen"), LETTERS("backen"), LETTERS("holmen")};

static bool is_tight(const struct token *token)
{
        return token->kind == TOKEN_NUMBER && !token->has_blank;
}

/* "$12", "1,250", "3.5", "12:30", "24%": the number at `at` is part of something else. */
static bool is_of_amount(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at], *next = token + 1;
        if (at > 0 && token[-1].kind == TOKEN_MARK && strchr("$.,:%+=<~", token[-1].byte) != NULL && !token->has_blank)
                return true;
        if (token_is_mark(next, '%') || token_is_mark(next, '$'))
                return true;
        return next->kind == TOKEN_MARK && strchr(".,:", next->byte) != NULL && !next->has_blank && is_tight(next + 1);
}

size_t address_house(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        if (at >= tokens->count || token->kind != TOKEN_NUMBER || token_length(token) > HOUSE_LENGTH_MAX ||
                is_of_amount(tokens, at))
                return at;
        if (at + 2 < tokens->count && (token_is_mark(token + 1, '-') || token_is_mark(token + 1, '/')) &&
                !token[1].has_blank && is_tight(token + 2))
                return token_length(token + 2) <= HOUSE_LENGTH_MAX ? at + 3 : at;
        return at + 1;
}

static bool has_street_ending(const struct folding *view, const struct token *token)
{
        size_t length = token_length(token);
        const unsigned char *end = view->bytes + token->end;
        if (token_has(token, LEXICON_WORD) || token->shape == SHAPE_CASELESS)
                return false;
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
                size_t taken = endings[i].length;
                bool may_end = end[-1] == (unsigned char)endings[i].text[taken - 1]; /* most are refused here */
                if (may_end && length >= taken + LETTERS_MIN && memcmp(end - taken, endings[i].text, taken) == 0)
                        return true;
        }
        return false;
}

/* "43rd", as in "W 43rd St". */
static bool is_ordinal(const struct folding *view, const struct token *token)
{
        static const char *const ends[] = {"st", "nd", "rd", "th"};
        for (size_t i = 0; token->kind == TOKEN_NUMBER && token_length(token) > 2 && i < sizeof ends / sizeof *ends;
                i++)
                if (memcmp(view->bytes + token->end - 2, ends[i], 2) == 0 && token_has(token + 1, LEXICON_STREET))
                        return true;
        return false;
}

static bool is_street_word(const struct folding *view, const struct token *token)
{
        if (token->kind != TOKEN_WORD || person_word_is_contraction(view, token) ||
                (token->shape == SHAPE_LOWER && token_has(token, LEXICON_FUNCTION)))
                return false;
        return !token_has(token, LEXICON_CALENDAR) || token_has(token, LEXICON_GIVEN);
}

static void note_word(const struct tokens *tokens, const struct token *token, struct street_name *out)
{
        bool is_street = token_has(token, LEXICON_STREET) || has_street_ending(tokens->view, token);
        out->n_words++;
        out->has_capitals = out->has_capitals && token->shape != SHAPE_LOWER;
        out->has_capital = out->has_capital || token->shape != SHAPE_LOWER;
        out->has_unknown = out->has_unknown || !token_has(token, LEXICON_WORD | LEXICON_STREET | LEXICON_LANDFORM);
        out->has_street = out->has_street || (is_street && (out->n_words > 1 || !token_has(token, LEXICON_STREET)));
        out->has_landform = token_has(token, LEXICON_LANDFORM) && out->n_words > 1;
}

struct street_name address_street(const struct tokens *tokens, size_t at)
{
        struct street_name out = {.end = at, .has_capitals = true};
        while (out.end < tokens->count && out.n_words < STREET_WORDS_MAX) {
                const struct token *token = &tokens->items[out.end];
                bool is_particle = token_has(token, LEXICON_PARTICLE) && out.n_words > 0;
                if (token_is_mark(token, '.') || (token_is_mark(token, '-') && !token->has_blank)) {
                        if (out.n_words == 0 || token->has_blank || token[1].kind == TOKEN_BREAK)
                                break;
                } else if (is_ordinal(tokens->view, token) || is_street_word(tokens->view, token) || is_particle) {
                        if (!is_particle && out.has_capitals && out.n_words > 0 && token->shape == SHAPE_LOWER &&
                                token->kind == TOKEN_WORD && !token_has(token, LEXICON_STREET))
                                break;
                        if (token_has(token, LEXICON_UNIT) && out.n_words > 0 &&
                                address_unit(tokens, out.end) > out.end)
                                break;
                        note_word(tokens, token, &out);
                        if (is_particle && token->shape == SHAPE_LOWER)
                                out.has_capitals = true;
                } else {
                        break;
                }
                out.end++;
        }
        return out;
}

size_t address_unit(const struct tokens *tokens, size_t at)
{
        const struct token *items = tokens->items;
        size_t next = at;
        if (at >= tokens->count)
                return at;
        if (token_is_mark(&items[at], '#'))
                next = at + 1;
        else if (items[at].kind == TOKEN_WORD && token_has(&items[at], LEXICON_UNIT))
                for (next = at + 1;
                        next < tokens->count && (token_is_mark(&items[next], '.') || token_is_mark(&items[next], '#'));)
                        next++;
        if (next == at || next >= tokens->count)
                return at;
        if (items[next].kind == TOKEN_NUMBER && token_length(&items[next]) <= HOUSE_LENGTH_MAX &&
                !is_of_amount(tokens, next))
                return next + 1;
        bool is_letter =
                items[next].kind == TOKEN_WORD && items[next].shape == SHAPE_INITIAL && items[next].byte != 'i';
        return is_letter ? next + 1 : at;
}

static size_t skip_mark(const struct tokens *tokens, size_t at, unsigned char byte)
{
        return at < tokens->count && token_is_mark(&tokens->items[at], byte) ? at + 1 : at;
}

/* "Box 12" behind what `at` has come to. */
static size_t read_box(const struct tokens *tokens, size_t at)
{
        bool is_box =
                at + 1 < tokens->count && token_is(tokens, at, "box") && tokens->items[at + 1].kind == TOKEN_NUMBER;
        return is_box ? at + 2 : 0;
}

/* "P.O.", "PO", "post office". */
static size_t read_post_office(const struct tokens *tokens, size_t at)
{
        if (token_is(tokens, at, "po"))
                return at + 1;
        if (token_is(tokens, at, "post") && at + 1 < tokens->count && token_is(tokens, at + 1, "office"))
                return at + 2;
        size_t o = token_is(tokens, at, "p") ? skip_mark(tokens, at + 1, '.') : at;
        return o > at && o < tokens->count && token_is(tokens, o, "o") ? skip_mark(tokens, o + 1, '.') : at;
}

/* "FPO AA 12345" within the next few tokens. */
static bool is_military(const struct tokens *tokens, size_t at)
{
        for (size_t i = at; i + 2 < tokens->count && i < at + 5; i++)
                if ((token_is(tokens, i, "apo") || token_is(tokens, i, "fpo") || token_is(tokens, i, "dpo")) &&
                        token_length(&tokens->items[i + 1]) == 2 && tokens->items[i + 2].kind == TOKEN_NUMBER)
                        return true;
        return false;
}

size_t address_box(const struct tokens *tokens, size_t at)
{
        const struct token *items = tokens->items;
        if (at >= tokens->count || items[at].kind != TOKEN_WORD)
                return at;
        size_t office = read_post_office(tokens, at), end = office > at ? read_box(tokens, office) : 0;
        if (end > 0)
                return end;
        bool is_unit = token_is(tokens, at, "psc") || token_is(tokens, at, "unit") || token_is(tokens, at, "cmr");
        if (is_unit && at + 1 < tokens->count && items[at + 1].kind == TOKEN_NUMBER)
                end = read_box(tokens, skip_mark(tokens, at + 2, ','));
        bool is_ship = token_is(tokens, at, "uss") || token_is(tokens, at, "usns") || token_is(tokens, at, "uscgc") ||
                       token_is(tokens, at, "usnv");
        if (end == 0 && is_ship && at + 1 < tokens->count && items[at + 1].kind == TOKEN_WORD)
                end = at + 2;
        return end > 0 && is_military(tokens, end) ? end : at;
}

bool address_is_expected(const struct tokens *tokens, size_t at)
{
        size_t n_breaks = 0;
        for (size_t seen = 0; at > 0 && seen < CUE_WORDS; seen++) {
                const struct token *token = &tokens->items[--at];
                if (token->kind == TOKEN_WORD && token_has(token, LEXICON_LETTERBOX))
                        return true;
                if ((token->kind == TOKEN_BREAK && ++n_breaks > 2) || token_is_mark(token, '!'))
                        return false;
                if (token_is_mark(token, '.') && token[1].is_first && token[1].shape == SHAPE_CAPITAL &&
                        token[1].has_blank)
                        return false;
        }
        return false;
}
