/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/database.h"

#include "common/buffer.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <libpq-fe.h>
#include <string.h>

static char *run(const char *statement)
{
        PGconn *connection = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        PGresult *result = PQexec(connection, statement);
        ExecStatusType outcome = PQresultStatus(result);
        ck_assert_msg(outcome == PGRES_TUPLES_OK || outcome == PGRES_COMMAND_OK, "%s", PQerrorMessage(connection));
        struct buffer out = buffer_in(scene_arena());
        for (int row = 0; row < PQntuples(result); row++)
                buffer_printf(&out, "%s%s", row == 0 ? "" : "\n", PQgetvalue(result, row, 0));
        PQclear(result);
        PQfinish(connection);
        return arena_strdup(scene_arena(), buffer_text(&out));
}

const char *sql_refusal(const char *statement)
{
        PGconn *connection = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        PGresult *result = PQexec(connection, statement);
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        char *out = arena_strdup(scene_arena(), state == NULL ? "" : state);
        ck_assert_msg(PQstatus(connection) == CONNECTION_OK, "%s", PQerrorMessage(connection));
        PQclear(result);
        PQfinish(connection);
        return out;
}

void sql(const char *statement)
{
        run(statement);
}

long sql_number(const char *statement)
{
        return strtol(run(statement), NULL, 10);
}

char *sql_text(const char *statement)
{
        return run(statement);
}

static const char *dump(const char *schema, const char *condition)
{
        const char *statement =
                run(text("SELECT string_agg(format('SELECT t::text FROM %%I.%%I t', schemaname, tablename),"
                         " ' UNION ALL ') FROM pg_tables WHERE schemaname = '%s' AND %s",
                        schema, condition));
        return *statement == '\0' ? "" : run(statement);
}

const char *sql_dump(const char *schema)
{
        return dump(schema, "true");
}

const char *sql_dump_beside_events(const char *schema)
{
        return dump(schema, "tablename NOT LIKE 'outbox%'");
}

bool dump_has(const char *dump, const char *text)
{
        struct buffer hex = buffer_in(scene_arena());
        for (const char *at = text; *at != '\0'; at++)
                buffer_printf(&hex, "%02x", (unsigned char)*at);
        return strcasestr(dump, text) != NULL || strcasestr(dump, buffer_text(&hex)) != NULL;
}
