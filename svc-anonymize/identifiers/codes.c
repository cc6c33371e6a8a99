/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with letters in them: the shapes of codes.def are tried where a word begins that has a digit near. */
#include "svc-anonymize/identifiers/checks.h"
#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <string.h>

enum how { NAMED = 1, BARE = 2, BLANKS = 4, UPPER = 8, CAPITALS = 16 };
enum { VALUE_MAX = 24, DIGIT_WITHIN = 8, TOKEN_MIN = 6, TOKEN_DIGITS_MIN = 4, LONG_TOKEN = 9, QUICK = 4, ANY = 99 };

static const struct kind {
        enum identifier_type type;
        size_t lead;
        const char *shape;
        bool (*check)(const char *value, size_t length);
        cue_set cues;
        size_t reach;
        unsigned how;
} kinds[] = {
#define CODE(type, lead, shape, check, cues, reach, how) {IDENTIFIER_##type, lead, shape, check, cues, reach, how},
#include "svc-anonymize/identifiers/codes.def"
#undef CODE
};

/* What was read at one place: letters and digits, and how they were written. */
struct code {
        char value[VALUE_MAX + 1];
        size_t length, digits;
        size_t end;
        bool has_blank;
};

enum class { DIGIT = 1, LETTER = 2, JOINT = 4, CENTURY = 8, OTHER_LETTER = 16, TAG = 32 };

/* What a byte of the view is. */
static const unsigned char classes[256] = {
        ['0' ... '9'] = DIGIT,
        ['a' ... 'z'] = LETTER | CENTURY,
        [' '] = JOINT,
        ['-'] = JOINT | CENTURY,
        ['+'] = CENTURY,
        ['.'] = JOINT,
        ['/'] = JOINT,
        ['_'] = JOINT,
        ['$'] = TAG,
        ['@'] = TAG,
        ['#'] = TAG,
        [0x80 ... 0xFE] = OTHER_LETTER,
};

/* What may stand where a shape says so. */
static const unsigned char wanted[128] = {
        ['A'] = LETTER,
        ['a'] = LETTER,
        ['9'] = DIGIT,
        ['0'] = DIGIT,
        ['N'] = LETTER | DIGIT,
        ['S'] = CENTURY,
        ['?'] = JOINT,
        ['_'] = JOINT,
};

static bool is_a(unsigned char byte, unsigned kinds_of_byte)
{
        return (classes[byte] & kinds_of_byte) != 0;
}

static bool fits(char sign, unsigned char byte)
{
        return (classes[byte] & wanted[(unsigned char)sign]) != 0;
}

static bool may_be_missing(char sign)
{
        return sign == 'a' || sign == '0' || sign == '?';
}

static bool push(struct code *code, unsigned char byte)
{
        if (folded_is_alnum(byte)) {
                if (code->length == VALUE_MAX)
                        return false;
                code->value[code->length++] = (char)byte;
                code->digits += folded_is_digit(byte);
        }
        code->has_blank = code->has_blank || byte == ' ';
        return true;
}

static bool ends_word(const struct folding *view, size_t end)
{
        return !is_a(view->bytes[end], LETTER | DIGIT | OTHER_LETTER);
}

static bool read_shape(const struct folding *view, size_t at, const char *shape, struct code *out)
{
        for (size_t i = 0; i < QUICK && !may_be_missing(shape[i]); i++) /* most are refused here */
                if (!fits(shape[i], view->bytes[at + i]))
                        return false;
        *out = (struct code){0};
        for (; *shape != '\0'; shape++) {
                if (fits(*shape, view->bytes[at])) {
                        if (!push(out, view->bytes[at++]))
                                return false;
                } else if (!may_be_missing(*shape)) {
                        return false;
                }
        }
        while (is_a(view->bytes[at - 1], JOINT)) /* one that was read for a sign that is missing */
                at--;
        out->end = at;
        return ends_word(view, at);
}

/* Amounts, years and forms look like tokens: "50000usd", "1099-NEC", "30yr". */
static bool is_counted(const struct code *code)
{
        static const char units[] = " k m b mm bn usd eur gbp inr cad aud yr yrs th st nd rd x pts ";
        size_t digits = strspn(code->value, "0123456789"), rest = code->length - digits;
        char unit[8] = " ";
        if (rest == 0 || rest > 4 || digits == 0)
                return rest == 0;
        memcpy(unit + 1, code->value + digits, rest);
        unit[rest + 1] = ' ';
        return code->digits == digits && strstr(units, unit) != NULL;
}

