/* SPDX-License-Identifier: Apache-2.0 */
/* An attempt is known by its lease_until: whoever ends a job must name the one it was given, so that a run that was
 * overtaken changes nothing. */
#include "common/job_runner.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event_relay.h"
#include "common/jobs.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/random.h"
#include "common/uuid.h"
#include "sfp/kit.pb-c.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS_MAX = 32, ARENA_LIMIT = 24 << 20, PULSE_DEADLINE_MS = 900 };

static const char SQL_HOLD[] =
        "INSERT INTO job_runner (holder, lease_until) VALUES ($1, clock_timestamp() + $2::bigint * interval '1 ms')"
        " ON CONFLICT (is_only) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until"
        " WHERE job_runner.holder = excluded.holder OR job_runner.lease_until < clock_timestamp()"
        " RETURNING holder::text AS key";
static const char SQL_LET_GO[] = "UPDATE job_runner SET lease_until = clock_timestamp() WHERE holder = $1";
static const char SQL_FREE[] = "UPDATE jobs SET lease_until = NULL WHERE lease_until IS NOT NULL";
static const char SQL_FOUND[] = "INSERT INTO jobs (kind, key, due_at) VALUES ($1, '', now()) ON CONFLICT DO NOTHING";
static const char SQL_LOOK[] =
        "SELECT (SELECT count(*) FROM (SELECT FROM jobs WHERE failed_at IS NULL AND due_at <= now() LIMIT 1000) d) AS due,"
        " (SELECT count(*) FROM (SELECT FROM jobs WHERE failed_at IS NOT NULL LIMIT 1000) f) AS failed,"
        " coalesce((SELECT extract(epoch FROM now() - min(due_at))::bigint FROM jobs"
        "           WHERE failed_at IS NULL AND due_at <= now()), 0) AS lag_s";
static const char SQL_CLAIM[] =
        "UPDATE jobs j SET lease_until = clock_timestamp() + $3::bigint * interval '1 ms', attempts = attempts + 1"
        " FROM (SELECT kind, key FROM jobs WHERE due_at <= now() AND failed_at IS NULL"
        "       AND (lease_until IS NULL OR lease_until < now()) AND kind = ANY ($2::text[])"
        "       AND EXISTS (SELECT FROM job_runner WHERE holder = $1 AND lease_until > now())"
        "       ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED) d"
        " WHERE j.kind = d.kind AND j.key = d.key RETURNING j.kind, j.key, j.attempts, j.payload, j.lease_until";
static const char SQL_END[] = "DELETE FROM jobs WHERE kind = $1 AND key = $2 AND lease_until = $3 RETURNING key";
static const char SQL_COME_BACK[] =
        "UPDATE jobs SET due_at = clock_timestamp() + $4::bigint * interval '1 ms', attempts = 0, lease_until = NULL,"
        " last_error = NULL WHERE kind = $1 AND key = $2 AND lease_until = $3 RETURNING key";
static const char SQL_FAIL[] =
        "UPDATE jobs SET due_at = clock_timestamp() + $4::bigint * interval '1 ms', lease_until = NULL, last_error = $5,"
        " failed_at = CASE WHEN $6::boolean THEN now() END WHERE kind = $1 AND key = $2 AND lease_until = $3";

struct job_runner {
        struct service *service;
        const char *database_url;
        int64_t query_timeout_us;
        char holder[UUID_SIZE];
        const struct job_kind *kinds[KINDS_MAX];
        char *names[KINDS_MAX];
        size_t n_kinds;
        _Atomic int64_t lease_ends_us; /* monotonic; 0: another process holds it */
        pthread_t threads[JOB_THREADS];
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        unsigned n_calls; /* times the threads were called to work */
        struct metric *due, *running, *failed, *lag, *is_runner, *runs, *failures;
};

/* A call of the service's own, for at most `ms`. */
struct own_call {
        struct arena *arena;
        Sfp__RequestHeader header;
        Sfp__Caller caller;
        struct call call;
};

static struct call *begin(
        struct job_runner *runner, struct own_call *own, struct arena *arena, struct db *db, int64_t ms)
{
        sfp__request_header__init(&own->header);
        sfp__caller__init(&own->caller);
        own->caller.service = (char *)(size_t)runner->service->definition->name;
        own->header.deadline_us = (uint64_t)ms * 1000;
        call_init(&own->call, arena, runner->service, &own->header, &own->caller);
        own->call.db = db;
        return &own->call;
}

static bool holds_lease(const struct job_runner *runner)
{
        return clock_now_us() < atomic_load(&runner->lease_ends_us);
}

static const struct job_kind *find_kind(const struct job_runner *runner, const char *name)
{
        for (size_t i = 0; i < runner->n_kinds; i++)
                if (strcmp(runner->names[i], name) == 0)
                        return runner->kinds[i];
        return NULL;
}

