/* SPDX-License-Identifier: Apache-2.0 */
/* F17: the primary database is gone for good, and a standby takes its place, under load. Before it goes the standby
 * hears nothing for a while: what was acknowledged in that time would be lost if anything had been. */
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"
#include "tests/fault/ordeal.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEAF_MS = 600 };

/* What the standby answers; "" when it does not. */
static const char *standby_says(const char *statement)
{
        PGconn *connection = PQconnectdb(program_setting("SFP_STANDBY_URL"));
        PGresult *result = PQexec(connection, statement);
        const char *said = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1
                                   ? text("%s", PQgetvalue(result, 0, 0))
                                   : "";
        PQclear(result);
        PQfinish(connection);
        return said;
}

static pid_t receiver(void)
{
        return (pid_t)strtol(standby_says("SELECT pid FROM pg_stat_wal_receiver"), NULL, 10);
}

static pid_t postmaster(const char *cluster)
{
        FILE *file = fopen(text("%s/%s/postmaster.pid", program_setting("SFP_PAIR"), cluster), "r");
        int pid = 0;
        ck_assert(file != NULL && fscanf(file, "%d", &pid) == 1);
        fclose(file);
        return pid;
}

/* Its processes end when they find it gone; none of them acknowledges anything from here on that the standby has not.
 */
static void lose_primary(const char *whom)
{
        pid_t deaf = receiver();
        ck_assert_int_gt(deaf, 1);
        kill(deaf, SIGSTOP);
        pause_ms(DEAF_MS);
        kill(postmaster(whom), SIGKILL);
        kill(deaf, SIGKILL); /* what it had not read goes with it */
}

static bool is_primary(void)
{
        return strcmp(standby_says("SELECT pg_is_in_recovery()"), "f") == 0;
}

static void promote(const char *whom)
{
        (void)whom;
        ck_assert_msg(AWAIT(20, *standby_says("SELECT pg_promote(false)") != '\0'), "the standby is away");
        ck_assert_msg(AWAIT(20, is_primary()), "the standby stays one");
}

TEST(a_standby_takes_the_place_of_a_lost_primary_and_nothing_acknowledged_is_lost)
{
        ck_assert(!is_primary());
        const struct ordeal ordeal = {.name = "failover",
                .hurts = true,
                .inflict = lose_primary,
                .heal = promote,
                .whom = "primary",
                .lasts_ms = 1000};
        ordeal_run(&ordeal);
        ck_assert(is_primary());
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "fault/failover", NO_FORK,
        T(a_standby_takes_the_place_of_a_lost_primary_and_nothing_acknowledged_is_lost))
