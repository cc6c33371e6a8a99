/* SPDX-License-Identifier: Apache-2.0 */
/* The wire under db.h: one connection in pipeline mode, statements prepared on first use, and every wait bounded. It
 * knows no calls and no messages. */
#pragma once

#include "common/arena.h"
#include "common/db_value.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct pg_pipe;

/* `url` is kept; of several hosts in it (pg_hosts.h) the one that was good last is tried first. */
struct pg_pipe *pg_pipe_new(const char *url);
void pg_pipe_free(struct pg_pipe *pipe);

/* Connects when there is no connection, or none that lives. False when it cannot be had by `deadline_us` (monotonic).
 */
bool pg_pipe_connect(struct pg_pipe *pipe, int64_t deadline_us);

/* Queues a statement; nothing waits. Values are read at once. False when the connection is lost. */
bool pg_pipe_send(struct pg_pipe *pipe, struct arena *arena, const char *sql, const struct db_value *values, int count);

/* Hands what is queued to the network, as far as that takes it; nothing waits. False when the connection is lost. */
bool pg_pipe_push(struct pg_pipe *pipe);

/* Sends what is queued and gives the result of each statement, in order, to `take`, which owns it; results behind a
 * failed one have the status PGRES_PIPELINE_ABORTED. False when the connection was lost or `deadline_us` passed: the
 * connection is dropped, and what was sent may or may not have been carried out. */
bool pg_pipe_flush(
        struct pg_pipe *pipe, int64_t deadline_us, void (*take)(void *owner, int n, PGresult *result), void *owner);

/* Has waits end early, as at their deadline, once `is_given_up(arg)` is true; it is asked every PG_PIPE_HEED_US. NULL:
 * nobody is asked. */
void pg_pipe_heed(struct pg_pipe *pipe, bool (*is_given_up)(const void *arg), const void *arg);
enum { PG_PIPE_HEED_US = 20000 };

/* Gives the connection up, and all it had under way. */
void pg_pipe_drop(struct pg_pipe *pipe);
