/* SPDX-License-Identifier: Apache-2.0 */
/* One code point, entity or escape gives at most one byte, so a folding is never longer than its text. */
#include "common/folding.h"

#include "common/text.h"

#include <string.h>

enum how { DROP, SAME, DIGITS, LETTERS, SHIFT, SPELL };
enum { NOTHING = 0, ENTITY_MAX = 10 };

static const struct row {
        uint32_t first;
        uint32_t last;
        enum how how;
        const char *to;
} rows[] = {
#define FOLD(first, last, how, to) {first, last, how, to},
#include "common/folding.def"
#undef FOLD
};

static const struct {
        const char *name;
        uint32_t point;
} entities[] = {{"amp", '&'}, {"commat", '@'}, {"period", '.'}, {"percnt", '%'}, {"nbsp", ' '}, {"hyphen", '-'},
        {"dash", '-'}, {"ndash", '-'}, {"mdash", '-'}, {"minus", '-'}, {"colon", ':'}, {"sol", '/'}, {"plus", '+'},
        {"lpar", '('}, {"rpar", ')'}, {"lsqb", '['}, {"rsqb", ']'}, {"lbrack", '['}, {"rbrack", ']'}, {"num", '#'},
        {"lowbar", '_'}, {"dollar", '$'}, {"ast", '*'}, {"comma", ','}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'},
        {"apos", '\''}, {"ensp", ' '}, {"emsp", ' '}, {"thinsp", ' '}, {"shy", 0xAD}, {"zwj", 0x200D}, {"zwnj", 0x200C},
        {"middot", 0xB7}, {"bull", 0x2022}, {"Tab", '\t'}, {"NewLine", '\n'}};

static const struct row *row_of(uint32_t point)
{
        size_t low = 0, high = sizeof rows / sizeof *rows;
        while (low < high) {
                size_t middle = (low + high) / 2;
                if (point > rows[middle].last)
                        low = middle + 1;
                else if (point < rows[middle].first)
                        high = middle;
                else
                        return &rows[middle];
        }
        return NULL;
}

static unsigned char fold_ascii(uint32_t point)
{
        return (unsigned char)(point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point);
}

/* The byte for a letter without an ASCII likeness. */
static unsigned char fold_letter(uint32_t point)
{
        return (unsigned char)(0x80 + point % 127);
}

static unsigned char fold_by(const struct row *row, uint32_t point)
{
        uint32_t offset = point - row->first;
        switch (row->how) {
        case DROP:
                return NOTHING;
        case DIGITS:
                return (unsigned char)('0' + ((uint32_t)(row->to[0] - '0') + offset) % 10);
        case LETTERS:
                return (unsigned char)('a' + offset % 26);
        case SHIFT:
                return fold_ascii((unsigned char)row->to[0] + offset);
        case SPELL:
                return row->to[offset] == '.' ? fold_letter(point) : (unsigned char)row->to[offset];
        case SAME:
                break;
        }
        return (unsigned char)row->to[0];
}

unsigned char folding_point(uint32_t point)
{
        if (point >= ' ' && point < 0x7F)
                return fold_ascii(point);
        const struct row *row = row_of(point);
        return row == NULL ? fold_letter(point) : fold_by(row, point);
}

static int hex_value(uint32_t point)
{
        if (point >= '0' && point <= '9')
                return (int)(point - '0');
        point |= 0x20;
        return point >= 'a' && point <= 'f' ? (int)(point - 'a' + 10) : -1;
}

/* Reads "&#64;", "&#x40;": what follows "&#". Returns the index behind it, 0 when it is none. */
static size_t read_number(const struct folding *in, size_t at, uint32_t *point)
{
        int base = at < in->original_length && (in->original[at] | 0x20) == 'x' ? 16 : 10;
        size_t first = at += base == 16;
        uint32_t value = 0;
        for (; at < in->original_length && at < first + ENTITY_MAX && value < 0x110000; at++) {
                int digit = hex_value(in->original[at]);
                if (digit < 0 || digit >= base)
                        break;
                value = value * (uint32_t)base + (uint32_t)digit;
        }
        if (at == first || value == 0 || value > 0x10FFFF)
                return 0;
        *point = value;
        return at + (at < in->original_length && in->original[at] == ';');
}

