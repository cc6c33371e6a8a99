/* SPDX-License-Identifier: Apache-2.0 */
/* `sent` lists what the server still owes a result for, in order: statements, and the preparations in front of some. */
#include "common/pg_pipe.h"

#include "common/clock.h"
#include "common/pg_hosts.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 256, SENT_MAX = 128, VALUES_MAX = 32, NAME_SIZE = 16, CONNECT_TIMEOUT_S = 3 };

struct statement {
        char *sql; /* NULL: free place */
        uint64_t hash;
        bool is_prepared;
        char name[NAME_SIZE];
};

struct sent {
        struct statement *prepares; /* NULL: this is an execution */
};

struct pg_pipe {
        struct pg_hosts *hosts;
        size_t host; /* the one that was good last */
        PGconn *connection;
        bool is_dismissed; /* the server has said that it ends the connection */
        bool (*is_given_up)(const void *arg);
        const void *heeded;
        struct statement statements[STATEMENTS_MAX];
        int n_statements;
        struct sent sent[SENT_MAX];
        int n_sent;
};

struct pg_pipe *pg_pipe_new(const char *url)
{
        struct pg_pipe *pipe = calloc(1, sizeof *pipe);
        if (pipe == NULL)
                abort();
        pipe->hosts = pg_hosts_new(url);
        return pipe;
}

void pg_pipe_drop(struct pg_pipe *pipe)
{
        PQfinish(pipe->connection);
        pipe->connection = NULL;
        pipe->is_dismissed = false;
        pipe->n_sent = 0;
        for (int i = 0; i < STATEMENTS_MAX; i++)
                free(pipe->statements[i].sql);
        memset(pipe->statements, 0, sizeof pipe->statements);
        pipe->n_statements = 0;
}

void pg_pipe_free(struct pg_pipe *pipe)
{
        if (pipe == NULL)
                return;
        pg_pipe_drop(pipe);
        pg_hosts_free(pipe->hosts);
        free(pipe);
}

void pg_pipe_heed(struct pg_pipe *pipe, bool (*is_given_up)(const void *arg), const void *arg)
{
        pipe->is_given_up = is_given_up;
        pipe->heeded = arg;
}

/* Waits for the socket; false at the deadline, on an error, or when nobody waits for the result any more. */
static bool wait_for(const struct pg_pipe *pipe, short events, int64_t deadline_us)
{
        struct pollfd poll_for = {.fd = PQsocket(pipe->connection), .events = events};
        int ready = 0;
        while (ready == 0) {
                int64_t left = deadline_us - clock_now_us();
                if (left <= 0 || poll_for.fd < 0 || (pipe->is_given_up != NULL && pipe->is_given_up(pipe->heeded)))
                        return false;
                if (pipe->is_given_up != NULL && left > PG_PIPE_HEED_US)
                        left = PG_PIPE_HEED_US;
                ready = poll(&poll_for, 1, (int)(left / 1000 + 1));
        }
        return ready > 0;
}

/* What a server says to an idle connection: notices, which are passed over, and its farewell. */
static void take_notice(void *arg, const PGresult *result)
{
        struct pg_pipe *pipe = arg;
        const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
        if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
                pipe->is_dismissed = true;
}

/* Plans are made once a statement: texts carry their limits as literals, so that a plan fits all values. They
 * are of a few rows, whatever the planner fears: compiling one (jit) took a second for a list of 20 ms. Nobody holds a
 * lock for long, and a session whose process stands still is ended. */
static const char SQL_SESSION[] = "SET plan_cache_mode = force_generic_plan; SET jit = off; SET lock_timeout = '2s';"
                                  " SET idle_in_transaction_session_timeout = '10s'; SET TimeZone = 'UTC'";

static bool set_session(struct pg_pipe *pipe, int64_t deadline_us)
{
        PGconn *connection = pipe->connection;
        bool is_good = PQsendQuery(connection, SQL_SESSION) == 1;
        for (PGresult *result = NULL; is_good;) {
                while (is_good && PQisBusy(connection))
                        is_good = wait_for(pipe, POLLIN, deadline_us) && PQconsumeInput(connection) == 1;
                if (!is_good || (result = PQgetResult(connection)) == NULL)
                        break;
                is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
                PQclear(result);
        }
        return is_good;
}

