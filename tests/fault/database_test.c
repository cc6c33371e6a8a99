/* SPDX-License-Identifier: Apache-2.0 */
/* F6, F7, F11: the database goes, comes back, is full, is busy, or holds its breath. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/fault/ordeal.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_database(void)
{
        return PQping(program_setting("SFP_DATABASE_URL")) == PQPING_OK;
}

static void await_database(const char *whom)
{
        (void)whom;
        ck_assert_msg(AWAIT(30, has_database()), "PostgreSQL does not come back");
}

/* An immediate shutdown: as a crash, without a checkpoint. The supervisor starts it again. */
static void crash_database(const char *whom)
{
        instance_kill(whom, SIGQUIT);
        pause_ms(200);
}

TEST(the_database_crashes_and_comes_back)
{
        const struct ordeal ordeal = {.name = "immediate stop",
                .hurts = true,
                .inflict = crash_database,
                .heal = await_database,
                .whom = "postgres"};
        ordeal_run(&ordeal);
}
END_TEST

static void restart_database(const char *whom)
{
        instance_down(whom);
}

static void start_database(const char *whom)
{
        instance_up(whom);
        await_database(whom);
}

TEST(the_database_is_away_for_a_while)
{
        const struct ordeal ordeal = {.name = "restart",
                .hurts = true,
                .inflict = restart_database,
                .heal = start_database,
                .whom = "postgres",
                .lasts_ms = load_is_full() ? 30000 : 3000};
        ordeal_run(&ordeal);
}
END_TEST

static void end_connections(const char *whom)
{
        (void)whom;
        for (int i = 0; i < 5; i++) {
                sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'sfp\\_%'");
                pause_ms(100);
        }
}

TEST(all_connections_to_the_database_are_ended)
{
        const struct ordeal ordeal = {.name = "connections ended", .inflict = end_connections};
        ordeal_run(&ordeal);
}
END_TEST

static PGconn *holder;

static bool is_done(PGconn *connection, const char *statement)
{
        PGresult *result = PQexec(connection, statement);
        bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        return done;
}

static bool has_reactions(void)
{
        return is_done(holder, "BEGIN; LOCK TABLE goals.share_reactions, goals.share_owners IN ACCESS EXCLUSIVE MODE");
}

/* Among those who write, whoever wants two tables may be the one whom a deadlock ends: it asks again. */
static void lock_reactions(const char *whom)
{
        (void)whom;
        holder = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        for (int tries = 0; !has_reactions(); tries++) {
                ck_assert_msg(tries < 20, "%s", PQerrorMessage(holder));
                ck_assert(is_done(holder, "ROLLBACK"));
        }
}

static void let_go(const char *whom)
{
        (void)whom;
        PQfinish(holder);
}

TEST(a_lock_that_is_held_is_not_waited_for_beyond_a_deadline)
{
        const struct ordeal ordeal = {.name = "lock held",
                .hurts = true,
                .inflict = lock_reactions,
                .heal = let_go,
                .lasts_ms = load_is_full() ? 10000 : 4000};
        ordeal_run(&ordeal);
}
END_TEST

static void open_transaction(const char *whom)
{
        (void)whom;
        holder = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        PQclear(PQexec(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE TEMP TABLE held AS SELECT 1;"
                               " SELECT count(*) FROM goals.anonymous_goal_shares"));
}

/* Transactions of others, open for long, hold up neither writes nor events. */
TEST(a_transaction_that_is_open_for_long_disturbs_nobody)
{
        const struct ordeal ordeal = {.name = "open transaction",
                .inflict = open_transaction,
                .heal = let_go,
                .lasts_ms = load_is_full() ? 600000 : 3000,
                .spares_all = true};
        ordeal_run(&ordeal);
}
END_TEST

enum { CONNECTIONS_MAX = 600 };
static PGconn *hogs[CONNECTIONS_MAX];

/* Takes what is free; true when nothing was left in the end. */
static bool take_free_connections(const char *url)
{
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
                if (hogs[i] != NULL)
                        continue;
                hogs[i] = PQconnectdb(url);
                if (PQstatus(hogs[i]) == CONNECTION_OK)
                        continue;
                PQfinish(hogs[i]);
                hogs[i] = NULL;
                return true;
        }
        return false;
}

static void end_services_connections(void)
{
        PQclear(PQexec(holder, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'sfp\\_%'"));
}

/* As a role without privileges; the administrator has come before. The services lose theirs, again and
 * again, until it is others who have them. */
static void take_all_connections(const char *whom)
{
        bool is_full = false;
        (void)whom;
        sql("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hog') THEN CREATE ROLE hog LOGIN PASSWORD 'hog'; END IF; END $$");
        sql("DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO hog', current_database()); END $$");
        PQconninfoOption *options = PQconninfoParse(program_setting("SFP_DATABASE_URL"), NULL);
        const char *host = "", *database = "";
        for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
                if (strcmp(option->keyword, "host") == 0)
                        host = option->val;
                if (strcmp(option->keyword, "dbname") == 0)
                        database = option->val;
        }
        const char *url = text("host=%s dbname=%s user=hog password=hog", host, database);
        PQconninfoFree(options);
        holder = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        for (int round = 0; round < 3; round++) {
                is_full = take_free_connections(url);
                end_services_connections();
        }
        ck_assert(take_free_connections(url) && is_full);
}

static void give_back_connections(const char *whom)
{
        (void)whom;
        PQfinish(holder);
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
                PQfinish(hogs[i]);
                hogs[i] = NULL;
        }
}

