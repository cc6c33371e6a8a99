/* SPDX-License-Identifier: Apache-2.0 */
/* Postal addresses. Each form is told by something of its own: a word like "street", a unit, a post box, or that the
 * text speaks of an address; what goes on behind is taken with it. */
#include "svc-anonymize/identifiers/address.h"

#include "svc-anonymize/identifiers/address_parts.h"
#include "svc-anonymize/identifiers/identifier.h"
#include "svc-anonymize/lexicon.h"

#include <string.h>

enum { NUMBERS_BEFORE_MAX = 2, MARKS_MAX = 4, ROAD_MIN = 3, CODE_MIN = 5, ANCHOR_MIN = 7, ANCHOR_REACH = 10 };

/* Marks and line ends that may stand between a street and its unit. */
static size_t skip_marks(const struct tokens *tokens, size_t at)
{
        size_t end = at;
        for (; end < tokens->count && end < at + MARKS_MAX; end++)
                if (tokens->items[end].kind != TOKEN_BREAK && strchr(",.>?", tokens->items[end].byte) == NULL)
                        break;
        return end;
}

static bool has_unit(const struct tokens *tokens, size_t at)
{
        size_t unit = skip_marks(tokens, at);
        return address_unit(tokens, unit) > unit;
}

/* What has been read of a street, with or without a number before and behind. */
struct candidate {
        size_t start;
        size_t name; /* where its words begin */
        struct street_name street;
        bool is_numbered; /* before or */
        bool has_number;  /* behind */
};

/* "rue", "via": where the words around leave no doubt that it is one. */
static bool is_road(const struct tokens *tokens, const struct candidate *candidate, bool is_expected)
{
        const struct token *token = &tokens->items[candidate->name];
        if (token->kind != TOKEN_WORD || !token_has(token, LEXICON_ROAD) || candidate->street.n_words < 2)
                return false;
        if (is_expected)
                return true;
        bool is_short = token_length(token) < ROAD_MIN && !token_is_mark(token + 1, '.');
        return candidate->street.has_capital && candidate->street.has_unknown && !is_short;
}

/* Nothing else stands in its line. */
static bool is_line(const struct tokens *tokens, const struct candidate *candidate)
{
        size_t start = candidate->start;
        while (start > 0 &&
                (token_is_mark(&tokens->items[start - 1], '>') || token_is_mark(&tokens->items[start - 1], '?')))
                start--;
        return (start == 0 || tokens->items[start - 1].kind == TOKEN_BREAK) && candidate->street.end < tokens->count &&
               tokens->items[candidate->street.end].kind == TOKEN_BREAK;
}

/* "Camino de Santiago 2027" is rather a plan than a house. */
static bool ends_in_year(const struct tokens *tokens, size_t end)
{
        const struct token *number = &tokens->items[end - 1];
        const unsigned char *digits = tokens->view->bytes + number->start;
        return token_length(number) == 4 && (memcmp(digits, "19", 2) == 0 || memcmp(digits, "20", 2) == 0);
}

/* "on Adams Street". */
static bool is_behind_where(const struct tokens *tokens, size_t at)
{
        return at > 0 && (token_has(&tokens->items[at - 1], LEXICON_WHERE) || token_is(tokens, at - 1, "on"));
}

/* A town and its code follow: "27 Camden Passage, London 10115". */
static bool has_code(const struct tokens *tokens, size_t at)
{
        size_t end = token_is_mark(&tokens->items[at], ',') ? address_tail(tokens, at) : at;
        if (end == at)
                return false;
        const struct token *last = &tokens->items[end - 1], *next = &tokens->items[end];
        return (last->has_digit && token_length(last) >= CODE_MIN) ||
               (next->kind == TOKEN_MARK && next->byte == BARRIER);
}

