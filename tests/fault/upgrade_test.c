/* SPDX-License-Identifier: Apache-2.0 */
/* F19: a new version of every service takes the place of this one, replica by replica, while people use the platform,
 * and this one takes its place again. The new one changes its main table when it starts (9999_next.sql), the others are
 * changed behind it one by one, as migrations do; so for a while this version works with the tables of the next. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/fault/ordeal.h"

#include <string.h>

static const char *const services[] = {"svc-goals", "svc-anonymize", "svc-moderation", "svc-forum", "svc-feed",
        "svc-groups", "svc-mentor", "svc-peers"};
enum { SERVICES = sizeof services / sizeof *services };

/* The programs that the next start of any replica takes; "" is this version. */
static void install(const char *version)
{
        for (int s = 0; s < SERVICES; s++) {
                const char *to = text("%s/bin/%s", program_setting("SFP_DATA"), services[s]);
                const char *from = text("%s/bin/%s%s", program_setting("SFP_BUILD"), services[s], version);
                const char *const copy[] = {"cp", from, text("%s.new", to), NULL};
                const char *const move[] = {"mv", text("%s.new", to), to, NULL};
                program_output(scene_arena(), copy);
                program_output(scene_arena(), move);
        }
}

static void restart_replicas(const char *suffix)
{
        const char *names[SERVICES + 1] = {NULL};
        for (int s = 0; s < SERVICES; s++)
                names[s] = text("%s%s", services[s], suffix);
        instance_restart(names);
}

/* What goes wrong while people are at work is told when they have stopped: Check bears no failure beside threads. */
static const char *trouble;

static long changed_schemas(void)
{
        long count = 0;
        for (int s = 0; s < SERVICES; s++)
                count += sql_number(text("SELECT count(*) FROM %s.schema_migrations WHERE name = '9999_next'",
                        services[s] + strlen("svc-")));
        return count;
}

/* Each that has not been changed yet, a line each. */
static const char SQL_OTHERS[] =
        "SELECT c.oid::regclass FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relnamespace::regnamespace::text IN ('goals', 'anonymize', 'moderation', 'forum', 'feed', 'groups', 'mentor',"
        " 'peers') AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'of_next')";

static bool is_widened(const char *table)
{
        return *sql_refusal(text("SET lock_timeout = '500ms'; ALTER TABLE %s ADD COLUMN of_next text DEFAULT 'next'",
                       table)) == '\0';
}

static void widen_other_tables(void)
{
        char *rest = sql_text(SQL_OTHERS);
        for (char *table; (table = strsep(&rest, "\n")) != NULL;)
                if (!AWAIT(20, is_widened(table)))
                        trouble = text("%s is never free", table);
}

static void upgrade(const char *version)
{
        install(version);
        restart_replicas("");
        if (changed_schemas() != SERVICES)
                trouble = "the next version has not changed its tables";
        widen_other_tables();
        restart_replicas(".2");
}

static void go_back(const char *version)
{
        (void)version;
        install("");
        restart_replicas("");
        restart_replicas(".2");
}

TEST(the_next_version_takes_over_and_this_one_takes_back_and_no_request_fails)
{
        const struct ordeal ordeal = {.name = "upgrade",
                .inflict = upgrade,
                .heal = go_back,
                .whom = "-next",
                .actors = 4,
                .lasts_ms = 1000,
                .spares_all = true};
        ck_assert_int_eq(changed_schemas(), 0);
        trouble = NULL;
        ordeal_run(&ordeal);
        ck_assert_msg(trouble == NULL, "%s", trouble);
        ck_assert_int_eq(sql_number("SELECT count(*) FROM goals.anonymous_goal_shares WHERE of_next IS NULL"), 0);
}
END_TEST

/* What people do with all services, told as a test of its own. */
TEST(all_services_work_with_one_replica_of_each_version)
{
        const char *line = text("'%s/tests/e2e-story_test' 2>&1 || echo failed", program_setting("SFP_BUILD"));
        const char *const story[] = {"sh", "-c", line, NULL};
        install("-next");
        restart_replicas("");
        const char *said = program_output(scene_arena(), story);
        ck_assert_msg(strstr(said, "failed") == NULL, "%s", said);
        install("");
        restart_replicas("");
}
END_TEST

static void end(void)
{
        install("");
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "fault/upgrade", NO_FORK,
        T(the_next_version_takes_over_and_this_one_takes_back_and_no_request_fails),
        T(all_services_work_with_one_replica_of_each_version))