/* Any word of letters and digits, with '-' inside: long enough, and digits enough to be no name. */
static bool read_token(const struct folding *view, size_t at, struct code *out)
{
        *out = (struct code){0};
        bool is_joined = false;
        for (;; at++) {
                unsigned char byte = view->bytes[at];
                bool is_inner = byte == '-' && folded_is_alnum(view->bytes[at + 1]);
                is_joined = is_joined || is_inner;
                if (!folded_is_alnum(byte) && !is_inner)
                        break;
                if (!push(out, byte))
                        return false;
        }
        out->end = at;
        size_t least = TOKEN_DIGITS_MIN + (size_t)is_joined - (size_t)(out->length >= LONG_TOKEN);
        return out->length >= TOKEN_MIN && out->digits >= least && ends_word(view, at) && !is_counted(out);
}

/* All its letters are capitals in the text. */
static bool is_upper(const struct folding *view, size_t at, size_t end)
{
        for (; at < end; at++) {
                uint32_t point = view->original[view->starts[at]];
                if (is_a(view->bytes[at], LETTER) && point >= 'a' && point <= 'z')
                        return false;
        }
        return true;
}

/* The words beside the place that is looked at, read once for all kinds that end there. */
struct beside {
        struct cues cues;
        size_t end;
};

static bool is_named(const struct folding *view, const struct kind *kind, struct span span, struct beside *beside)
{
        if (beside->end != span.end)
                cues_read(view, span, &beside->cues);
        beside->end = span.end;
        return (cues_within(&beside->cues, kind->reach, CUES_AFTER) & kind->cues) != 0;
}

/* The score of a code of this kind, 0 when it is none. */
static unsigned judge(
        const struct folding *view, const struct kind *kind, size_t at, const struct code *code, struct beside *beside)
{
        struct span span = {at, code->end};
        bool passes = kind->check == NULL || kind->check(code->value, code->length);
        if (passes && (kind->how & BARE) != 0) {
                bool is_free = !code->has_blank && (kind->how & UPPER) == 0;
                bool may_be_upper = !code->has_blank || (kind->how & (BLANKS | UPPER)) != 0;
                if (is_free || (may_be_upper && is_upper(view, at, code->end)))
                        return kind->check != NULL ? SCORE_SURE : SCORE_LIKELY;
        }
        if ((!passes && (kind->how & NAMED) == 0) || ((kind->how & CAPITALS) != 0 && !is_upper(view, at, code->end)))
                return 0;
        return is_named(view, kind, span, beside) ? SCORE_LIKELY : 0;
}

static bool match(const struct folding *view, size_t at, struct match *out)
{
        struct beside beside = {.end = 0};
        struct code token, shaped;
        bool is_token = read_token(view, at, &token);
        size_t lead = 0;
        while (is_a(view->bytes[at + lead], LETTER))
                lead++;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
                bool is_any = *kinds[i].shape == '*';
                if (kinds[i].lead != lead && kinds[i].lead != ANY)
                        continue;
                if (!(is_any ? is_token : read_shape(view, at, kinds[i].shape, &shaped)))
                        continue;
                const struct code *code = is_any ? &token : &shaped;
                unsigned score = code->digits > 1 ? judge(view, &kinds[i], at, code, &beside) : 0;
                if (score > 0) {
                        *out = (struct match){kinds[i].type, {at, code->end}, score};
                        return true;
                }
        }
        return false;
}

static bool begins_word(const struct folding *view, size_t at)
{
        return is_a(view->bytes[at], LETTER | DIGIT) &&
               (at == 0 || !is_a(view->bytes[at - 1], LETTER | DIGIT | OTHER_LETTER | TAG));
}

/* Where the next byte of a kind stands that is not before `at`, going on from where it was looked for last. */
static size_t next_of(const struct folding *view, size_t at, size_t last, unsigned kind)
{
        size_t next = last > at ? last : at;
        while (next < view->length && !is_a(view->bytes[next], kind))
                next++;
        return next;
}

static bool find_code(const struct folding *view, size_t from, struct match *out)
{
        for (size_t at = from, digit = from, letter = from; at < view->length; at++) {
                if (!begins_word(view, at))
                        continue;
                digit = next_of(view, at, digit, DIGIT);
                letter = next_of(view, at, letter, LETTER);
                if (digit == view->length || letter == view->length)
                        return false;
                if (digit <= at + DIGIT_WITHIN && letter <= at + VALUE_MAX && match(view, at, out))
                        return true;
        }
        return false;
}

const struct detector detector_code = {.name = "code", .find = find_code};
