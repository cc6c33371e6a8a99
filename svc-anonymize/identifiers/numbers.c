/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is made of digits: each run is read once, and its words once, and then shown to all kinds, the surest first.
 * Kinds with rules of their own are functions, all others are rows of numbers.def. */
#include "svc-anonymize/identifiers/numbers.h"

#include "svc-anonymize/identifiers/checks.h"
#include "svc-anonymize/identifiers/context.h"

#include <string.h>

enum how { NAMED = 1, SHAPED = 2, SOLID = 4, ALL = 8, EXACT = 16, FORM = 32 };
enum {
        NUMBER_MAX = 20,
        SHORT_GROUP = 4,
        SHORTEST = 3,
        AMOUNT_DIGITS = 8,
        BARE_MIN = 9,
        PHONE_MIN = 7,
        LIST_DIGITS = 15
};

static const struct kind {
        enum identifier_type type;
        size_t least, most;
        const char *shapes;
        bool (*check)(const char *value, size_t length);
        cue_set cues;
        size_t reach;
        unsigned how;
} kinds[] = {
#define NUMBER(type, least, most, shapes, check, cues, reach, how)                                                     \
        {IDENTIFIER_##type, least, most, shapes, check, cues, reach, how},
#include "svc-anonymize/identifiers/numbers.def"
#undef NUMBER
};

enum { KINDS = sizeof kinds / sizeof *kinds };

cue_set number_says(const struct number *number, size_t group, size_t end, size_t reach)
{
        size_t behind = number->run->n_groups - end;
        cue_set before = reach > group ? number->cues.before[reach - group] : 0;
        return before | (behind < CUES_AFTER ? number->cues.after[CUES_AFTER - behind] : 0);
}

/* A comma or a point with a digit behind it goes on before or after the span. */
static bool is_part(const struct folding *view, struct span span)
{
        const unsigned char *bytes = view->bytes;
        bool follows = span.start > 1 && bytes[span.start - 1] == ',' && folded_is_digit(bytes[span.start - 2]);
        return follows || (bytes[span.end] == ',' && folded_is_digit(bytes[span.end + 1]));
}

bool number_is_amount(const struct number *number, size_t group, size_t end)
{
        struct span span = digits_span(number->view, number->run, group, end);
        return is_part(number->view, span) || context_is_amount(number->view, span);
}

/* The end of groups that have one of the shapes, 0 when they have none. */
static size_t shape_end(const struct digits *run, size_t group, const char *shapes)
{
        const char *lengths = run->lengths + group;
        while (*shapes != '\0') {
                size_t length = 0;
                while (shapes[length] > ' ' && shapes[length] == lengths[length])
                        length++;
                if (shapes[length] <= ' ' && length > 0)
                        return group + length;
                shapes += length;
                while (*shapes > ' ')
                        shapes++;
                shapes += *shapes == ' ';
        }
        return 0;
}

/* Groups are joined by one sign throughout, and by no slash. */
static bool is_even(const struct digits *run, size_t group, size_t end)
{
        for (size_t i = group + 1; i < end; i++)
                if (run->separator[i] != run->separator[group + 1] || run->separator[i] == '/')
                        return false;
        return true;
}

/* Groups of up to three digits that all end in 0 or 5: "250 300 350". */
static bool is_list(const struct digits *run, size_t group, size_t end)
{
        for (size_t i = group; i < end; i++) {
                char last = run->value[run->first[i + 1] - 1];
                if ((last != '0' && last != '5') || digits_between(run, i, i + 1) > SHORT_GROUP)
                        return false;
        }
        return end > group + 1;
}

static bool passes(const struct kind *kind, const struct digits *run, size_t group, size_t end)
{
        char value[NUMBER_MAX + 1] = {0};
        size_t length = digits_between(run, group, end);
        if (length < kind->least || length > kind->most)
                return false;
        memcpy(value, run->value + run->first[group], length);
        return kind->check == NULL || kind->check(value, length);
}

/* The end of what is written as one number: a group, and those joined to it by a sign, or by a blank when both are
 * short, while there are not too many digits. */
static size_t written_end(const struct digits *run, size_t group, const struct kind *kind)
{
        size_t end = group + 1;
        while (end < run->n_groups && digits_between(run, group, end + 1) <= kind->most) {
                bool is_joined = run->separator[end] == '-' || run->separator[end] == '.' || run->separator[end] == '/';
                bool are_short = digits_between(run, end, end + 1) <= SHORT_GROUP &&
                                 digits_between(run, end - 1, end) <= SHORT_GROUP;
                if (!is_joined && !are_short && digits_between(run, group, end) >= kind->least)
                        break;
                end++;
        }
        return end;
}

static bool is_round(const struct digits *run, size_t group, size_t end)
{
        size_t length = digits_between(run, group, end);
        return length <= AMOUNT_DIGITS && memcmp(run->value + run->first[end] - 3, "000", 3) == 0;
}

/* "tel" stands nearer than what names the kind. */
static bool is_called_first(const struct number *number, size_t group, const struct kind *kind)
{
        for (size_t reach = 1; reach + group <= CUES_BEFORE; reach++) {
                cue_set says = number->cues.before[reach];
                if ((says & (kind->cues | SAYS(CALL))) != 0)
                        return (says & kind->cues) == 0;
        }
        return false;
}

/* "account 125430", "account number 125430", not "account hit 125430". */
static bool is_named_exactly(const struct number *number, size_t group, const struct kind *kind)
{
        cue_set nearest = group == 0 ? number->cues.before[1] : 0;
        return (nearest & (kind->cues | SAYS(NUMBER))) != 0;
}

/* "routing 021000021": a word names it, so neither check nor form must be right. */
static size_t match_named(const struct number *number, const struct kind *kind, size_t group)
{
        const struct digits *run = number->run;
        size_t end = written_end(run, group, kind);
        size_t length = digits_between(run, group, end);
        if (length < kind->least || length > kind->most || digits_is_date(run, group))
                return 0;
        if (length >= PHONE_MIN && is_called_first(number, group, kind))
                return 0;
        cue_set says = number_says(number, group, end, kind->reach) & kind->cues;
        if ((kind->how & ALL) != 0 ? says != kind->cues : says == 0)
                return 0;
        if ((kind->how & EXACT) != 0 &&
                (is_round(run, group, end) || is_list(run, group, end) || !is_named_exactly(number, group, kind)))
                return 0;
        return end;
}

/* The check is passed: in a shape of its own, or as one group. */
static size_t match_bare(const struct number *number, const struct kind *kind, size_t group)
{
        const struct digits *run = number->run;
        size_t length = digits_between(run, group, group + 1);
        if (length >= kind->least)
                return (kind->how & SOLID) != 0 && passes(kind, run, group, group + 1) ? group + 1 : 0;
        bool may_be_shaped =
                (kind->how & SHAPED) != 0 && (size_t)(*kind->shapes - '0') == length && group + 1 < run->n_groups;
        size_t end = may_be_shaped ? shape_end(run, group, kind->shapes) : 0;
        if (end == 0 || !is_even(run, group, end) || is_list(run, group, end) || !passes(kind, run, group, end))
                return 0;
        return kind->check != NULL || run->separator[group + 1] == '-' ? end : 0;
}

static bool accept(const struct number *number, const struct kind *kind, size_t group, size_t end, unsigned score,
        struct match *out)
{
        *out = (struct match){kind->type, digits_span(number->view, number->run, group, end), score};
        return !number_is_amount(number, group, end) && digits_stand_alone(number->view, out->span) &&
               number->view->bytes[out->span.start] != '+';
}

/* Kinds that any group of the run can be, or begin; the others are not looked at again. */
struct candidates {
        size_t count;
        const struct kind *kinds[KINDS];
};

enum { CANDIDATES_NAMED, CANDIDATES_BARE, CANDIDATES };

static void list_named(const struct number *number, struct candidates *out)
{
        out->count = 0;
        for (size_t i = 0; number->all != 0 && i < KINDS; i++)
                if ((number->all & kinds[i].cues) != 0 && kinds[i].least <= number->run->count)
                        out->kinds[out->count++] = &kinds[i];
}

static void list_bare(const struct digits *run, struct candidates *out)
{
        uint64_t lengths = 0;
        size_t longest = 0;
        out->count = 0;
        if (run->count < BARE_MIN)
                return;
        for (size_t group = 0; group < run->n_groups; group++) {
                size_t length = digits_between(run, group, group + 1);
                lengths |= (uint64_t)1 << length % 64;
                longest = length > longest ? length : longest;
        }
        for (size_t i = 0; i < KINDS; i++) {
                const struct kind *kind = &kinds[i];
                bool may_be_shaped = (kind->how & SHAPED) != 0 && (lengths >> (*kind->shapes - '0') & 1) != 0;
                bool may_be_solid = (kind->how & SOLID) != 0 && longest >= kind->least;
                if (kind->least <= run->count && (may_be_shaped || may_be_solid))
                        out->kinds[out->count++] = kind;
        }
}

/* What a number beside a word has to be, besides. */
enum need { CHECK, SHAPE, NOTHING, CHECK_FAILED };

static bool has_need(const struct number *number, const struct kind *kind, size_t group, size_t end, enum need need)
{
        switch (need) {
        case CHECK:
                return kind->check != NULL && passes(kind, number->run, group, end);
        case SHAPE:
                return kind->check == NULL && shape_end(number->run, group, kind->shapes) == end;
        case NOTHING:
                return kind->check == NULL && (kind->how & FORM) == 0;
        case CHECK_FAILED:
                break;
        }
        return kind->check != NULL; /* people mistype */
}

static bool find_named(const struct number *number, size_t group, enum need need, struct match *out)
{
        const struct candidates *named = &number->candidates[CANDIDATES_NAMED];
        for (size_t i = 0; i < named->count; i++) {
                const struct kind *kind = named->kinds[i];
                if (need != CHECK && (kind->how & NAMED) == 0)
                        continue;
                size_t end = match_named(number, kind, group);
                if (end > 0 && has_need(number, kind, group, end, need) &&
                        accept(number, kind, group, end, need == CHECK ? SCORE_SURE : SCORE_LIKELY, out))
                        return true;
        }
        return false;
}

static bool find_bare(const struct number *number, size_t group, struct match *out)
{
        const struct candidates *bare = &number->candidates[CANDIDATES_BARE];
        for (size_t i = 0; i < bare->count; i++) {
                const struct kind *kind = bare->kinds[i];
                size_t end = match_bare(number, kind, group);
                if (end > 0 && accept(number, kind, group, end, SCORE_LIKELY, out))
                        return true;
        }
        return false;
}

/* Nine digits and more that pass the check of anything that is written so. */
static bool find_solid(const struct number *number, size_t group, struct match *out)
{
        const struct digits *run = number->run;
        if (digits_between(run, group, group + 1) < BARE_MIN || is_round(run, group, group + 1))
                return false;
        if (memcmp(run->value + run->first[group + 1] - 4, "0000", 4) == 0)
                return false;
        for (size_t i = 0; i < KINDS; i++)
                if (kinds[i].check != NULL && digits_between(run, group, group + 1) >= kinds[i].least &&
                        passes(&kinds[i], run, group, group + 1) &&
                        accept(number, &kinds[i], group, group + 1, SCORE_POSSIBLE, out))
                        return true;
        return false;
}

static bool find_checked(const struct number *number, size_t group, struct match *out)
{
        return find_named(number, group, CHECK, out);
}

static bool find_called_so(const struct number *number, size_t group, struct match *out)
{
        return find_named(number, group, SHAPE, out) || find_named(number, group, NOTHING, out);
}

static bool find_mistyped(const struct number *number, size_t group, struct match *out)
{
        return find_named(number, group, CHECK_FAILED, out);
}

#define ANY_CUE (~(cue_set)0)

/* In order of how sure they are; each is shown every group before the next one is. */
static const struct round {
        bool (*find)(const struct number *number, size_t group, struct match *out);
        cue_set needs; /* one of these must be said beside the run; 0: nothing */
        size_t least;  /* digits of the run */
} rounds[] = {
        {card_issued, 0, 12},
        {phone_abroad, 0, 7},
        {find_checked, ANY_CUE, 0},
        {card_named, SAYS(CARD), 12},
        {birth_match, SAYS(BIRTH), 4},
        {ssn_match, 0, 9},
        {find_called_so, ANY_CUE, 0},
        {find_mistyped, ANY_CUE, 0},
        {phone_match, SAYS(PHONE), 7},
        {find_bare, 0, BARE_MIN},
        {phone_match, 0, 7},
        {find_solid, 0, BARE_MIN},
};

/* Groups that are part of a date or of amounts in a row are no number of another kind. */
static void list_groups(struct number *number)
{
        const struct digits *run = number->run;
        for (size_t group = 0, next; group < run->n_groups; group = next) {
                size_t end = digits_reach(run, group, LIST_DIGITS);
                bool is_series = digits_is_series(run, group, end), is_date = digits_is_date(run, group);
                next = is_series ? end : is_date ? group + (digits_shape(run, group, "44") ? 2 : 3) : group + 1;
                for (size_t i = group; i < next; i++)
                        number->is_listed[i] = is_series || is_date;
        }
}

static bool find_in_run(const struct folding *view, const struct digits *run, struct match *out)
{
        struct candidates candidates[CANDIDATES];
        struct number number = {.view = view, .run = run, .candidates = candidates};
        cues_read(view, digits_span(view, run, 0, run->n_groups), &number.cues);
        number.all = number.cues.before[CUES_BEFORE] | number.cues.after[CUES_AFTER];
        if (number.all == 0 && run->count < PHONE_MIN)
                return false;
        list_groups(&number);
        list_named(&number, &candidates[CANDIDATES_NAMED]);
        list_bare(run, &candidates[CANDIDATES_BARE]);
        for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
                const struct round *round = &rounds[i];
                if (run->count < round->least || (round->needs != 0 && (round->needs & number.all) == 0))
                        continue;
                for (size_t group = 0; group < run->n_groups; group++)
                        if (round->find(&number, group, out))
                                return true;
        }
        return false;
}

static bool find_number(const struct folding *view, size_t from, struct match *out)
{
        struct digits run;
        for (; digits_next(view, from, &run); from = run.next)
                if (run.count >= SHORTEST && run.n_groups > 0 && find_in_run(view, &run, out))
                        return true;
        return false;
}

const struct detector detector_number = {.name = "number", .find = find_number};