static bool finish_connecting(struct pg_pipe *pipe, int64_t deadline_us)
{
        PGconn *connection = pipe->connection;
        PostgresPollingStatusType state = PGRES_POLLING_WRITING;
        while (state != PGRES_POLLING_OK) {
                if (state == PGRES_POLLING_FAILED ||
                        !wait_for(pipe, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_us))
                        return false;
                state = PQconnectPoll(connection);
        }
        PQsetNoticeReceiver(connection, take_notice, pipe);
        return set_session(pipe, deadline_us) && PQsetnonblocking(connection, 1) == 0 &&
               PQenterPipelineMode(connection) == 1;
}

/* An idle connection says little; if the socket is readable the server has most likely gone, or is saying so. Its last
 * words are read before the end behind them. */
static bool is_alive(struct pg_pipe *pipe)
{
        PGconn *connection = pipe->connection;
        struct pollfd poll_for = {.fd = PQsocket(connection), .events = POLLIN};
        while (poll_for.fd >= 0 && PQstatus(connection) == CONNECTION_OK && !pipe->is_dismissed) {
                if (poll(&poll_for, 1, 0) == 0)
                        return true;
                if (PQconsumeInput(connection) != 1)
                        return false;
                PQisBusy(connection); /* for its side effect: reads what has come, and so calls take_notice */
        }
        return false;
}

static bool connect_to(struct pg_pipe *pipe, size_t host, int64_t deadline_us)
{
        pg_pipe_drop(pipe);
        pipe->connection = pg_hosts_start(pipe->hosts, host);
        return pipe->connection != NULL && PQstatus(pipe->connection) != CONNECTION_BAD &&
               finish_connecting(pipe, deadline_us);
}

/* Each host but the last has half of the time that is left: one that is gone does not answer at all. */
bool pg_pipe_connect(struct pg_pipe *pipe, int64_t deadline_us)
{
        if (pipe->connection != NULL && is_alive(pipe))
                return true;
        int64_t latest = clock_now_us() + CONNECT_TIMEOUT_S * 1000000LL;
        if (deadline_us > latest)
                deadline_us = latest;
        for (size_t left = pg_hosts_count(pipe->hosts); left > 0; left--) {
                int64_t half = (deadline_us - clock_now_us()) / 2;
                if (connect_to(pipe, pipe->host, left > 1 ? deadline_us - half : deadline_us))
                        return true;
                pipe->host = (pipe->host + 1) % pg_hosts_count(pipe->hosts);
        }
        pg_pipe_drop(pipe);
        return false;
}

static uint64_t hash_text(const char *text)
{
        uint64_t hash = 14695981039346656037U; /* FNV-1a */
        for (; *text != '\0'; text++)
                hash = (hash ^ (uint8_t)*text) * 1099511628211U;
        return hash;
}

/* The statement's place: its own, or a free one. NULL when the table is full. */
static struct statement *find_statement(struct pg_pipe *pipe, const char *sql)
{
        uint64_t hash = hash_text(sql);
        struct statement *statement = &pipe->statements[hash % STATEMENTS_MAX];
        while (statement->sql != NULL && (statement->hash != hash || strcmp(statement->sql, sql) != 0))
                if (++statement == pipe->statements + STATEMENTS_MAX)
                        statement = pipe->statements;
        if (statement->sql != NULL)
                return statement;
        if (pipe->n_statements >= STATEMENTS_MAX - STATEMENTS_MAX / 4)
                return NULL;
        statement->sql = strdup(sql);
        statement->hash = hash;
        snprintf(statement->name, NAME_SIZE, "s%d", pipe->n_statements++);
        return statement;
}

static bool prepare(struct pg_pipe *pipe, struct statement *statement)
{
        if (statement->is_prepared)
                return true;
        statement->is_prepared = true;
        pipe->sent[pipe->n_sent++] = (struct sent){.prepares = statement};
        return PQsendPrepare(pipe->connection, statement->name, statement->sql, 0, NULL) == 1;
}

