/* SPDX-License-Identifier: Apache-2.0 */
/* Against a server, in a schema of the test's own: the calls are made by hand, as the server makes them. */
#include "common/clock.h"
#include "common/db.h"
#include "common/uuid.h"
#include "sfp/goals.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000 };

static struct kit kit;
static struct db *db;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        kit_sql(&kit, "CREATE TABLE items (name text PRIMARY KEY CHECK (length(name) < 20),"
                      " number bigint NOT NULL DEFAULT 0, parent text REFERENCES items);"
                      "INSERT INTO items (name, number) VALUES ('a', 1), ('b', 2), ('c', 3)");
        db = db_new(kit.database_url, 5 * SECOND_US);
}

static void tear_down(void)
{
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

/* A call with a database, begun. */
static struct call *begin(bool is_transaction)
{
        struct call *call = kit_call(&kit, NULL, 5 * SECOND_US);
        call->db = db;
        db_begin(call, is_transaction);
        return call;
}

static struct call *begin_within(int64_t deadline_us)
{
        struct call *call = begin(false);
        call->deadline_us = clock_now_us() + deadline_us;
        return call;
}

static const char SQL_NAMED[] = "SELECT name AS goal_title, number AS version FROM items WHERE name = $1";
static const char SQL_ADD[] = "INSERT INTO items (name, number) VALUES ($1, $2)";

/* The next call on the same connection is as good as the first. */
static void assert_usable(void)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "b"), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "b");
        ck_assert_int_eq(out.version, 2);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

static void assert_count(const char *where, const char *count)
{
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM items WHERE %s", where), count);
}

/* --- statements --- */

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
        kit_sql(&kit, "CREATE TABLE latecomers AS SELECT text 'here' AS late");
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
                        const char *sql = arena_printf(kit.arena, "SELECT %d + $1::int AS likes_count", i);
                        ck_assert_int_eq(db_one(call, &out.base, sql, 1000), STATUS_OK);
                        ck_assert_int_eq(out.likes_count, 1000 + i);
                }
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

/* --- values --- */

