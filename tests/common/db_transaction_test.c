/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: all of a call is kept or nothing, also of what it put off to the end. */
#include "common/clock.h"
#include "tests/common/items.h"

TEST(a_transaction_keeps_all)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, SQL_ADD, "e", 5), STATUS_OK);
        assert_count("true", "3"); /* seen by nobody yet */
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        assert_count("true", "5");
}
END_TEST

TEST(a_transaction_that_fails_keeps_nothing)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, SQL_ADD, "e", 5), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_count("true", "3");
        assert_usable();
}
END_TEST

TEST(a_statement_put_off_fails_its_call_at_the_end)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, SQL_ADD, "a", 5), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, SQL_ADD, "e", 6), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_ALREADY_EXISTS);
        ck_assert_int_eq(call->problem, PROBLEM_ALREADY_EXISTS);
        assert_count("true", "3");
        assert_usable();
}
END_TEST

TEST(a_row_put_off_is_there_at_the_end)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(true);
        ck_assert_int_eq(
                db_later(call, &out.base, "INSERT INTO items (name) VALUES ($1) RETURNING name AS goal_title", "d"),
                STATUS_OK);
        ck_assert_ptr_null(out.goal_title);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "d");
        assert_count("name = 'd'", "1");
}
END_TEST

TEST(a_row_put_off_that_is_not_there_fails_the_call_and_keeps_nothing)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_later(call, &out.base, SQL_NAMED, "nobody"), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_NOT_FOUND);
        assert_count("true", "3");
        assert_usable();
}
END_TEST

TEST(a_failure_in_the_middle_leaves_the_connection_usable)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_later(call, NULL, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, "SELECT 1 / 0"), STATUS_OK);
        ck_assert_int_eq(db_later(call, NULL, "SELECT text 'never prepared'"), STATUS_OK);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "e", 5), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_count("true", "3");
        assert_usable();
        call = begin(false);
        ck_assert_int_eq(db_exec(call, "SELECT text 'never prepared'"), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(a_failure_that_a_handler_passes_over_is_not_kept_silently)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "a", 4), STATUS_ALREADY_EXISTS);
        ck_assert_int_eq(db_end(call, true), STATUS_ABORTED);
        assert_count("true", "3");
        assert_usable();
}
END_TEST

TEST(a_call_that_asks_nothing_costs_nothing)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        call = begin(true);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(many_statements_put_off_are_kept_or_dropped_together)
{
        static const int counts[] = {46, 47, 48, 49, 95, 96, 97, 150};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
                for (int is_good = 0; is_good < 2; is_good++) {
                        struct call *call = begin(true);
                        for (int n = 0; n < counts[i]; n++)
                                ck_assert_int_eq(db_later(call, NULL, SQL_ADD, arena_printf(call->arena, "n%d", n), n),
                                        STATUS_OK);
                        ck_assert_int_eq(db_end(call, is_good), STATUS_OK);
                        assert_count("name LIKE 'n%'", is_good ? arena_printf(items.kit.arena, "%d", counts[i]) : "0");
                        kit_sql(&items.kit, "DELETE FROM items WHERE name LIKE 'n%%'");
                        assert_usable();
                }
        }
}
END_TEST

TEST(a_lock_that_another_holds_is_not_waited_for_long)
{
        PGconn *other = PQconnectdb(items.kit.database_url);
        PQclear(PQexec(other, "BEGIN; UPDATE items SET number = 9 WHERE name = 'a'"));
        int64_t begun_us = clock_now_us();
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, "UPDATE items SET number = 8 WHERE name = 'a'"), STATUS_ABORTED);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        ck_assert_int_lt(clock_now_us() - begun_us, 3 * SECOND_US);
        PQfinish(other);
        assert_usable();
}
END_TEST

SUITE_WITH(items_begin, items_end, "common/db_transaction", FORK, T(a_transaction_keeps_all),
        T(a_transaction_that_fails_keeps_nothing), T(a_statement_put_off_fails_its_call_at_the_end),
        T(a_row_put_off_is_there_at_the_end), T(a_row_put_off_that_is_not_there_fails_the_call_and_keeps_nothing),
        T(a_failure_in_the_middle_leaves_the_connection_usable),
        T(a_failure_that_a_handler_passes_over_is_not_kept_silently), T(a_call_that_asks_nothing_costs_nothing),
        T(many_statements_put_off_are_kept_or_dropped_together), T(a_lock_that_another_holds_is_not_waited_for_long))
