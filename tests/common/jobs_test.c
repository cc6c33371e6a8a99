/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs in a schema of the test's own, run by one, two or no runner. */
#include "common/clock.h"
#include "common/db.h"
#include "common/job_runner.h"
#include "common/jobs.h"
#include "common/metrics.h"
#include "common/migrate.h"
#include "common/ticker.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECOND_US = 1000000, SOON_S = 10 };

static struct kit kit;
static struct db *db;

static const char SQL_EFFECT[] = "INSERT INTO effects (key, attempt, payload) VALUES ($1, $2, $3)";

static status write_effect(struct call *call, const struct due_job *job)
{
        return db_exec(call, SQL_EFFECT, job->key, job->attempt, job->payload);
}

/* Writes first and fails then. */
static status fail_after(struct call *call, const struct due_job *job)
{
        TRY(write_effect(call, job));
        return call_fail(call, STATUS_UNAVAILABLE, "not today");
}

static status fail_once(struct call *call, const struct due_job *job)
{
        return job->attempt == 1 ? fail_after(call, job) : write_effect(call, job);
}

static status tick(struct call *call)
{
        const struct due_job job = {.key = "tick"};
        return write_effect(call, &job);
}

/* Is scheduled anew while it runs. */
static status be_overtaken(struct call *call, const struct due_job *job)
{
        if (job->payload.len > 0)
                return write_effect(call, job);
        kit_sql_aside(
                &kit, "UPDATE jobs SET payload = 'again', lease_until = NULL, attempts = 0 WHERE kind = 'overtaken'");
        return write_effect(call, job);
}

static status sleep_long(struct call *call, const struct due_job *job)
{
        if (job->attempt == 1)
                sleep(60);
        return write_effect(call, job);
}

static const struct job_kind kinds[] = {
        {.name = "effect", .run = write_effect},
        {.name = "failing", .run = fail_after, .tries = 2},
        {.name = "once", .run = fail_once},
        {.name = "overtaken", .run = be_overtaken},
        {.name = "sleeper", .run = sleep_long},
        {0},
};

static const struct job_kind ticking[] = {{.name = "tick", .every_ms = 3600000, .tick = tick}, {0}};

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        kit_sql(&kit, "CREATE TABLE effects (key text, attempt integer, payload bytea)");
        kit.definition.jobs = kinds;
        db = db_new(kit.database_url, 5 * SECOND_US);
}

