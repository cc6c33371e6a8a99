/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's connection to PostgreSQL. Statements are prepared on first use and sent in pipelines. In a method with
 * `transaction` the first statement opens the transaction and the server commits it after the handler; nothing a
 * handler wrote is visible, or answered, before.
 *
 * Statements are text with $1, $2, ...; the values follow, as db_value.h says. Result columns are named like the fields
 * they fill (row.h). All results live as long as the call's arena. What fails is recorded in the call: NOT_FOUND,
 * ALREADY_EXISTS (unique), FAILED_PRECONDITION (foreign key), INVALID_ARGUMENT (check), ABORTED (serialisation,
 * deadlock, lock), UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL. */
#pragma once

#include "common/call.h"
#include "common/db_value.h"

#include <libpq-fe.h>

struct db;

/* `url` is kept. Connects at the first statement, and again after every loss. `timeout_us` bounds a statement where the
 * call's deadline does not. */
struct db *db_new(const char *url, int64_t timeout_us);
void db_free(struct db *db);

/* Runs a statement that gives exactly one row, into `out` (ProtobufCMessage *). NOT_FOUND when there is none. */
#define db_one(call, out, sql, ...)          db_run_one(call, out, sql, DB_VALUES(__VA_ARGS__))

/* Runs a statement that gives rows, into the repeated field `field` of `list`. */
#define db_rows(call, list, field, sql, ...) db_run_rows(call, list, field, sql, DB_VALUES(__VA_ARGS__))

/* Runs a statement for its effect. */
#define db_exec(call, sql, ...)              db_run_result(call, NULL, sql, DB_VALUES(__VA_ARGS__))

/* Runs a statement and gives the raw result. */
#define db_query(call, result, sql, ...)     db_run_result(call, result, sql, DB_VALUES(__VA_ARGS__))

/* Queues a statement of a transaction without waiting for it: it travels with the next one, or with the commit. `out`
 * may be NULL; else the statement must give one row, which is there when the handler's method is answered. A failure
 * fails the call. An INSERT is trusted to give its row; the row of any other statement is waited for before the
 * commit. */
#define db_later(call, out, sql, ...)        db_run_later(call, out, sql, DB_VALUES(__VA_ARGS__))

/* Sends a statement at once and does not wait: PostgreSQL works while the handler does something else. The raw result
 * is there after db_flush, or after the next statement that is waited for; `out` lives as long as the call. Results
 * that are larger than a socket holds stop PostgreSQL until then. */
#define db_start(call, out, sql, ...)        db_run_start(call, out, sql, DB_VALUES(__VA_ARGS__))

/* Sends what is queued and waits for it. Handlers rarely need it: a statement that gives something does the same. */
MUST_CHECK status db_flush(struct call *call);

MUST_CHECK status db_run_one(
        struct call *call, ProtobufCMessage *out, const char *sql, const struct db_value *values, int count);
MUST_CHECK status db_run_rows(struct call *call, ProtobufCMessage *list, const char *field, const char *sql,
        const struct db_value *values, int count);
MUST_CHECK status db_run_result(
        struct call *call, PGresult **out, const char *sql, const struct db_value *values, int count);
MUST_CHECK status db_run_later(
        struct call *call, ProtobufCMessage *out, const char *sql, const struct db_value *values, int count);
MUST_CHECK status db_run_start(
        struct call *call, PGresult **out, const char *sql, const struct db_value *values, int count);

/* For whoever serves calls, not for handlers: start and end of the work on a call. db_end commits when `is_good` and
 * rolls back otherwise; a failed commit is the call's failure. Without a transaction it only tidies up. */
void db_begin(struct call *call, bool is_transaction);
MUST_CHECK status db_end(struct call *call, bool is_good);

/* Is the database there? Connects if need be; at most `timeout_us`. */
bool db_ping(struct db *db, int64_t timeout_us);