TEST(a_database_without_a_free_connection_is_unavailable_for_so_long)
{
        const struct ordeal ordeal = {.name = "no connection left",
                .hurts = true,
                .inflict = take_all_connections,
                .heal = give_back_connections,
                .lasts_ms = 2000};
        ordeal_run(&ordeal);
        sql("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM hog', current_database()); END $$; DROP ROLE hog");
}
END_TEST

/* The server and every process it has made. */
static void signal_all(const char *whom, int signal)
{
        pid_t server = instance_pid(whom);
        int child;
        FILE *file = fopen(text("/proc/%d/task/%d/children", server, server), "re");
        kill(server, signal);
        while (file != NULL && fscanf(file, "%d", &child) == 1)
                kill(child, signal);
        if (file != NULL)
                fclose(file);
}

static void stop_database(const char *whom)
{
        signal_all(whom, SIGSTOP);
}

static void resume_database(const char *whom)
{
        signal_all(whom, SIGCONT);
}

/* As behind a network that swallows everything: nobody says no, nobody says anything. */
TEST(a_database_that_holds_its_breath_is_not_waited_for_beyond_a_deadline)
{
        const struct ordeal ordeal = {.name = "database stands still",
                .hurts = true,
                .inflict = stop_database,
                .heal = resume_database,
                .whom = "postgres",
                .lasts_ms = load_is_full() ? 30000 : 6000};
        ordeal_run(&ordeal);
}
END_TEST

/* A small disk of its own below the data directory, with a tablespace on it. */
static const char *disk(void)
{
        return text("%s/full", program_setting("SFP_DATA"));
}

static bool is_mounted;

static bool mount_disk(void)
{
        struct passwd *postgres = getpwnam("postgres");
        mkdir(disk(), 0755);
        if (mount("tmpfs", disk(), "tmpfs", 0, "size=16m") != 0) {
                printf("skipped: no file system can be mounted here\n");
                return false;
        }
        is_mounted = true;
        mkdir(text("%s/space", disk()), 0700);
        if (postgres != NULL && chown(text("%s/space", disk()), postgres->pw_uid, postgres->pw_gid) != 0)
                return false;
        sql(text("CREATE TABLESPACE full_disk LOCATION '%s/space'", disk()));
        return true;
}

static void unmount_disk(void)
{
        sql("ALTER TABLE goals.share_owners SET TABLESPACE pg_default");
        sql("ALTER INDEX goals.share_owners_tag SET TABLESPACE pg_default");
        sql("DROP TABLESPACE full_disk");
        sql("CHECKPOINT");
        umount2(disk(), MNT_DETACH);
        rmdir(disk());
        is_mounted = false;
}

static void fill_disk(const char *whom)
{
        static char block[65536];
        (void)whom;
        FILE *filler = fopen(text("%s/filler", disk()), "we");
        ck_assert_ptr_nonnull(filler);
        while (fwrite(block, sizeof block, 1, filler) == 1)
                ;
        fclose(filler); /* what did not fit is of no interest */
}

static void free_disk(const char *whom)
{
        (void)whom;
        unlink(text("%s/filler", disk()));
}

TEST(a_full_disk_refuses_and_loses_nothing)
{
        const struct ordeal ordeal = {.name = "disk full",
                .hurts = true,
                .inflict = fill_disk,
                .heal = free_disk,
                .lasts_ms = load_is_full() ? 30000 : 3000};
        if (!mount_disk())
                return;
        sql("ALTER TABLE goals.share_owners SET TABLESPACE full_disk");
        sql("ALTER INDEX goals.share_owners_tag SET TABLESPACE full_disk");
        ordeal_run(&ordeal);
        unmount_disk();
}
END_TEST

static void end(void)
{
        instance_up_all();
        if (is_mounted) /* a case that fails leaves in the middle */
                unmount_disk();
        scene_end();
}

SUITE_WITH(scene_begin, end, "fault/database", NO_FORK, T(the_database_crashes_and_comes_back),
        T(the_database_is_away_for_a_while), T(all_connections_to_the_database_are_ended),
        T(a_lock_that_is_held_is_not_waited_for_beyond_a_deadline),
        T(a_transaction_that_is_open_for_long_disturbs_nobody),
        T(a_database_without_a_free_connection_is_unavailable_for_so_long),
        T(a_database_that_holds_its_breath_is_not_waited_for_beyond_a_deadline),
        T(a_full_disk_refuses_and_loses_nothing))