static void tear_down(void)
{
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

static struct call *begin(void)
{
        struct call *call = kit_call(&kit, NULL, 5 * SECOND_US);
        call->db = db;
        db_begin(call, true);
        return call;
}

static void schedule(const char *kind, const char *key, int64_t due_unix_us)
{
        struct call *call = begin();
        ck_assert_int_eq(job_schedule(call, kind, key, due_unix_us, (ProtobufCBinaryData){0, NULL}), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

static struct ticker *start(void)
{
        return ticker_start(&kit.service, kit.database_url, SECOND_US);
}

static bool becomes(const char *sql, const char *expected, int seconds)
{
        int64_t until = clock_now_us() + seconds * 1000000LL;
        while (strcmp(kit_sql(&kit, "%s", sql), expected) != 0)
                if (clock_now_us() > until || usleep(50000) != 0)
                        return false;
        return true;
}

static const char *count(const char *table_and_condition)
{
        return kit_sql(&kit, "SELECT count(*) FROM %s", table_and_condition);
}

TEST(a_due_job_has_its_effect_once_and_is_gone)
{
        schedule("effect", "a", 0);
        struct ticker *ticker = start();
        ck_assert(becomes("SELECT count(*) FROM jobs WHERE kind = 'effect'", "0", SOON_S));
        ticker_stop(ticker);
        ck_assert_str_eq(count("effects WHERE key = 'a' AND attempt = 1"), "1");
        ck_assert_str_eq(count("effects"), "1");
}
END_TEST

TEST(at_once_is_due_since_now)
{
        schedule("effect", "a", 0);
        ck_assert_str_eq(
                count("jobs WHERE kind = 'effect' AND due_at BETWEEN now() - interval '1 minute' AND now()"), "1");
}
END_TEST

TEST(scheduling_twice_is_scheduling_once)
{
        schedule("effect", "a", 0);
        schedule("effect", "a", 0);
        ck_assert_str_eq(count("jobs"), "1");
}
END_TEST

TEST(a_job_of_a_call_that_fails_is_none)
{
        struct call *call = begin();
        ck_assert_int_eq(job_schedule(call, "effect", "a", 0, (ProtobufCBinaryData){0, NULL}), STATUS_OK);
        ck_assert_int_eq(db_end(call, false), STATUS_OK);
        ck_assert_str_eq(count("jobs"), "0");
}
END_TEST

TEST(a_cancelled_job_does_not_run)
{
        schedule("effect", "a", 0);
        struct call *call = begin();
        ck_assert_int_eq(job_cancel(call, "effect", "a"), STATUS_OK);
        ck_assert_int_eq(job_cancel(call, "effect", "b"), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        ck_assert_str_eq(count("jobs"), "0");
}
END_TEST

TEST(a_job_waits_for_its_time)
{
        schedule("effect", "later", clock_unix_us() + 3600 * 1000000LL);
        schedule("effect", "now", 0);
        struct ticker *ticker = start();
        ck_assert(becomes("SELECT count(*) FROM effects WHERE key = 'now'", "1", SOON_S));
        ticker_stop(ticker);
        ck_assert_str_eq(count("effects WHERE key = 'later'"), "0");
        ck_assert_str_eq(count("jobs WHERE key = 'later' AND attempts = 0"), "1");
}
END_TEST

TEST(a_failed_run_has_no_effect_and_is_tried_again)
{
        schedule("once", "a", 0);
        struct ticker *ticker = start();
        ck_assert(becomes("SELECT count(*) FROM effects", "1", SOON_S));
        ticker_stop(ticker);
        ck_assert_str_eq(count("effects WHERE attempt = 2"), "1");
        ck_assert_str_eq(count("jobs WHERE kind = 'once'"), "0");
}
END_TEST

TEST(a_job_that_fails_too_often_is_kept_and_counted)
{
        schedule("failing", "a", 0);
        struct ticker *ticker = start();
        ck_assert(becomes("SELECT count(*) FROM jobs WHERE failed_at IS NOT NULL", "1", SOON_S));
        sleep(2); /* a pulse later it is counted */
        struct buffer text = buffer_in(kit.arena);
        metrics_print(kit.service.metrics, METRICS_TEXT, &text);
        ticker_stop(ticker);
        ck_assert_ptr_nonnull(strstr(buffer_text(&text), "sfp_jobs_failed 1\n"));
        ck_assert_ptr_nonnull(strstr(buffer_text(&text), "sfp_job_failures_total 2\n"));
        ck_assert_str_eq(kit_sql(&kit, "SELECT last_error FROM jobs WHERE kind = 'failing'"), "UNAVAILABLE");
        ck_assert_str_eq(count("effects"), "0");
}
END_TEST

TEST(a_run_that_was_overtaken_has_no_effect)
{
        schedule("overtaken", "a", 0);
        struct ticker *ticker = start();
        ck_assert(becomes("SELECT count(*) FROM jobs WHERE kind = 'overtaken'", "0", SOON_S));
        ticker_stop(ticker);
        ck_assert_str_eq(count("effects WHERE payload = 'again'"), "1");
        ck_assert_str_eq(count("effects"), "1");
}
END_TEST

TEST(what_comes_round_by_itself_survives_a_restart_and_runs_once_for_its_time)
{
        kit.definition.jobs = ticking;
        for (int i = 0; i < 3; i++) {
                struct ticker *ticker = start();
                ck_assert(becomes("SELECT count(*) FROM jobs WHERE kind = 'tick' AND due_at > now()", "1", SOON_S));
                ticker_stop(ticker);
        }
        ck_assert_str_eq(count("effects"), "1");
}
END_TEST

TEST(two_runners_do_each_job_once)
{
        kit_sql(&kit,
                "INSERT INTO jobs (kind, key, due_at) SELECT 'effect', n::text, now() FROM generate_series(1, 500) n");
        struct ticker *one = start();
        struct ticker *two = start();
        ck_assert(becomes("SELECT count(*) FROM jobs WHERE kind = 'effect'", "0", 30));
        ticker_stop(one);
        ticker_stop(two);
        ck_assert_str_eq(count("effects"), "500");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(DISTINCT key) FROM effects"), "500");
}
END_TEST

TEST(a_stopped_runner_gives_way_at_once)
{
        ticker_stop(start());
        struct ticker *ticker = start();
        schedule("effect", "a", 0);
        ck_assert(becomes("SELECT count(*) FROM effects", "1", SOON_S));
        ticker_stop(ticker);
}
END_TEST

/* In a process of its own, so that it can be killed in the midst of a job. */
static pid_t start_elsewhere(void)
{
        pid_t pid = fork();
        if (pid != 0)
                return pid;
        start();
        for (;;)
                pause();
}

static void expect_takeover(int signal)
{
        schedule("sleeper", "a", 0);
        pid_t pid = start_elsewhere();
        ck_assert(becomes("SELECT count(*) FROM jobs WHERE kind = 'sleeper' AND attempts = 1", "1", SOON_S));
        int64_t killed_us = clock_now_us();
        kill(pid, signal);
        struct ticker *ticker = start();
        bool is_done = becomes("SELECT count(*) FROM effects WHERE attempt = 2", "1", 20);
        int64_t took_us = clock_now_us() - killed_us;
        ticker_stop(ticker);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        ck_assert(is_done);
        ck_assert_int_lt(took_us, (JOB_TAKEOVER_MS + 4000) * 1000LL); /* a noisy machine's share on top */
        ck_assert_str_eq(count("effects"), "1");
}

TEST(a_killed_runner_is_replaced)
{
        expect_takeover(SIGKILL);
}
END_TEST

TEST(a_runner_that_stands_still_is_replaced)
{
        expect_takeover(SIGSTOP);
}
END_TEST

TEST(back_off_doubles_up_to_a_bound)
{
        ck_assert_int_eq(job_backoff_ms(1, UINT16_MAX), JOB_BACKOFF_MS);
        ck_assert_int_eq(job_backoff_ms(1, 0), JOB_BACKOFF_MS / 2);
        ck_assert_int_eq(job_backoff_ms(4, UINT16_MAX), 8 * JOB_BACKOFF_MS);
        ck_assert_int_eq(job_backoff_ms(1000, UINT16_MAX), JOB_BACKOFF_MAX_MS);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/jobs", FORK, T(a_due_job_has_its_effect_once_and_is_gone),
        T(at_once_is_due_since_now), T(scheduling_twice_is_scheduling_once), T(a_job_of_a_call_that_fails_is_none),
        T(a_cancelled_job_does_not_run), T(a_job_waits_for_its_time), T(a_failed_run_has_no_effect_and_is_tried_again),
        T(a_job_that_fails_too_often_is_kept_and_counted), T(a_run_that_was_overtaken_has_no_effect),
        T(what_comes_round_by_itself_survives_a_restart_and_runs_once_for_its_time), T(two_runners_do_each_job_once),
        T(a_stopped_runner_gives_way_at_once), T(a_killed_runner_is_replaced),
        T(a_runner_that_stands_still_is_replaced), T(back_off_doubles_up_to_a_bound))
