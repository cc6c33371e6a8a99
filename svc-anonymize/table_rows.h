/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a table, each a JSON object, looked at together: which columns there are, and the whole as CSV. */
#pragma once

#include "common/buffer.h"
#include "common/json_scan.h"

enum { TABLE_COLUMNS_MAX = 128 };

struct table_rows {
        size_t n_rows;
        struct json *rows; /* of no tokens where a row is not JSON */
        size_t n_columns;
        char *columns[TABLE_COLUMNS_MAX]; /* in the order in which they were found; further ones are left out */
        bool is_flat; /* every row an object, every value text, a number, true, false or null, no column left out */
};

/* The texts must outlive it; the rest is in the arena. */
struct table_rows *table_rows_read(struct arena *arena, size_t n_rows, char *const *rows);

/* Appends flat rows as RFC 4180 says, with a line of names. null and what is absent are empty. Text that a spreadsheet
 * would take for a formula (= + - @, a tab or a carriage return at its beginning) has an apostrophe before it. */
void table_rows_write_csv(struct buffer *out, const struct table_rows *table);