static bool is_street(const struct tokens *tokens, const struct candidate *candidate, bool is_expected)
{
        const struct street_name *street = &candidate->street;
        bool is_some = candidate->is_numbered ||
                       (candidate->has_number && (is_expected || !ends_in_year(tokens, street->end)));
        bool is_capital = tokens->items[candidate->name].shape != SHAPE_LOWER || street->has_unknown;
        if (street->n_words == 0)
                return false;
        if (!is_capital)
                return street->has_street && candidate->is_numbered && (is_expected || has_unit(tokens, street->end));
        if (street->has_street && !is_some && street->has_unknown && is_behind_where(tokens, candidate->start))
                return true;
        if (street->has_street || is_road(tokens, candidate, is_expected))
                return is_some || (is_expected && street->has_capitals);
        if (street->has_landform && candidate->is_numbered && street->has_capitals)
                return street->has_unknown || is_expected || has_unit(tokens, street->end);
        if (is_some && has_unit(tokens, street->end) && (street->has_unknown || street->has_capitals))
                return true;
        if (candidate->is_numbered && street->n_words > 1 && street->has_capitals && has_code(tokens, street->end))
                return true;
        if (is_line(tokens, candidate) && street->has_unknown && street->has_capitals)
                return candidate->has_number ? candidate->is_numbered : candidate->name > candidate->start + 1;
        return is_expected && street->has_unknown &&
               (candidate->has_number || (candidate->is_numbered && street->has_capitals && street->n_words > 1));
}

static void read_number_behind(const struct tokens *tokens, struct candidate *candidate)
{
        size_t at = candidate->street.end;
        if (at < tokens->count && token_is_mark(&tokens->items[at], '.') && candidate->street.n_words > 0)
                at++;
        size_t number = address_house(tokens, at);
        candidate->has_number = number > at;
        if (candidate->has_number)
                candidate->street.end = number;
}

/* A second name or number between the street and a unit: "Calle Mayor 12 Las Rozas Apt. 3". */
static void read_more(const struct tokens *tokens, struct street_name *street)
{
        size_t number = address_house(tokens, street->end);
        struct street_name more = address_street(tokens, street->end);
        if (number > street->end && has_unit(tokens, number))
                street->end = number;
        else if (more.n_words > 0 && more.has_capitals && more.n_words < STREET_WORDS_MAX && has_unit(tokens, more.end))
                street->end = more.end;
}

/* Reads numbers, words and a number from `at` on; returns the end of what is a street, or `at`. */
static size_t read_street(const struct tokens *tokens, size_t at, bool is_expected)
{
        struct candidate candidate = {.start = at, .name = at};
        for (size_t i = 0; i < NUMBERS_BEFORE_MAX; i++) {
                size_t end = address_house(tokens, candidate.name);
                candidate.is_numbered = candidate.is_numbered || end > candidate.name;
                candidate.name = end < tokens->count && token_is_mark(&tokens->items[end], ',') && end > candidate.name
                                         ? end + 1
                                         : end;
        }
        if (candidate.name >= tokens->count || tokens->items[candidate.name].kind != TOKEN_WORD)
                return at;
        candidate.street = address_street(tokens, candidate.name);
        read_number_behind(tokens, &candidate);
        if (candidate.has_number)
                read_more(tokens, &candidate.street);
        return is_street(tokens, &candidate, is_expected) ? candidate.street.end : at;
}

/* A unit before the street: "Apt. 117 5720 Skoanveien 226". */
static size_t read_unit_first(const struct tokens *tokens, size_t at)
{
        size_t unit = address_unit(tokens, at);
        if (unit == at || at >= tokens->count || tokens->items[at].kind != TOKEN_WORD)
                return at;
        size_t street = skip_marks(tokens, unit), end = read_street(tokens, street, true);
        return end > street ? end : at;
}

/* Numbers before a post box: "77009 P.O. Box 255". */
static size_t read_box(const struct tokens *tokens, size_t at)
{
        size_t box = address_house(tokens, at), end = address_box(tokens, box);
        return end > box ? end : at;
}