TEST(texts_come_back_as_they_were)
{
        static const char *const texts[] = {"", "x", "'; DROP TABLE items; --", "\"quoted\" \\ back\\slash",
                "line\nbreak\ttab", "\u00e9\u20ac\U0001f600", "{a,b}", "NULL", "$1"};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::text AS goal_title", texts[i]), STATUS_OK);
                ck_assert_str_eq(out.goal_title, texts[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(numbers_come_back_as_they_were)
{
        static const int64_t numbers[] = {0, 1, -1, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
        static const double reals[] = {0, 0.1, -1e300, 1.0 / 3, 4.9e-324};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::bigint AS version", numbers[i]), STATUS_OK);
                ck_assert_int_eq(out.version, numbers[i]);
        }
        for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
                Moderation__CheckReply out = MODERATION__CHECK_REPLY__INIT;
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::float8 AS confidence_score", reals[i]), STATUS_OK);
                ck_assert_double_eq(out.confidence_score, reals[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(bytes_come_back_as_they_were)
{
        uint8_t bytes[256];
        static const size_t sizes[] = {0, 1, 256};
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)i;
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                Goals__PendingText out = GOALS__PENDING_TEXT__INIT;
                const ProtobufCBinaryData in = {.len = sizes[i], .data = bytes};
                ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::bytea AS sealed", in), STATUS_OK);
                ck_assert(out.has_sealed);
                ck_assert_uint_eq(out.sealed.len, sizes[i]);
                ck_assert_mem_eq(out.sealed.data, bytes, sizes[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(arrays_come_back_as_they_were)
{
        char *texts[] = {"", "plain", "with, comma", "{brace}", "\"quote\"", "back\\slash", "NULL", "\u20ac", " "};
        enum { COUNT = sizeof texts / sizeof *texts };
        struct call *call = begin(false);
        for (size_t count = 0; count <= COUNT; count++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(
                        db_one(call, &out.base, "SELECT $1::text[] AS tags", db_texts(count, texts)), STATUS_OK);
                ck_assert_uint_eq(out.n_tags, count);
                for (size_t i = 0; i < count; i++)
                        ck_assert_str_eq(out.tags[i], texts[i]);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(uuids_come_back_as_they_were)
{
        uint8_t bytes[3][16];
        const uint8_t *uuids[] = {bytes[0], bytes[1], bytes[2]};
        struct call *call = begin(false);
        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i / 16][i % 16] = (uint8_t)(i * 85);
        for (size_t count = 0; count <= 3; count++) {
                Goals__Share out = GOALS__SHARE__INIT;
                ck_assert_int_eq(
                        db_one(call, &out.base, "SELECT $1::uuid[] AS tags", db_uuids(count, uuids)), STATUS_OK);
                ck_assert_uint_eq(out.n_tags, count);
                for (size_t i = 0; i < count; i++) {
                        char expected[UUID_SIZE];
                        uuid_format(bytes[i], expected);
                        ck_assert_str_eq(out.tags[i], expected);
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

TEST(null_goes_in_and_comes_out_as_absent)
{
        Goals__Share in = GOALS__SHARE__INIT, out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base,
                                 "SELECT $1::text AS goal_title, $2::bigint AS version, $3::int AS likes_count,"
                                 " $1 IS NULL AND $2 IS NULL AND $3 IS NULL AS is_verified_completion",
                                 in.goal_title, DB_OPTIONAL(&in, version), db_null()),
                STATUS_OK);
        ck_assert_ptr_null(out.goal_title);
        ck_assert(!out.has_version && !out.has_likes_count);
        ck_assert(out.is_verified_completion);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}
END_TEST

TEST(a_value_of_a_wrong_form_is_refused_and_not_a_mistake_of_ours)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::uuid AS id", "no uuid"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(db_one(call, &out.base, "SELECT $1::text AS id", "\xff"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

TEST(more_values_than_a_statement_takes_fail_the_call_alone)
{
        struct db_value values[40];
        for (int i = 0; i < 40; i++)
                values[i] = db_integer(i);
        struct call *call = begin(true);
        ck_assert_int_ne(db_run_result(call, NULL, "SELECT 1", values, 40), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        assert_usable();
}
END_TEST

/* --- transactions --- */

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
                        assert_count("name LIKE 'n%'", is_good ? arena_printf(kit.arena, "%d", counts[i]) : "0");
                        kit_sql(&kit, "DELETE FROM items WHERE name LIKE 'n%%'");
                        assert_usable();
                }
        }
}
END_TEST

TEST(a_lock_that_another_holds_is_not_waited_for_long)
{
        PGconn *other = PQconnectdb(kit.database_url);
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

/* --- deadlines and losses --- */

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
                running = kit_sql(&kit, "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(8)'"
                                        " AND state = 'active'");
        }
        ck_assert_str_eq(running, "0");
        assert_usable();
}
END_TEST

TEST(the_statement_timeout_counts_where_the_deadline_is_far)
{
        struct db *hasty = db_new(kit.database_url, 200000);
        struct call *call = begin(false);
        call->db = hasty;
        db_begin(call, false);
        ck_assert_int_ne(db_exec(call, "SELECT pg_sleep(8)"), STATUS_OK);
        ck_assert_int_gt(call_time_left(call), 3 * SECOND_US);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        db_free(hasty);
        call->db = db;
}
END_TEST

static void kill_backend(struct call *call)
{
        PGresult *result;
        ck_assert_int_eq(db_query(call, &result, "SELECT pg_backend_pid()::text"), STATUS_OK);
        kit_sql(&kit, "SELECT pg_terminate_backend(%s, 5000)", PQgetvalue(result, 0, 0));
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
        call->db = db;
        ck_assert(db_ping(db, SECOND_US));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/db", FORK, T(one_row_fills_a_message), T(no_row_is_not_found),
        T(rows_fill_a_list), T(a_statement_is_run_for_its_effect), T(a_raw_result_can_be_had),
        T(failures_of_a_statement_have_their_status), T(a_row_that_does_not_fit_its_message_is_a_mistake_of_ours),
        T(two_rows_are_not_one), T(a_statement_that_cannot_be_prepared_does_not_spoil_the_next),
        T(more_statements_than_are_kept_prepared_all_run), T(texts_come_back_as_they_were),
        T(numbers_come_back_as_they_were), T(bytes_come_back_as_they_were), T(arrays_come_back_as_they_were),
        T(uuids_come_back_as_they_were), T(what_was_started_is_there_when_it_is_waited_for),
        T(null_goes_in_and_comes_out_as_absent), T(a_value_of_a_wrong_form_is_refused_and_not_a_mistake_of_ours),
        T(more_values_than_a_statement_takes_fail_the_call_alone), T(a_transaction_keeps_all),
        T(a_transaction_that_fails_keeps_nothing), T(a_statement_put_off_fails_its_call_at_the_end),
        T(a_row_put_off_is_there_at_the_end), T(a_row_put_off_that_is_not_there_fails_the_call_and_keeps_nothing),
        T(a_failure_in_the_middle_leaves_the_connection_usable),
        T(a_failure_that_a_handler_passes_over_is_not_kept_silently), T(a_call_that_asks_nothing_costs_nothing),
        T(many_statements_put_off_are_kept_or_dropped_together), T(a_lock_that_another_holds_is_not_waited_for_long),
        T(a_statement_beyond_the_deadline_is_given_up_and_ended),
        T(the_statement_timeout_counts_where_the_deadline_is_far), T(a_connection_lost_between_calls_is_made_again),
        T(a_connection_lost_within_a_call_without_transaction_is_made_again),
        T(a_connection_lost_within_a_transaction_fails_the_call_and_keeps_nothing),
        T(nothing_more_of_a_transaction_is_run_once_its_connection_is_lost),
        T(a_database_that_is_not_there_is_unavailable))
