/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines that pass, connections that are lost, and a database that is not there. */
#include "common/clock.h"
#include "tests/common/items.h"

#include <string.h>
#include <unistd.h>

static struct call *begin_within(int64_t deadline_us)
{
        struct call *call = begin(false);
        call->deadline_us = clock_now_us() + deadline_us;
        return call;
}

TEST(a_statement_beyond_the_deadline_is_given_up_and_ended)
{
        int64_t begun_us = clock_now_us();
        struct call *call = begin_within(200000);
        ck_assert_int_eq(db_exec(call, "SELECT pg_sleep(8)"), STATUS_DEADLINE_EXCEEDED);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        ck_assert_int_lt(clock_now_us() - begun_us, SECOND_US);
        const char *running = "1";
        for (int i = 0; i < 20 && strcmp(running, "0") != 0; i++) {
                usleep(50000);
                running = kit_sql(&items.kit, "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(8)'"
                                              " AND state = 'active'");
        }
        ck_assert_str_eq(running, "0");
        assert_usable();
}
END_TEST

TEST(the_statement_timeout_counts_where_the_deadline_is_far)
{
        struct db *hasty = db_new(items.kit.database_url, 200000);
        struct call *call = begin(false);
        call->db = hasty;
        db_begin(call, false);
        ck_assert_int_ne(db_exec(call, "SELECT pg_sleep(8)"), STATUS_OK);
        ck_assert_int_gt(call_time_left(call), 3 * SECOND_US);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        db_free(hasty);
        call->db = items.db;
}
END_TEST

static void kill_backend(struct call *call)
{
        PGresult *result;
        ck_assert_int_eq(db_query(call, &result, "SELECT pg_backend_pid()::text"), STATUS_OK);
        kit_sql(&items.kit, "SELECT pg_terminate_backend(%s, 5000)", PQgetvalue(result, 0, 0));
}

TEST(a_connection_lost_between_calls_is_made_again)
{
        struct call *call = begin(false);
        kill_backend(call);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(a_connection_lost_within_a_call_without_transaction_is_made_again)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        kill_backend(call);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "a"), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(a_connection_lost_within_a_transaction_fails_the_call_and_keeps_nothing)
{
        for (int is_at_commit = 0; is_at_commit < 2; is_at_commit++) {
                struct call *call = begin(true);
                ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
                kill_backend(call);
                if (!is_at_commit) {
                        ck_assert_int_eq(db_exec(call, SQL_ADD, "e", 5), STATUS_UNAVAILABLE);
                        ck_assert_int_eq(call->problem, PROBLEM_UNAVAILABLE);
                        ck_assert_int_eq(db_end(call, false), STATUS_OK);
                } else {
                        ck_assert_int_eq(db_end(call, true), STATUS_UNAVAILABLE);
                }
                assert_count("true", "3");
                assert_usable();
        }
}
END_TEST

TEST(nothing_more_of_a_transaction_is_run_once_its_connection_is_lost)
{
        struct call *call = begin(true);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "d", 4), STATUS_OK);
        kill_backend(call);
        ck_assert_int_eq(db_exec(call, SQL_ADD, "e", 5), STATUS_UNAVAILABLE);
        /* A handler that passes the failure over must not get half of its work stored. */
        ck_assert_int_eq(db_exec(call, SQL_ADD, "f", 6), STATUS_UNAVAILABLE);
        ck_assert_int_eq(db_end(call, true), STATUS_UNAVAILABLE);
        assert_count("true", "3");
        assert_usable();
}
END_TEST

TEST(a_database_that_is_not_there_is_unavailable)
{
        struct db *nowhere = db_new("postgresql:///x?host=/nowhere", SECOND_US);
        struct call *call = begin(true);
        call->db = nowhere;
        db_begin(call, true);
        ck_assert_int_eq(db_exec(call, "SELECT 1"), STATUS_UNAVAILABLE);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        ck_assert(!db_ping(nowhere, SECOND_US));
        db_free(nowhere);
        call->db = items.db;
        ck_assert(db_ping(items.db, SECOND_US));
}
END_TEST

SUITE_WITH(items_begin, items_end, "common/db_loss", FORK, T(a_statement_beyond_the_deadline_is_given_up_and_ended),
        T(the_statement_timeout_counts_where_the_deadline_is_far), T(a_connection_lost_between_calls_is_made_again),
        T(a_connection_lost_within_a_call_without_transaction_is_made_again),
        T(a_connection_lost_within_a_transaction_fails_the_call_and_keeps_nothing),
        T(nothing_more_of_a_transaction_is_run_once_its_connection_is_lost),
        T(a_database_that_is_not_there_is_unavailable))
