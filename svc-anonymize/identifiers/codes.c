/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with letters in them: the shapes of codes.def are tried where a word begins that has a digit near. */
#include "svc-anonymize/identifiers/checks.h"
#include "svc-anonymize/identifiers/cues.h"
#include "svc-anonymize/identifiers/identifier.h"

#include <assert.h>
#include <string.h>

enum how { NAMED = 1, BARE = 2, BLANKS = 4, UPPER = 8, CAPITALS = 16 };
enum { VALUE_MAX = 24, DIGIT_WITHIN = 8, TOKEN_MIN = 6, TOKEN_DIGITS_MIN = 4, LONG_TOKEN = 9, HEAD = 8, ANY = 99 };

/* What the first eight signs of a shape ask for, so that nearly all are refused without being read. Three bytes, the
 * first sign in the highest bit of each: where letters and where digits must be, joints passed over, and which signs go
 * before the first joint. A sign that may be missing asks for nothing, nor does what is behind it. */
typedef uint32_t head;
enum { LETTERS_AT = 16, DIGITS_AT = 8, SOLID_AT = 0, FIRST = 1 << (HEAD - 1) };

#define IS_SOLID(sign)        ((sign) == 'A' || (sign) == '9' || (sign) == 'N')
#define IS_PASSED(sign)       ((sign) == '?' || (sign) == '\0')
#define GOES_ON(sign)         (IS_SOLID(sign) || IS_PASSED(sign))
#define PUT(rest, sign, what) ((rest)*GOES_ON(sign) >> !IS_PASSED(sign) | ((sign) == (what)) * (head)FIRST)
#define RUN(rest, sign, what) (((rest) >> 1 | (head)FIRST) * IS_SOLID(sign))
#define FOUR(step, rest, s, i, what)                                                                                   \
        step(step(step(step(rest, (s)[(i) + 3], what), (s)[(i) + 2], what), (s)[(i) + 1], what), (s)[i], what)
#define EIGHT(step, s, what) FOUR(step, FOUR(step, (head)0, s, 4, what), s, 0, what)
#define HEAD_OF(s)           (EIGHT(PUT, s, 'A') << LETTERS_AT | EIGHT(PUT, s, '9') << DIGITS_AT | EIGHT(RUN, s, 0) << SOLID_AT)

