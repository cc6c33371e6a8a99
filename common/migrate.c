/* SPDX-License-Identifier: Apache-2.0 */
#include "common/migrate.h"

#include "common/log.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* The lock is per schema: services of one cluster do not wait for each other. */
static const char SQL_LOCK[] = "SELECT pg_advisory_lock(hashtext('sfp migrations ' || current_schema()))";
/* Whoever wants a table for himself has everybody else wait behind him: for so long, and then he lets them go first. */
static const char SQL_PATIENCE[] = "SET lock_timeout = '500ms'";
/* A replica that dies in the middle gives the lock back with that, not when its statement ends. */
static const char SQL_WATCH[] = "SET client_connection_check_interval = '1s'";
enum { ATTEMPTS = 60, PAUSE_US = 500000 };
static const char SQL_TABLE[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                                " name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";
static const char SQL_RECORD[] = "INSERT INTO schema_migrations (name) VALUES ($1)";
static const char SQL_FIND[] = "SELECT 1 FROM schema_migrations WHERE name = $1";

enum outcome { OUTCOME_DONE, OUTCOME_BUSY, OUTCOME_FAILED };

/* Locks that are not to be had, or held crosswise: others are at work there. */
static bool is_busy(const PGresult *result)
{
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        return state != NULL && (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0);
}

static enum outcome try_to_run(PGconn *connection, const char *sql)
{
        PGresult *result = PQexec(connection, sql);
        ExecStatusType said = PQresultStatus(result);
        enum outcome outcome = said == PGRES_COMMAND_OK || said == PGRES_TUPLES_OK ? OUTCOME_DONE
                               : is_busy(result)                                   ? OUTCOME_BUSY
                                                                                   : OUTCOME_FAILED;
        if (outcome == OUTCOME_FAILED)
                LOG(LOG_ERROR, "migration statement failed",
                        log_text("error", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
        PQclear(result);
        return outcome;
}

static bool run(PGconn *connection, const char *sql)
{
        return try_to_run(connection, sql) == OUTCOME_DONE;
}

static PGresult *run_with_name(PGconn *connection, const char *sql, const char *name)
{
        return PQexecParams(connection, sql, 1, NULL, &name, NULL, NULL, 0);
}

static bool is_applied(PGconn *connection, const char *name)
{
        PGresult *result = run_with_name(connection, SQL_FIND, name);
        bool is_there = PQntuples(result) == 1;
        PQclear(result);
        return is_there;
}

static bool record(PGconn *connection, const char *name)
{
        PGresult *result = run_with_name(connection, SQL_RECORD, name);
        bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        return is_good;
}

static enum outcome change(PGconn *connection, const struct migration *migration)
{
        if (!run(connection, "BEGIN"))
                return OUTCOME_FAILED;
        enum outcome outcome = try_to_run(connection, migration->sql);
        if (outcome == OUTCOME_DONE && record(connection, migration->name))
                return run(connection, "COMMIT") ? OUTCOME_DONE : OUTCOME_FAILED;
        bool is_undone = run(connection, "ROLLBACK");
        return outcome == OUTCOME_BUSY && is_undone ? OUTCOME_BUSY : OUTCOME_FAILED;
}

static bool apply(PGconn *connection, const struct migration *migration)
{
        enum outcome outcome = OUTCOME_BUSY;
        if (is_applied(connection, migration->name))
                return true;
        for (int i = 0; i < ATTEMPTS && outcome == OUTCOME_BUSY; i++) {
                if (i > 0)
                        usleep(PAUSE_US);
                outcome = change(connection, migration);
        }
        if (outcome == OUTCOME_DONE)
                LOG(LOG_INFO, "migration applied", log_text("name", migration->name));
        else
                LOG(LOG_ERROR, "migration failed", log_text("name", migration->name),
                        log_text("why", outcome == OUTCOME_BUSY ? "others hold its tables" : "see above"));
        return outcome == OUTCOME_DONE;
}

static bool apply_all(PGconn *connection, const struct migration *migrations)
{
        if (!run(connection, SQL_WATCH) || !run(connection, SQL_LOCK) || !run(connection, SQL_PATIENCE) ||
                !run(connection, SQL_TABLE))
                return false;
        for (; migrations->name != NULL; migrations++)
                if (!apply(connection, migrations))
                        return false;
        return true;
}

static void ignore_notice(void *arg, const PGresult *result)
{
        (void)arg;
        (void)result;
}

#define CONNECT_SECONDS "5" /* to each host */

status migrate_run(const char *database_url, const struct migration *migrations)
{
        /* What the URL says of the timeout holds; without a word of it a host that is gone is not waited for for ever.
         */
        static const char *const keywords[] = {"connect_timeout", "dbname", NULL};
        const char *const values[] = {CONNECT_SECONDS, database_url, NULL};
        PGconn *connection = PQconnectdbParams(keywords, values, 1);
        PQsetNoticeReceiver(connection, ignore_notice, NULL);
        status result = STATUS_UNAVAILABLE;
        if (PQstatus(connection) == CONNECTION_OK)
                result = apply_all(connection, migrations) ? STATUS_OK : STATUS_INTERNAL;
        PQfinish(connection); /* gives the lock back */
        return result;
}
