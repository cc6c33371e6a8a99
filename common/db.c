/* SPDX-License-Identifier: Apache-2.0 */
/* What is queued is remembered in `queued` until its result comes: where its row goes, or that it is one of our own
 * BEGIN, COMMIT, ROLLBACK. The first failure of a flush is the flush's. */
#include "common/db.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/pg_pipe.h"
#include "common/row.h"
#include "common/sqlstate.h"

#include <stdlib.h>
#include <string.h>

enum { QUEUED_MAX = 48 };

struct queued {
        ProtobufCMessage *row; /* gets the one row */
        PGresult **result;     /* gets the raw result */
        const char *must_say;  /* the command tag it must end with */
        bool may_lack_row;     /* is known to fail only when its result is here */
};

struct db {
        struct pg_pipe *pipe;
        int64_t timeout_us;
        bool wants_transaction;
        bool is_open; /* BEGIN is sent */
        bool is_lost; /* the transaction is: nothing more of it may run */
        struct queued queued[QUEUED_MAX];
        int n_queued;
};

/* A flush while its results come in. */
struct flush {
        struct call *call;
        status status;
};

struct db *db_new(const char *url, int64_t timeout_us)
{
        struct db *db = calloc(1, sizeof *db);
        if (db == NULL)
                abort();
        db->pipe = pg_pipe_new(url);
        db->timeout_us = timeout_us;
        return db;
}

void db_free(struct db *db)
{
        if (db == NULL)
                return;
        pg_pipe_free(db->pipe);
        free(db);
}

static void clear_result(void *result)
{
        PQclear(result);
}

