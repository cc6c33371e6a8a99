/* SPDX-License-Identifier: Apache-2.0 */
/* Rows become a table that a spreadsheet reads and does not run. */
#include "svc-anonymize/table_rows.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

#define ROWS(...)                                                                                                      \
        table_rows_read(arena, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (char *[]){__VA_ARGS__})

static const char *csv(const struct table_rows *table)
{
        struct buffer out = buffer_in(arena);
        ck_assert(table->is_flat);
        table_rows_write_csv(&out, table);
        return buffer_text(&out);
}

TEST(columns_are_as_found)
{
        ck_assert_str_eq(csv(ROWS("{\"b\":1,\"a\":\"x\"}", "{\"a\":null,\"c\":true}", "{}")),
                "b,a,c\r\n1,x,\r\n,,true\r\n,,\r\n");
}
END_TEST

TEST(what_would_end_a_cell_is_quoted)
{
        ck_assert_str_eq(csv(ROWS("{\"a\":\"one, \\\"two\\\"\",\"b\":\"up\\r\\ndown\",\"c\":\"\\u00e9\"}")),
                "a,b,c\r\n\"one, \"\"two\"\"\",\"up\r\ndown\",\xc3\xa9\r\n");
}
END_TEST

TEST(a_formula_is_text)
{
        ck_assert_str_eq(csv(ROWS("{\"a\":\"=1+1\",\"b\":\"+1\",\"c\":\"-1\",\"d\":\"@x\"}")),
                "a,b,c,d\r\n'=1+1,'+1,'-1,'@x\r\n");
        ck_assert_str_eq(
                csv(ROWS("{\"=a\":\"\\t=1\",\"b\":\"=A(\\\"x\\\",1)\"}")), "'=a,b\r\n'\t=1,\"'=A(\"\"x\"\",1)\"\r\n");
        ck_assert_str_eq(csv(ROWS("{\"a\":-1.5}")), "a\r\n-1.5\r\n"); /* a number is a number */
}
END_TEST

TEST(what_is_not_flat_is_said_to_be_so)
{
        ck_assert(!ROWS("{\"a\":[1]}")->is_flat);
        ck_assert(!ROWS("{\"a\":{\"b\":1}}")->is_flat);
        ck_assert(!ROWS("{\"a\":1}", "[1]")->is_flat);
        ck_assert(!ROWS("{\"a\":1}", "no JSON")->is_flat);
        ck_assert(!ROWS("{\"a\":1")->is_flat);
        const struct table_rows *table = ROWS("{\"a\":[1],\"b\":2}", "7");
        ck_assert_uint_eq(table->n_columns, 2);
        ck_assert_str_eq(table->columns[1], "b");
}
END_TEST

TEST(columns_are_bounded)
{
        char *rows[2];
        for (int half = 0; half < 2; half++) {
                struct buffer row = buffer_in(arena);
                for (int i = 0; i < 100; i++)
                        buffer_printf(&row, "%s\"c%d\":1", i == 0 ? "{" : ",", 100 * half + i);
                buffer_puts(&row, "}");
                rows[half] = row.bytes;
        }
        ck_assert(table_rows_read(arena, 1, rows)->is_flat);
        const struct table_rows *table = table_rows_read(arena, 2, rows);
        ck_assert(!table->is_flat);
        ck_assert_uint_eq(table->n_columns, TABLE_COLUMNS_MAX);
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-anonymize/table_rows", FORK, T(columns_are_as_found),
        T(what_would_end_a_cell_is_quoted), T(a_formula_is_text), T(what_is_not_flat_is_said_to_be_so),
        T(columns_are_bounded))