static bool spells(const struct folding *in, size_t at, const char *word)
{
        for (; *word != '\0'; word++, at++)
                if (at >= in->original_length || in->original[at] != (unsigned char)*word)
                        return false;
        return true;
}

/* Reads what follows the '&' of an entity. */
static size_t read_entity(const struct folding *in, size_t at, uint32_t *point)
{
        if (spells(in, at, "#"))
                return read_number(in, at + 1, point);
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
                size_t end = at + strlen(entities[i].name);
                if (spells(in, at, entities[i].name) && spells(in, end, ";")) {
                        *point = entities[i].point;
                        return end + 1;
                }
        }
        return 0;
}

/* Reads two hexadecimal digits. */
static size_t read_byte(const struct folding *in, size_t at, uint32_t *byte)
{
        if (at + 1 >= in->original_length)
                return 0;
        int high = hex_value(in->original[at]), low = hex_value(in->original[at + 1]);
        if (high < 0 || low < 0)
                return 0;
        *byte = (uint32_t)(high * 16 + low);
        return at + 2;
}

/* Reads a byte of the middle of a sequence: "%A0", "%25A0". */
static size_t read_tail(const struct folding *in, size_t at, uint32_t *byte)
{
        if (!spells(in, at, "%"))
                return 0;
        for (at++; spells(in, at, "25") && read_byte(in, at + 2, byte) > 0;)
                at += 2;
        size_t end = read_byte(in, at, byte);
        return end > 0 && (*byte & 0xC0) == 0x80 ? end : 0;
}

/* Reads what follows the '%' of an escape: printable ASCII, or a whole sequence of UTF-8. */
static size_t read_escape(const struct folding *in, size_t at, uint32_t *point)
{
        uint32_t first, tail, value;
        size_t end = read_byte(in, at, &first);
        if (end == 0 || first < ' ' || first == 0x7F)
                return 0;
        size_t tails = first < 0x80 ? 0 : first < 0xC2 || first > 0xF4 ? 4 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        if (tails > 3)
                return 0;
        value = tails == 0 ? first : first & (0x3FU >> tails);
        for (; tails > 0; tails--) {
                end = read_tail(in, end, &tail);
                if (end == 0)
                        return 0;
                value = value << 6 | (tail & 0x3F);
        }
        *point = value;
        return value == 0 || value > 0x10FFFF ? 0 : end;
}

/* Takes one sign of the original and returns the index behind it. What an escape gives may begin another, as in "%2540"
 * and "&amp;#64;": all of it is one sign. */
static size_t take(const struct folding *in, size_t at, uint32_t *point)
{
        *point = in->original[at++];
        for (size_t end = at; end > 0;) {
                at = end;
                end = *point == '&' ? read_entity(in, at, point) : *point == '%' ? read_escape(in, at, point) : 0;
        }
        return at;
}

static void decode(struct folding *folding, struct arena *arena, const char *text)
{
        size_t size = strlen(text);
        folding->original = arena_alloc(arena, (size + 1) * sizeof *folding->original);
        for (uint32_t point; (point = text_next(&text)) != 0;)
                folding->original[folding->original_length++] = point;
}

void folding_init(struct folding *folding, struct arena *arena, const char *text)
{
        *folding = (struct folding){0};
        decode(folding, arena, text);
        size_t room = folding->original_length + 1;
        folding->bytes = arena_alloc(arena, room);
        folding->starts = arena_alloc(arena, room * sizeof *folding->starts);
        folding->ends = arena_alloc(arena, room * sizeof *folding->ends);
        for (size_t at = 0, end; at < folding->original_length; at = end) {
                uint32_t point;
                end = take(folding, at, &point);
                unsigned char byte = folding_point(point);
                if (byte == NOTHING)
                        continue;
                folding->bytes[folding->length] = byte;
                folding->starts[folding->length] = (uint32_t)at;
                folding->ends[folding->length++] = (uint32_t)end;
        }
        folding->bytes[folding->length] = '\0';
}

struct span folding_original(const struct folding *folding, struct span span)
{
        return (struct span){folding->starts[span.start], folding->ends[span.end - 1]};
}