static const struct kind {
        enum identifier_type type;
        size_t lead;
        const char *shape;
        head head;
        bool (*check)(const char *value, size_t length);
        cue_set cues;
        size_t reach;
        unsigned how;
} kinds[] = {
#define CODE(type, lead, shape, check, cues, reach, how)                                                               \
        {IDENTIFIER_##type, lead, shape, HEAD_OF(shape "\0\0\0\0\0\0\0"), check, cues, reach, how},
#include "svc-anonymize/identifiers/codes.def"
#undef CODE
};

enum { KINDS = sizeof kinds / sizeof *kinds, LEADS = 8 };
static_assert(KINDS <= 64, "rows are a set of 64 bits");

/* The rows that what begins with so many letters may be of, one bit each; more letters than any row asks for count as
 * LEADS - 1. */
struct rows {
        uint64_t of_lead[LEADS];
};

static void rows_by_lead(struct rows *out)
{
        uint64_t any = 0;
        *out = (struct rows){0};
        for (size_t i = 0; i < KINDS; i++) {
                assert(kinds[i].lead == ANY || kinds[i].lead < LEADS - 1);
                *(kinds[i].lead == ANY ? &any : &out->of_lead[kinds[i].lead]) |= (uint64_t)1 << i;
        }
        for (size_t lead = 0; lead < LEADS; lead++)
                out->of_lead[lead] |= any;
}

/* What was read at one place: letters and digits, and how they were written. */
struct code {
        char value[VALUE_MAX + 1];
        size_t length, digits;
        size_t end;
        bool has_blank;
};

enum class { DIGIT = 1, LETTER = 2, JOINT = 4, CENTURY = 8, OTHER_LETTER = 16, TAG = 32, MISSING = 64 };

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

/* What may stand where a shape says so, or be missing. */
static const unsigned char wanted[128] = {
        ['A'] = LETTER,
        ['a'] = LETTER | MISSING,
        ['9'] = DIGIT,
        ['0'] = DIGIT | MISSING,
        ['N'] = LETTER | DIGIT,
        ['S'] = CENTURY,
        ['?'] = JOINT | MISSING,
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
        return (wanted[(unsigned char)sign] & MISSING) != 0;
}

/* The letters and digits of a span that holds VALUE_MAX of them at most. */
static void read_value(const struct folding *view, size_t at, size_t end, struct code *out)
{
        *out = (struct code){.end = end};
        for (; at < end; at++) {
                unsigned char byte = view->bytes[at];
                if (is_a(byte, LETTER | DIGIT))
                        out->value[out->length++] = (char)byte;
                out->digits += is_a(byte, DIGIT);
                out->has_blank = out->has_blank || byte == ' ';
        }
}

static bool ends_word(const struct folding *view, size_t end)
{
        return !is_a(view->bytes[end], LETTER | DIGIT | OTHER_LETTER);
}

/* The end of what is written in a shape, with joints read for signs that are missing; 0 when it is not. */
static size_t shape_end(const struct folding *view, size_t at, const char *shape)
{
        for (; *shape != '\0'; shape++)
                if (fits(*shape, view->bytes[at]))
                        at++;
                else if (!may_be_missing(*shape))
                        return 0;
        return at;
}

static bool read_shape(const struct folding *view, size_t at, const char *shape, struct code *out)
{
        size_t end = shape_end(view, at, shape);
        if (end == 0)
                return false;
        read_value(view, at, end, out);
        while (is_a(view->bytes[out->end - 1], JOINT))
                out->end--;
        return ends_word(view, out->end);
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
        size_t end = at, length = 0, digits = 0;
        for (; length <= VALUE_MAX; end++) {
                unsigned char byte = view->bytes[end];
                if (!is_a(byte, LETTER | DIGIT) && !(byte == '-' && is_a(view->bytes[end + 1], LETTER | DIGIT)))
                        break;
                length += byte != '-';
                digits += is_a(byte, DIGIT);
        }
        bool is_joined = end - at > length;
        size_t least = TOKEN_DIGITS_MIN + (size_t)is_joined - (size_t)(length >= LONG_TOKEN);
        if (length > VALUE_MAX || length < TOKEN_MIN || digits < least || !ends_word(view, end))
                return false;
        read_value(view, at, end, out);
        return !is_counted(out);
}

/* What stands at `at`, as a shape's head asks for it: joints between two signs are passed over. */
static head read_head(const struct folding *view, size_t at)
{
        head found = 0;
        const unsigned char *byte = view->bytes + at;
        bool is_solid = true;
        for (head place = FIRST; place > 0; place >>= 1, byte++) {
                if (is_a(*byte, JOINT)) {
                        is_solid = false;
                        byte++;
                }
                if (!is_a(*byte, LETTER | DIGIT))
                        break;
                found |= place << (is_a(*byte, LETTER) ? LETTERS_AT : DIGITS_AT) | (is_solid ? place << SOLID_AT : 0);
        }
        return found;
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

static bool match(const struct folding *view, size_t at, const struct rows *rows, struct match *out)
{
        struct beside beside = {.end = 0};
        struct code token, shaped;
        head found = read_head(view, at);
        bool is_token = read_token(view, at, &token);
        size_t lead = 0;
        while (lead < LEADS - 1 && is_a(view->bytes[at + lead], LETTER))
                lead++;
        for (uint64_t left = rows->of_lead[lead]; left != 0; left &= left - 1) {
                const struct kind *kind = &kinds[__builtin_ctzll(left)];
                bool is_any = *kind->shape == '*';
                if ((kind->head & ~found) != 0 || !(is_any ? is_token : read_shape(view, at, kind->shape, &shaped)))
                        continue;
                const struct code *code = is_any ? &token : &shaped;
                unsigned score = code->digits > 1 ? judge(view, kind, at, code, &beside) : 0;
                if (score > 0) {
                        *out = (struct match){kind->type, {at, code->end}, score};
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
        struct rows rows;
        rows_by_lead(&rows);
        for (size_t at = from, digit = from, letter = from; at < view->length; at++) {
                if (!begins_word(view, at))
                        continue;
                digit = next_of(view, at, digit, DIGIT);
                letter = next_of(view, at, letter, LETTER);
                if (digit == view->length || letter == view->length)
                        return false;
                if (digit <= at + DIGIT_WITHIN && letter <= at + VALUE_MAX && match(view, at, &rows, out))
                        return true;
        }
        return false;
}

const struct detector detector_code = {.name = "code", .find = find_code};