bool pg_pipe_send(struct pg_pipe *pipe, struct arena *arena, const char *sql, const struct db_value *values, int count)
{
        const char *texts[VALUES_MAX];
        int lengths[VALUES_MAX];
        int formats[VALUES_MAX];
        if (pipe->connection == NULL || count > VALUES_MAX || pipe->n_sent + 2 > SENT_MAX)
                return false;
        for (int i = 0; i < count; i++)
                texts[i] = db_value_write(arena, &values[i], &lengths[i], &formats[i]);
        struct statement *statement = find_statement(pipe, sql);
        if (statement != NULL && !prepare(pipe, statement))
                return false;
        pipe->sent[pipe->n_sent++] = (struct sent){0};
        if (statement == NULL)
                return PQsendQueryParams(pipe->connection, sql, count, NULL, texts, lengths, formats, 1) == 1;
        return PQsendQueryPrepared(pipe->connection, statement->name, count, texts, lengths, formats, 1) == 1;
}

bool pg_pipe_push(struct pg_pipe *pipe)
{
        return pipe->connection != NULL && PQflush(pipe->connection) >= 0;
}

/* The next result, or NULL between statements, or *is_lost. */
static PGresult *next_result(struct pg_pipe *pipe, int64_t deadline_us, bool *is_lost)
{
        while (PQisBusy(pipe->connection)) {
                int unsent = PQflush(pipe->connection);
                short events = (short)(POLLIN | (unsent == 1 ? POLLOUT : 0));
                if (unsent < 0 || !wait_for(pipe, events, deadline_us) || PQconsumeInput(pipe->connection) != 1) {
                        *is_lost = true;
                        return NULL;
                }
        }
        PGresult *result = PQgetResult(pipe->connection);
        if (PQstatus(pipe->connection) != CONNECTION_OK) {
                PQclear(result);
                *is_lost = true;
                return NULL;
        }
        return result;
}

/* Reads the one result of a statement and the NULL behind it. */
static PGresult *read_statement(struct pg_pipe *pipe, int64_t deadline_us, bool *is_lost)
{
        PGresult *result = next_result(pipe, deadline_us, is_lost);
        if (result != NULL)
                PQclear(next_result(pipe, deadline_us, is_lost));
        else
                *is_lost = true;
        return result;
}

static bool read_all(
        struct pg_pipe *pipe, int64_t deadline_us, void (*take)(void *owner, int n, PGresult *result), void *owner)
{
        bool is_lost = false;
        for (int i = 0, n = 0; i < pipe->n_sent; i++) {
                PGresult *result = read_statement(pipe, deadline_us, &is_lost);
                struct statement *prepares = pipe->sent[i].prepares;
                if (prepares != NULL && PQresultStatus(result) != PGRES_COMMAND_OK)
                        prepares->is_prepared = false;
                /* A statement that cannot be prepared is reported in the place of its execution. */
                if (prepares == NULL || PQresultStatus(result) == PGRES_FATAL_ERROR) {
                        if (prepares != NULL) {
                                PQclear(read_statement(pipe, deadline_us, &is_lost));
                                i++;
                        }
                        take(owner, n++, result);
                } else {
                        PQclear(result);
                }
                if (is_lost)
                        return false;
        }
        PQclear(next_result(pipe, deadline_us, &is_lost)); /* the sync's own */
        return !is_lost;
}

static void cancel(PGconn *connection)
{
        char error[256];
        PGcancel *cancel = PQgetCancel(connection);
        if (cancel != NULL) {
                PQcancel(cancel, error, sizeof error);
                PQfreeCancel(cancel);
        }
}

bool pg_pipe_flush(
        struct pg_pipe *pipe, int64_t deadline_us, void (*take)(void *owner, int n, PGresult *result), void *owner)
{
        if (pipe->connection == NULL)
                return false;
        if (PQpipelineSync(pipe->connection) == 1 && PQflush(pipe->connection) >= 0 &&
                read_all(pipe, deadline_us, take, owner)) {
                pipe->n_sent = 0;
                return true;
        }
        if (PQstatus(pipe->connection) == CONNECTION_OK)
                cancel(pipe->connection); /* the statement would go on without us */
        pg_pipe_drop(pipe);
        return false;
}
