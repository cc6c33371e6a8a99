/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what their rows and their failures become. */
#include "tests/common/items.h"

#include <string.h>

TEST(one_row_fills_a_message)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "a"), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "a");
        ck_assert_int_eq(out.version, 1);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(no_row_is_not_found)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "nobody"), STATUS_NOT_FOUND);
        ck_assert_int_eq(call->problem, PROBLEM_NOT_FOUND);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(rows_fill_a_list)
{
        Goals__ShareList out = GOALS__SHARE_LIST__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_rows(call, &out.base, "items",
                                 "SELECT name AS goal_title FROM items WHERE number > $1 ORDER BY 1", 1),
                STATUS_OK);
        ck_assert_uint_eq(out.n_items, 2);
        ck_assert_str_eq(out.items[0]->goal_title, "b");
        ck_assert_str_eq(out.items[1]->goal_title, "c");
        ck_assert_int_eq(
                db_rows(call, &out.base, "items", "SELECT name AS goal_title FROM items WHERE false"), STATUS_OK);
        ck_assert_uint_eq(out.n_items, 0);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(a_statement_is_run_for_its_effect)
{
        struct call *call = begin(false);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        assert_count("name = 'd' AND number = 4", "1");
}
END_TEST

TEST(a_raw_result_can_be_had)
{
        PGresult *result;
        struct call *call = begin(false);
        ck_assert_int_eq(db_query(call, &result, "SELECT name FROM items"), STATUS_OK);
        ck_assert_int_eq(PQntuples(result), 3);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(failures_of_a_statement_have_their_status)
{
        static const struct {
                const char *sql;
                status status;
        } rows[] = {
                {"INSERT INTO items (name) VALUES ('a')", STATUS_ALREADY_EXISTS},
                {"INSERT INTO items (name) VALUES ('far too long for the check')", STATUS_INVALID_ARGUMENT},
                {"INSERT INTO items (name, number) VALUES ('d', NULL)", STATUS_INVALID_ARGUMENT},
                {"INSERT INTO items (name, parent) VALUES ('d', 'nobody')", STATUS_FAILED_PRECONDITION},
                {"SELECT 1 / 0", STATUS_INVALID_ARGUMENT},
                {"SELECT * FROM no_such_table", STATUS_INTERNAL},
                {"not SQL at all", STATUS_INTERNAL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct call *call = begin(false);
                ck_assert_msg(db_exec(call, rows[i].sql) == rows[i].status, "%s", rows[i].sql);
                ck_assert_ptr_nonnull(call->failure);
                ck_assert_ptr_null(strstr(call->failure, "items"));
                ck_assert_int_eq(db_end(call, false), STATUS_OK);
                assert_usable();
        }
}
END_TEST

TEST(a_row_that_does_not_fit_its_message_is_a_mistake_of_ours)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, "SELECT 1 AS no_such_field"), STATUS_INTERNAL);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(two_rows_are_not_one)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_ne(db_one(call, &out.base, "SELECT name AS goal_title FROM items"), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
}
END_TEST

TEST(a_statement_that_cannot_be_prepared_does_not_spoil_the_next)
{
        static const char sql[] = "SELECT late AS goal_title FROM latecomers";
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, sql), STATUS_INTERNAL);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "a"), STATUS_OK);
        kit_sql(&items.kit, "CREATE TABLE latecomers AS SELECT text 'here' AS late");
        ck_assert_int_eq(db_one(call, &out.base, sql), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "here");
        ck_assert_int_eq(db_one(call, &out.base, sql), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(more_statements_than_are_kept_prepared_all_run)
{
        struct call *call = begin(false);
        for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 230; i++) {
                        Goals__Share out = GOALS__SHARE__INIT;
                        const char *sql = arena_printf(items.kit.arena, "SELECT %d + $1::int AS likes_count", i);
                        ck_assert_int_eq(db_one(call, &out.base, sql, 1000), STATUS_OK);
                        ck_assert_int_eq(out.likes_count, 1000 + i);
                }
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(what_was_started_is_there_when_it_is_waited_for)
{
        PGresult *first = NULL, *second = NULL;
        struct call *call = begin(true);
        ck_assert_int_eq(db_start(call, &first, "SELECT 1 FROM generate_series(1, $1::integer)", 20000), STATUS_OK);
        ck_assert_int_eq(db_start(call, &second, "SELECT 2"), STATUS_OK);
        ck_assert_ptr_null(first);
        ck_assert_int_eq(db_flush(call), STATUS_OK);
        ck_assert_int_eq(PQntuples(first), 20000);
        ck_assert_int_eq(PQntuples(second), 1);
        ck_assert_int_eq(db_start(call, &first, "SELECT 1 / $1::integer", 0), STATUS_OK);
        ck_assert_int_ne(db_flush(call), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
}
END_TEST

SUITE_WITH(items_begin, items_end, "common/db", FORK, T(one_row_fills_a_message), T(no_row_is_not_found),
        T(rows_fill_a_list), T(a_statement_is_run_for_its_effect), T(a_raw_result_can_be_had),
        T(failures_of_a_statement_have_their_status), T(a_row_that_does_not_fit_its_message_is_a_mistake_of_ours),
        T(two_rows_are_not_one), T(a_statement_that_cannot_be_prepared_does_not_spoil_the_next),
        T(more_statements_than_are_kept_prepared_all_run), T(what_was_started_is_there_when_it_is_waited_for))
