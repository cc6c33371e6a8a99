/* SPDX-License-Identifier: Apache-2.0 */
#include "common/migrate.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <libpq-fe.h>
#include <string.h>

static struct kit kit;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
}

static void tear_down(void)
{
        kit_close(&kit);
}

static const struct migration good[] = {
        {"0001_steps", "CREATE TABLE steps (n serial, step text); INSERT INTO steps (step) VALUES ('one')"},
        {"0002_more", "INSERT INTO steps (step) VALUES ('two'); INSERT INTO steps (step) VALUES ('two and a half')"},
        {"0003_last", "INSERT INTO steps (step) SELECT 'three' FROM pg_sleep(0.05)"},
        {0},
};

static void assert_all_applied_once(void)
{
        ck_assert_str_eq(kit_sql(&kit, "SELECT string_agg(step, ', ' ORDER BY n) FROM steps"),
                "one, two, two and a half, three");
        ck_assert_str_eq(kit_sql(&kit, "SELECT string_agg(name, ' ' ORDER BY applied_at) FROM schema_migrations"),
                "0001_steps 0002_more 0003_last");
}

TEST(migrations_are_applied_in_their_order)
{
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        assert_all_applied_once();
}
END_TEST

TEST(a_second_run_changes_nothing)
{
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        assert_all_applied_once();
}
END_TEST

TEST(what_is_new_is_applied_to_what_was_there)
{
        const struct migration first[] = {good[0], {0}};
        ck_assert_int_eq(migrate_run(kit.database_url, first), STATUS_OK);
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM schema_migrations"), "1");
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        assert_all_applied_once();
}
END_TEST

static void *run_good(void *arg)
{
        return migrate_run(kit.database_url, good) == STATUS_OK ? NULL : arg;
}

TEST(replicas_that_start_together_take_turns)
{
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, run_good, &kit);
        for (int i = 0; i < 4; i++) {
                void *failed;
                pthread_join(threads[i], &failed);
                ck_assert_ptr_null(failed);
        }
        assert_all_applied_once();
}
END_TEST

TEST(one_that_fails_is_undone_and_those_before_it_stay)
{
        const struct migration broken[] = {good[0],
                {"0002_broken", "INSERT INTO steps (step) VALUES ('lost'); SELECT * FROM no_such_table"}, good[2], {0}};
        ck_assert_int_eq(migrate_run(kit.database_url, broken), STATUS_INTERNAL);
        ck_assert_str_eq(kit_sql(&kit, "SELECT string_agg(step, ', ') FROM steps"), "one");
        ck_assert_str_eq(kit_sql(&kit, "SELECT string_agg(name, ' ') FROM schema_migrations"), "0001_steps");
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        assert_all_applied_once();
}
END_TEST

TEST(an_empty_list_is_fine)
{
        static const struct migration none[] = {{0}};
        ck_assert_int_eq(migrate_run(kit.database_url, none), STATUS_OK);
}
END_TEST

/* Longer than one attempt waits, and holding what the second migration wants behind what the first has taken. */
TEST(a_table_that_others_use_is_waited_for)
{
        const struct migration first[] = {good[0], {0}};
        ck_assert_int_eq(migrate_run(kit.database_url, first), STATUS_OK);
        PGconn *other = PQconnectdb(kit.database_url);
        ck_assert_int_eq(PQstatus(other), CONNECTION_OK);
        ck_assert_int_eq(PQsendQuery(other, "BEGIN; LOCK TABLE steps; SELECT pg_sleep(1.5); COMMIT"), 1);
        while (strcmp(kit_sql(&kit, "SELECT count(*) FROM pg_locks WHERE relation = 'steps'::regclass AND granted"),
                       "1") != 0)
                ;
        ck_assert_int_eq(migrate_run(kit.database_url, good), STATUS_OK);
        assert_all_applied_once();
        PQfinish(other);
}
END_TEST

TEST(a_database_that_is_not_there_is_unavailable)
{
        ck_assert_int_eq(migrate_run("postgresql:///x?host=/nowhere", good), STATUS_UNAVAILABLE);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/migrate", FORK, T(migrations_are_applied_in_their_order),
        T(a_second_run_changes_nothing), T(what_is_new_is_applied_to_what_was_there),
        T(replicas_that_start_together_take_turns), T(one_that_fails_is_undone_and_those_before_it_stay),
        T(an_empty_list_is_fine), T(a_table_that_others_use_is_waited_for),
        T(a_database_that_is_not_there_is_unavailable))