/* In the transaction of the effect. */
static status finish(struct call *call, const struct job_kind *kind, const Sfp__JobRow *row)
{
        Sfp__JobRow gone = SFP__JOB_ROW__INIT;
        status ended = kind->every_ms > 0 ? db_one(call, &gone.base, SQL_COME_BACK, row->kind, row->key,
                                                    row->lease_until, kind->every_ms)
                                          : db_one(call, &gone.base, SQL_END, row->kind, row->key, row->lease_until);
        return ended == STATUS_NOT_FOUND ? call_fail(call, STATUS_ABORTED, "it was overtaken") : ended;
}

static status run_in_transaction(struct call *call, const struct job_kind *kind, const Sfp__JobRow *row)
{
        const struct due_job job = {row->key, row->payload, row->attempts};
        db_begin(call, true);
        status result = kind->every_ms > 0 ? kind->tick(call) : kind->run(call, &job);
        if (result == STATUS_OK)
                result = finish(call, kind, row);
        status ended = db_end(call, result == STATUS_OK);
        if (result == STATUS_OK && ended == STATUS_OK && call->has_published)
                event_relay_wake(call->service->relay);
        return result == STATUS_OK ? ended : result;
}

static void note_failure(
        struct job_runner *runner, struct call *call, const struct job_kind *kind, const Sfp__JobRow *row, status why)
{
        uint16_t chance;
        random_bytes(&chance, sizeof chance);
        bool is_given_up = kind->every_ms == 0 && kind->tries > 0 && row->attempts >= kind->tries;
        metric_add(runner->failures, 1);
        db_begin(call, false);
        status noted = db_exec(call, SQL_FAIL, row->kind, row->key, row->lease_until,
                job_backoff_ms(row->attempts, chance), status_name(why), (int)is_given_up);
        if (db_end(call, noted == STATUS_OK) != STATUS_OK)
                LOG(LOG_DEBUG, "a failed job's lease runs out by itself", log_text("kind", row->kind));
}

static void run_claimed(struct job_runner *runner, struct arena *arena, struct db *db, const Sfp__JobRow *row)
{
        struct own_call own;
        const struct job_kind *kind = find_kind(runner, row->kind);
        struct call *call = begin(runner, &own, arena, db, JOB_DEADLINE_MS);
        metric_add(runner->running, 1);
        status result = run_in_transaction(call, kind, row);
        metric_add(runner->running, -1);
        metric_add(runner->runs, 1);
        if (result == STATUS_OK)
                return;
        LOG(LOG_WARN, "job failed", log_text("kind", row->kind), log_number("attempt", row->attempts),
                log_text("status", status_name(result)), log_text("reason", call->failure));
        note_failure(runner, begin(runner, &own, arena, db, PULSE_DEADLINE_MS), kind, row, result);
}

/* False when there is nothing to do. */
static bool run_one(struct job_runner *runner, struct arena *arena, struct db *db)
{
        struct own_call own;
        Sfp__JobRow row = SFP__JOB_ROW__INIT;
        struct call *call = begin(runner, &own, arena, db, PULSE_DEADLINE_MS);
        db_begin(call, false);
        status claimed = db_one(call, &row.base, SQL_CLAIM, runner->holder, db_texts(runner->n_kinds, runner->names),
                (int64_t)JOB_LEASE_MS);
        if (db_end(call, claimed == STATUS_OK) != STATUS_OK || claimed != STATUS_OK)
                return false;
        run_claimed(runner, arena, db, &row);
        return true;
}

/* Waits until the threads are called again; false when it is over. */
static bool wait_for_call(struct job_runner *runner, unsigned *n_seen)
{
        pthread_mutex_lock(&runner->mutex);
        while (!runner->must_stop && *n_seen == runner->n_calls)
                pthread_cond_wait(&runner->changed, &runner->mutex);
        bool goes_on = !runner->must_stop;
        *n_seen = runner->n_calls;
        pthread_mutex_unlock(&runner->mutex);
        return goes_on;
}

static bool is_stopping(struct job_runner *runner)
{
        pthread_mutex_lock(&runner->mutex);
        bool must_stop = runner->must_stop;
        pthread_mutex_unlock(&runner->mutex);
        return must_stop;
}

static void *work(void *arg)
{
        struct job_runner *runner = arg;
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct db *db = db_new(runner->database_url, runner->query_timeout_us);
        unsigned n_seen = 0;
        while (wait_for_call(runner, &n_seen))
                while (!is_stopping(runner) && holds_lease(runner) && run_one(runner, arena, db))
                        arena_reset(arena);
        db_free(db);
        arena_free(arena);
        return NULL;
}

static void call_threads(struct job_runner *runner)
{
        pthread_mutex_lock(&runner->mutex);
        runner->n_calls++;
        pthread_cond_broadcast(&runner->changed);
        pthread_mutex_unlock(&runner->mutex);
}

/* A new holder: the runs of the one before are void, and what comes round by itself is on the list. */
static status take_over(struct job_runner *runner, struct call *call)
{
        TRY(db_exec(call, SQL_FREE));
        for (size_t i = 0; i < runner->n_kinds; i++)
                if (runner->kinds[i]->every_ms > 0)
                        TRY(db_exec(call, SQL_FOUND, runner->names[i]));
        LOG(LOG_INFO, "runs the jobs of its schema");
        return STATUS_OK;
}