static status fail_with(struct call *call, const PGresult *result)
{
        const char *message;
        const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        status code = sqlstate_status(sqlstate, &message);
        if (code == STATUS_INTERNAL) /* a statement of ours is wrong: say which, never with what values */
                LOG(LOG_ERROR, "statement refused", log_text("sqlstate", sqlstate),
                        log_text("error", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
        return call_fail(call, code, "%s", message);
}

static status take_rows(struct call *call, const struct queued *queued, PGresult *result)
{
        ExecStatusType outcome = PQresultStatus(result);
        if (outcome != PGRES_TUPLES_OK && outcome != PGRES_COMMAND_OK)
                return fail_with(call, result);
        if (queued->must_say != NULL && strcmp(PQcmdStatus(result), queued->must_say) != 0)
                return call_fail(call, STATUS_ABORTED, "the change was not kept");
        if (queued->result != NULL)
                *queued->result = result;
        if (queued->row == NULL)
                return STATUS_OK;
        if (PQntuples(result) != 1)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        status code = row_read(call->arena, result, 0, queued->row);
        return code == STATUS_OK ? code : call_fail(call, code, "a row does not fit its message");
}

static void take_result(void *owner, int n, PGresult *result)
{
        struct flush *flush = owner;
        arena_defer(flush->call->arena, clear_result, result);
        if (flush->status == STATUS_OK)
                flush->status = take_rows(flush->call, &flush->call->db->queued[n], result);
}

static int64_t deadline_of(const struct call *call)
{
        int64_t latest = clock_now_us() + call->db->timeout_us;
        return call->deadline_us < latest ? call->deadline_us : latest;
}

static status lost(struct call *call)
{
        struct db *db = call->db;
        pg_pipe_drop(db->pipe); /* whatever it still has under way must not meet the next call */
        db->is_lost |= db->is_open;
        db->is_open = false;
        db->n_queued = 0;
        if (call_is_cancelled(call))
                return call_fail(call, STATUS_CANCELLED, "the caller no longer waits");
        if (call_time_left(call) == 0)
                return call_fail(call, STATUS_DEADLINE_EXCEEDED, "the database took too long");
        return call_fail(call, STATUS_UNAVAILABLE, "the database is out of reach");
}

static status flush(struct call *call)
{
        struct flush flush = {.call = call, .status = STATUS_OK};
        if (!pg_pipe_flush(call->db->pipe, deadline_of(call), take_result, &flush))
                return lost(call);
        call->db->n_queued = 0;
        return flush.status;
}

static status enqueue(
        struct call *call, struct queued queued, const char *sql, const struct db_value *values, int count)
{
        if (call->broken != STATUS_OK)
                return call->broken;
        struct db *db = call->db;
        if (db->n_queued == QUEUED_MAX)
                TRY(flush(call));
        if (!pg_pipe_send(db->pipe, call->arena, sql, values, count))
                return lost(call);
        db->queued[db->n_queued++] = queued;
        return STATUS_OK;
}

/* Queues a statement, connecting and opening the transaction first where that is to be done. */
static status submit(struct call *call, struct queued queued, const char *sql, const struct db_value *values, int count)
{
        struct db *db = call->db;
        if (db->is_lost)
                return lost(call);
        if (!db->is_open && db->n_queued == 0 && !pg_pipe_connect(db->pipe, deadline_of(call)))
                return lost(call);
        if (db->wants_transaction && !db->is_open) {
                TRY(enqueue(call, (struct queued){.must_say = "BEGIN"}, "BEGIN", NULL, 0));
                db->is_open = true;
        }
        call->n_statements++;
        return enqueue(call, queued, sql, values, count);
}

status db_run_one(struct call *call, ProtobufCMessage *out, const char *sql, const struct db_value *values, int count)
{
        TRY(submit(call, (struct queued){.row = out}, sql, values, count));
        return flush(call);
}

status db_run_result(struct call *call, PGresult **out, const char *sql, const struct db_value *values, int count)
{
        TRY(submit(call, (struct queued){.result = out}, sql, values, count));
        return flush(call);
}

status db_run_rows(struct call *call, ProtobufCMessage *list, const char *field, const char *sql,
        const struct db_value *values, int count)
{
        PGresult *result;
        TRY(db_run_result(call, &result, sql, values, count));
        return row_read_all(call->arena, result, PQntuples(result), list, field);
}

status db_run_later(struct call *call, ProtobufCMessage *out, const char *sql, const struct db_value *values, int count)
{
        bool is_sure = out == NULL || strncmp(sql, "INSERT", strlen("INSERT")) == 0;
        return submit(call, (struct queued){.row = out, .may_lack_row = !is_sure}, sql, values, count);
}

status db_run_start(struct call *call, PGresult **out, const char *sql, const struct db_value *values, int count)
{
        TRY(submit(call, (struct queued){.result = out}, sql, values, count));
        return pg_pipe_push(call->db->pipe) ? STATUS_OK : lost(call);
}

status db_flush(struct call *call)
{
        return call->db->n_queued > 0 ? flush(call) : STATUS_OK;
}

static bool is_given_up(const void *call)
{
        return call_is_cancelled(call);
}

void db_begin(struct call *call, bool is_transaction)
{
        pg_pipe_heed(call->db->pipe, is_given_up, call);
        call->db->wants_transaction = is_transaction;
        call->db->is_open = false;
        call->db->is_lost = false;
        call->db->n_queued = 0;
}

/* What can turn out to have failed without PostgreSQL's saying so must not travel with the COMMIT. */
static bool is_undecided(const struct db *db)
{
        for (int i = 0; i < db->n_queued; i++)
                if (db->queued[i].may_lack_row)
                        return true;
        return false;
}

static status commit(struct call *call)
{
        if (is_undecided(call->db))
                TRY(flush(call));
        TRY(enqueue(call, (struct queued){.must_say = "COMMIT"}, "COMMIT", NULL, 0));
        return flush(call);
}

/* The call's own failure stays what it is. */
static void roll_back(struct call *call)
{
        struct call passing = *call;
        passing.broken = STATUS_OK;
        pg_pipe_heed(call->db->pipe, NULL, NULL); /* also for a caller who no longer waits */
        if (enqueue(&passing, (struct queued){0}, "ROLLBACK", NULL, 0) != STATUS_OK || flush(&passing) != STATUS_OK)
                pg_pipe_drop(passing.db->pipe);
}

status db_end(struct call *call, bool is_good)
{
        status result = STATUS_OK;
        if (is_good && call->db->is_lost)
                result = lost(call);
        else if (is_good && call->db->is_open)
                result = commit(call);
        else if (is_good && call->db->n_queued > 0)
                result = flush(call);
        if ((!is_good || result != STATUS_OK) && (call->db->is_open || call->db->n_queued > 0))
                roll_back(call);
        call->db->is_open = false;
        call->db->is_lost = false;
        call->db->n_queued = 0;
        pg_pipe_heed(call->db->pipe, NULL, NULL);
        return result;
}

static void take_ping(void *owner, int n, PGresult *result)
{
        *(bool *)owner = n == 0 && PQresultStatus(result) == PGRES_TUPLES_OK;
        PQclear(result);
}

bool db_ping(struct db *db, int64_t timeout_us)
{
        bool is_there = false;
        int64_t deadline = clock_now_us() + timeout_us;
        struct arena *arena = arena_new(0);
        bool is_sent = pg_pipe_connect(db->pipe, deadline) && pg_pipe_send(db->pipe, arena, "SELECT 1", NULL, 0) &&
                       pg_pipe_flush(db->pipe, deadline, take_ping, &is_there);
        arena_free(arena);
        return is_sent && is_there;
}
