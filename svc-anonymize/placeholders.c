/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers are given in the order of the text. A value keeps its number by way of an open-addressed table of digests. */
#include "svc-anonymize/placeholders.h"

#include "common/buffer.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_DIGITS_MAX = 5 };

struct numbered {
        uint64_t value; /* 0: free */
        uint32_t number;
};

/* Reads "[<stem> <number>]" at `at`; returns its length or 0. */
static size_t read_placeholder(const struct folding *view, size_t at, const char *stem, uint32_t *number)
{
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

static int by_start(const void *left, const void *right)
{
        size_t a = ((const struct finding *)left)->span.start, b = ((const struct finding *)right)->span.start;
        return (a > b) - (a < b);
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

void findings_merge(struct findings *findings, struct arena *arena, struct findings *found)
{
        qsort(found->items, found->count, sizeof *found->items, by_start);
        to_original(findings, found);
        struct finding *items = arena_alloc(arena, (findings->count + found->count + 1) * sizeof *items);
        if (findings->count > 0)
                memcpy(items, findings->items, findings->count * sizeof *items);
        memcpy(items + findings->count, found->items, found->count * sizeof *items);
        findings->items = items;
        findings->count += found->count;
        qsort(items, findings->count, sizeof *items, by_start);
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

/* Writes the placeholder of `finding`, giving its value a number if it has none. Returns its length. */
static size_t append_placeholder(
        struct buffer *out, const struct finding *finding, struct numbered *entry, struct placeholder_numbers *numbers)
{
        enum stem stem = identifiers[finding->type].stem;
        if (entry->value == 0)
                *entry = (struct numbered){finding->value, ++numbers->last[stem]};
        size_t before = out->length;
        buffer_printf(out, "[%s %u]", stems[stem], entry->number);
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
