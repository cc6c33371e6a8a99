/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/table_rows.h"

#include <string.h>

/* Index of the column; n_columns: there is none of this name. */
static size_t find_column(const struct table_rows *table, const struct json *row, uint32_t key)
{
        size_t i = 0;
        while (i < table->n_columns && !json_is(row, key, table->columns[i]))
                i++;
        return i;
}

static void note_member(struct arena *arena, struct table_rows *table, const struct json *row, uint32_t key)
{
        enum json_type type = row->tokens[key + 1].type;
        table->is_flat &= type != JSON_ARRAY && type != JSON_OBJECT;
        if (find_column(table, row, key) < table->n_columns)
                return;
        if (table->n_columns < TABLE_COLUMNS_MAX)
                table->columns[table->n_columns++] = json_string(arena, row, key);
        else
                table->is_flat = false;
}

static void note_row(struct arena *arena, struct table_rows *table, const struct json *row)
{
        if (row->n_tokens == 0 || row->tokens[0].type != JSON_OBJECT) {
                table->is_flat = false;
                return;
        }
        for (uint32_t key = 1; key < row->tokens[0].next; key = row->tokens[key + 1].next)
                note_member(arena, table, row, key);
}

struct table_rows *table_rows_read(struct arena *arena, size_t n_rows, char *const *rows)
{
        struct table_rows *table = arena_zalloc(arena, sizeof *table);
        const char *why;
        table->is_flat = true;
        table->n_rows = n_rows;
        table->rows = arena_zalloc(arena, n_rows * sizeof *table->rows + 1);
        for (size_t i = 0; i < n_rows; i++) {
                if (json_scan(arena, rows[i], strlen(rows[i]), &table->rows[i], &why) != STATUS_OK)
                        table->rows[i] = (struct json){0};
                note_row(arena, table, &table->rows[i]);
        }
        return table;
}

static void write_quoted(struct buffer *out, const char *text)
{
        buffer_putc(out, '"');
        for (const char *at = text; *at != '\0'; at++) {
                if (*at == '"')
                        buffer_putc(out, '"');
                buffer_putc(out, *at);
        }
        buffer_putc(out, '"');
}

static void write_text(struct buffer *out, const char *text)
{
        bool is_formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
        const char *shown = is_formula ? arena_printf(out->arena, "'%s", text) : text;
        if (strpbrk(shown, ",\"\r\n") != NULL)
                write_quoted(out, shown);
        else
                buffer_puts(out, shown);
}

static void write_value(struct buffer *out, const struct json *row, uint32_t value)
{
        const struct json_token *token = &row->tokens[value];
        if (token->type == JSON_STRING)
                write_text(out, json_string(out->arena, row, value));
        else if (token->type != JSON_NULL)
                buffer_append(out, row->bytes + token->start, token->length);
}

static void write_row(struct buffer *out, const struct table_rows *table, const struct json *row)
{
        uint32_t values[TABLE_COLUMNS_MAX] = {0}; /* 0 is the row itself: there is no such value */
        for (uint32_t key = 1; key < row->tokens[0].next; key = row->tokens[key + 1].next)
                values[find_column(table, row, key)] = key + 1;
        for (size_t i = 0; i < table->n_columns; i++) {
                if (i > 0)
                        buffer_putc(out, ',');
                if (values[i] > 0)
                        write_value(out, row, values[i]);
        }
        buffer_puts(out, "\r\n");
}

void table_rows_write_csv(struct buffer *out, const struct table_rows *table)
{
        for (size_t i = 0; i < table->n_columns; i++) {
                if (i > 0)
                        buffer_putc(out, ',');
                write_text(out, table->columns[i]);
        }
        buffer_puts(out, "\r\n");
        for (size_t i = 0; i < table->n_rows; i++)
                write_row(out, table, &table->rows[i]);
}