/* "the corner of A and B", the streets having whatever form. */
static size_t read_corner(const struct tokens *tokens, size_t at)
{
        if (at + 2 >= tokens->count || !token_is(tokens, at, "corner") || !token_is(tokens, at + 1, "of"))
                return at;
        size_t end = at + 2;
        for (size_t side = 0; side < 2; side++) {
                size_t number = address_house(tokens, end), second = address_house(tokens, number);
                struct street_name street = address_street(tokens, second);
                struct candidate candidate = {.street = street};
                read_number_behind(tokens, &candidate);
                if (street.n_words == 0)
                        return side == 0 ? at : end;
                end = candidate.street.end;
                if (side == 0 && end < tokens->count && token_is_mark(&tokens->items[end], '.'))
                        end++;
                if (side == 0 && (end >= tokens->count || !token_is(tokens, end, "and")))
                        return at;
                end += side == 0;
        }
        return end;
}

/* Another street behind "and". */
static size_t read_second(const struct tokens *tokens, size_t at)
{
        if (at + 1 >= tokens->count || !token_is(tokens, at, "and"))
                return at;
        size_t end = read_street(tokens, at + 1, true);
        return end > at + 1 ? end : at;
}

/* "Herman and Mosman Rd 12": a name, and a street behind "and". */
static size_t read_first(const struct tokens *tokens, size_t at, bool is_expected)
{
        bool begins_line = at == 0 || tokens->items[at - 1].kind == TOKEN_BREAK;
        if (!is_expected && !begins_line)
                return at;
        struct street_name first = address_street(tokens, at);
        if (first.n_words == 0 || first.n_words > 3 || !first.has_capitals || !first.has_unknown)
                return at;
        size_t end = read_second(tokens, first.end);
        return end > first.end ? end : at;
}

static size_t read_address(const struct tokens *tokens, size_t at)
{
        bool is_expected = address_is_expected(tokens, at);
        size_t end = read_corner(tokens, at);
        if (end == at)
                end = read_box(tokens, at);
        if (end == at)
                end = read_unit_first(tokens, at);
        if (end == at)
                end = read_first(tokens, at, is_expected);
        if (end == at)
                end = read_street(tokens, at, is_expected);
        return end == at ? at : address_tail(tokens, read_second(tokens, end));
}

static bool may_begin(const struct tokens *tokens, size_t at)
{
        const struct token *token = &tokens->items[at];
        if (token->kind == TOKEN_NUMBER)
                return at == 0 || tokens->items[at - 1].kind != TOKEN_NUMBER || token->has_blank;
        return token->kind == TOKEN_WORD && !(token->shape == SHAPE_LOWER && token_has(token, LEXICON_FUNCTION));
}

static bool is_quote(const struct token *token)
{
        return token_is_mark(token, '>') || token_is_mark(token, '?');
}

/* One span; in quoted lines one for each, so that the signs before them stay. */
static void add(const struct tokens *tokens, size_t at, size_t end, struct spans *out)
{
        const struct token *items = tokens->items;
        for (size_t next = at; next < end; at = next) {
                while (next < end && !(items[next].kind == TOKEN_BREAK && is_quote(&items[next + 1])))
                        next++;
                out->items[out->count++] = (struct span){items[at].start, items[next - 1].end};
                while (next < end && (items[next].kind == TOKEN_BREAK || is_quote(&items[next])))
                        next++;
        }
}

/* Every address has one of these: a number, a word for a street or a part of a house, or a long name of its own. */
static bool is_anchor(const struct token *token)
{
        if (token->kind != TOKEN_WORD)
                return token->kind == TOKEN_NUMBER;
        return token_has(token, LEXICON_STREET | LEXICON_LANDFORM | LEXICON_ROAD | LEXICON_UNIT) ||
               (token->shape != SHAPE_LOWER && token_length(token) >= ANCHOR_MIN);
}

void address_find_all(const struct tokens *tokens, struct spans *out)
{
        size_t anchor = 0;
        for (size_t at = 0, end; at < tokens->count; at = end) {
                for (anchor = anchor < at ? at : anchor; anchor < tokens->count && !is_anchor(&tokens->items[anchor]);)
                        anchor++;
                end = anchor < at + ANCHOR_REACH && may_begin(tokens, at) ? read_address(tokens, at) : at;
                if (end > at)
                        add(tokens, at, end, out);
                else
                        end = at + 1;
        }
}
