/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers are given in the order of the text. A value keeps its number by way of an open-addressed table of digests. */
#include "svc-anonymize/placeholders.h"

#include "common/buffer.h"
#include "common/text.h"

#include <string.h>

enum { NUMBER_DIGITS_MAX = 5 };

struct numbered {
        uint64_t value; /* 0: free */
        uint32_t number;
};

/* Reads "[<stem> <number>]" at `at`; returns its length or 0. */
static size_t read_placeholder(const struct folding *view, size_t at, const char *stem, uint32_t *number)
{
        if (view->bytes[at + 1] != (unsigned char)*stem) /* most are refused here */
                return 0;
        size_t length = strlen(stem), end = at + 1 + length;
        if (end >= view->length || memcmp(view->bytes + at + 1, stem, length) != 0 || view->bytes[end] != ' ')
                return 0;
        *number = 0;
        size_t first = ++end;
        for (; folded_is_digit(view->bytes[end]) && end < first + NUMBER_DIGITS_MAX; end++)
                *number = *number * 10 + (uint32_t)(view->bytes[end] - '0');
        return end > first && view->bytes[end] == ']' ? end + 1 - at : 0;
}

static size_t blank_at(struct folding *view, size_t at, struct placeholder_numbers *numbers)
{
        for (size_t stem = 0; stem < STEMS; stem++) {
                uint32_t number;
                size_t length = read_placeholder(view, at, stems[stem], &number);
                if (length == 0)
                        continue;
                if (numbers != NULL && number > numbers->last[stem])
                        numbers->last[stem] = number;
                memset(view->bytes + at, BARRIER, length);
                return length;
        }
        return 1;
}

void placeholders_blank(struct folding *view, struct placeholder_numbers *numbers)
{
        const unsigned char *end = view->bytes + view->length;
        for (unsigned char *at = view->bytes; (at = memchr(at, '[', (size_t)(end - at))) != NULL;)
                at += blank_at(view, (size_t)(at - view->bytes), numbers);
}

/* FNV-1a */
static uint64_t digest(uint64_t value, uint32_t part)
{
        return (value ^ part) * 0x100000001B3;
}

uint64_t identifier_value(const struct folding *view, const struct match *match)
{
        const struct identifier *identifier = &identifiers[match->type];
        uint64_t value = digest(0xCBF29CE484222325, (uint32_t)identifier->stem);
        for (size_t i = match->span.start; i < match->span.end; i++) {
                unsigned char byte = view->bytes[i];
                if (identifier->is_number ? folded_is_alnum(byte) : byte > ' ')
                        value = digest(value, byte < 0x80 ? byte : view->original[view->starts[i]]);
        }
        return value == 0 ? 1 : value;
}

/* `found` in order: by where each begins among the `length` code points of its text. */
static struct finding *in_order(struct arena *arena, const struct findings *found, size_t length)
{
        uint32_t *begins = arena_zalloc(arena, length * sizeof *begins); /* of each code point: the finding + 1 */
        struct finding *items = arena_alloc(arena, found->count * sizeof *items);
        for (size_t i = 0; i < found->count; i++)
                begins[found->items[i].span.start] = (uint32_t)i + 1;
        for (size_t at = 0, count = 0; count < found->count; at++)
                if (begins[at] > 0)
                        items[count++] = found->items[begins[at] - 1];
        return items;
}

/* Turns spans of the last result into spans of the original. Both lists are in order. */
static void to_original(const struct findings *findings, struct findings *found)
{
        size_t next = 0, behind = 0, behind_written = 0;
        for (size_t i = 0; i < found->count; i++) {
                struct span *span = &found->items[i].span;
                for (; next < findings->count && findings->items[next].written.start < span->start; next++) {
                        behind = findings->items[next].span.end;
                        behind_written = findings->items[next].written.end;
                }
                span->start = span->start - behind_written + behind;
                span->end = span->end - behind_written + behind;
        }
}

/* Both lists are in order, and so is `out`. */
static void merge(const struct findings *left, const struct findings *right, struct finding *out)
{
        for (size_t i = 0, j = 0; i < left->count || j < right->count;) {
                bool is_left = j == right->count ||
                               (i < left->count && left->items[i].span.start < right->items[j].span.start);
                *out++ = is_left ? left->items[i++] : right->items[j++];
        }
}

void findings_merge(
        struct findings *findings, struct arena *arena, struct findings *found, struct arena *scratch, size_t length)
{
        if (found->count == 0)
                return;
        found->items = in_order(scratch, found, length);
        to_original(findings, found);
        struct finding *items = arena_alloc(arena, (findings->count + found->count) * sizeof *items);
        merge(findings, found, items);
        findings->items = items;
        findings->count += found->count;
}

/* The entry for `value`, or the free one where it belongs. `mask` + 1 is more than twice the number of values. */
static struct numbered *lookup(struct numbered *table, size_t mask, uint64_t value)
{
        size_t at = (size_t)(value ^ value >> 32) & mask;
        while (table[at].value != 0 && table[at].value != value)
                at = (at + 1) & mask;
        return &table[at];
}

static void append_points(struct buffer *out, const char **text, size_t count)
{
        const char *from = *text;
        while (count-- > 0)
                text_next(text);
        buffer_append(out, from, (size_t)(*text - from));
}

static void skip_points(const char **text, size_t count)
{
        while (count-- > 0)
                text_next(text);
}

static void append_number(struct buffer *out, uint32_t number)
{
        char digits[10];
        size_t first = sizeof digits;
        do
                digits[--first] = (char)('0' + number % 10);
        while ((number /= 10) > 0);
        buffer_append(out, digits + first, sizeof digits - first);
}

/* Writes the placeholder of `finding`, giving its value a number if it has none. Returns its length. */
static size_t append_placeholder(
        struct buffer *out, const struct finding *finding, struct numbered *entry, struct placeholder_numbers *numbers)
{
        enum stem stem = identifiers[finding->type].stem;
        if (entry->value == 0)
                *entry = (struct numbered){finding->value, ++numbers->last[stem]};
        size_t before = out->length;
        buffer_putc(out, '[');
        buffer_puts(out, stems[stem]);
        buffer_putc(out, ' ');
        append_number(out, entry->number);
        buffer_putc(out, ']');
        return out->length - before;
}

char *findings_render(struct findings *findings, struct arena *arena, const char *original)
{
        size_t mask = 15;
        while (mask < findings->count * 2)
                mask = mask * 2 + 1;
        struct numbered *table = arena_zalloc(arena, (mask + 1) * sizeof *table);
        struct placeholder_numbers numbers = findings->numbers;
        struct buffer out = buffer_in(arena);
        size_t read = 0, written = 0;
        for (size_t i = 0; i < findings->count; i++) {
                struct finding *finding = &findings->items[i];
                append_points(&out, &original, finding->span.start - read);
                written += finding->span.start - read;
                size_t length = append_placeholder(&out, finding, lookup(table, mask, finding->value), &numbers);
                finding->written = (struct span){written, written + length};
                written += length;
                skip_points(&original, finding->span.end - finding->span.start);
                read = finding->span.end;
        }
        buffer_puts(&out, original);
        return arena_strdup(arena, buffer_text(&out));
}