static status look(struct job_runner *runner, struct call *call)
{
        Sfp__JobFigures figures = SFP__JOB_FIGURES__INIT;
        TRY(db_one(call, &figures.base, SQL_LOOK));
        metric_set(runner->due, figures.due);
        metric_set(runner->failed, figures.failed);
        metric_set(runner->lag, figures.lag_s);
        if (figures.due > 0)
                call_threads(runner);
        return STATUS_OK;
}

/* Another process has it. */
static void give_way(struct job_runner *runner)
{
        atomic_store(&runner->lease_ends_us, 0);
        metric_set(runner->due, 0);
        metric_set(runner->failed, 0);
        metric_set(runner->lag, 0);
}

static status pulse(struct job_runner *runner, struct call *call)
{
        Sfp__JobRow row = SFP__JOB_ROW__INIT;
        bool was_holder = holds_lease(runner);
        int64_t asked_us = clock_now_us();
        status held = db_one(call, &row.base, SQL_HOLD, runner->holder, (int64_t)JOB_RUNNER_LEASE_MS);
        if (held == STATUS_NOT_FOUND)
                give_way(runner);
        TRY(held);
        if (!was_holder)
                TRY(take_over(runner, call));
        atomic_store(&runner->lease_ends_us, asked_us + JOB_RUNNER_LEASE_MS * 1000LL);
        return look(runner, call);
}

void job_runner_pulse(struct job_runner *runner, struct db *db)
{
        struct own_call own;
        struct arena *arena = arena_new(0);
        struct call *call = begin(runner, &own, arena, db, PULSE_DEADLINE_MS);
        db_begin(call, false);
        status result = pulse(runner, call);
        if (db_end(call, result == STATUS_OK) != STATUS_OK && result == STATUS_OK)
                LOG(LOG_DEBUG, "pulse failed");
        metric_set(runner->is_runner, holds_lease(runner));
        arena_free(arena);
}

static void add_kinds(struct job_runner *runner, const struct job_kind *kinds)
{
        for (; kinds != NULL && kinds->name != NULL; kinds++) {
                if (runner->n_kinds == KINDS_MAX)
                        abort(); /* more kinds than one service has any use for */
                runner->names[runner->n_kinds] = (char *)(size_t)kinds->name;
                runner->kinds[runner->n_kinds++] = kinds;
        }
}

static void add_metrics(struct job_runner *runner, struct metrics *metrics)
{
        runner->due = metrics_gauge(metrics, "sfp_jobs_due", "", "Jobs whose time has come, at most 1000.");
        runner->running = metrics_gauge(metrics, "sfp_jobs_running", "", "Jobs being run here.");
        runner->failed = metrics_gauge(metrics, "sfp_jobs_failed", "", "Jobs given up and kept, at most 1000.");
        runner->lag = metrics_gauge(metrics, "sfp_jobs_lag_seconds", "", "How late the oldest due job is.");
        runner->is_runner = metrics_gauge(metrics, "sfp_jobs_runner", "", "Whether this process runs the jobs.");
        runner->runs = metrics_counter(metrics, "sfp_job_runs_total", "", "Jobs run here, failed or not.");
        runner->failures = metrics_counter(metrics, "sfp_job_failures_total", "", "Runs of jobs that failed here.");
}

struct job_runner *job_runner_start(struct service *service, const char *database_url, int64_t query_timeout_us)
{
        struct job_runner *runner = calloc(1, sizeof *runner);
        if (runner == NULL)
                abort();
        runner->service = service;
        runner->database_url = database_url;
        runner->query_timeout_us = query_timeout_us;
        uuid_v4(runner->holder);
        add_kinds(runner, kit_jobs);
        add_kinds(runner, service->definition->jobs);
        add_metrics(runner, service->metrics);
        pthread_mutex_init(&runner->mutex, NULL);
        pthread_cond_init(&runner->changed, NULL);
        for (int i = 0; i < JOB_THREADS; i++)
                if (pthread_create(&runner->threads[i], NULL, work, runner) != 0)
                        abort();
        return runner;
}

static void let_go(struct job_runner *runner, struct db *db)
{
        struct own_call own;
        struct arena *arena = arena_new(0);
        struct call *call = begin(runner, &own, arena, db, PULSE_DEADLINE_MS);
        db_begin(call, false);
        status result = db_exec(call, SQL_LET_GO, runner->holder);
        if (db_end(call, result == STATUS_OK) != STATUS_OK || result != STATUS_OK)
                LOG(LOG_WARN, "the lease on the jobs runs out by itself");
        arena_free(arena);
}

void job_runner_stop(struct job_runner *runner, struct db *db)
{
        pthread_mutex_lock(&runner->mutex);
        runner->must_stop = true;
        pthread_cond_broadcast(&runner->changed);
        pthread_mutex_unlock(&runner->mutex);
        for (int i = 0; i < JOB_THREADS; i++)
                pthread_join(runner->threads[i], NULL);
        if (holds_lease(runner))
                let_go(runner, db);
        pthread_cond_destroy(&runner->changed);
        pthread_mutex_destroy(&runner->mutex);
        free(runner);
}
