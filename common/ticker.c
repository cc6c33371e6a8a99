/* SPDX-License-Identifier: Apache-2.0 */
#include "common/ticker.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/idempotency.h"
#include "common/log.h"
#include "common/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { TASKS_MAX = 16, PING_EVERY_US = 1000000, PING_TIMEOUT_US = 900000, TASK_DEADLINE_US = 30000000 };

struct ticker {
        struct service *service;
        struct db *db;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        _Atomic bool has_database;
        struct metric *database_up;
        int64_t due_us[TASKS_MAX];
        int64_t kit_due_us[TASKS_MAX];
        int64_t ping_due_us;
};

static void run_task(struct ticker *ticker, const struct service_task *task)
{
        struct arena *arena = arena_new(0);
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Sfp__Caller caller = SFP__CALLER__INIT;
        struct call call;
        caller.service = (char *)(size_t)ticker->service->definition->name;
        header.deadline_us = TASK_DEADLINE_US;
        call_init(&call, arena, ticker->service, &header, &caller);
        call.db = ticker->db;
        if (call.db != NULL)
                db_begin(&call, false);
        status result = task->run(&call);
        if (call.db != NULL && db_end(&call, result == STATUS_OK) != STATUS_OK)
                result = STATUS_UNAVAILABLE;
        if (result != STATUS_OK)
                LOG(LOG_WARN, "task failed", log_text("task", task->name), log_text("status", status_name(result)),
                        log_text("reason", call.failure));
        arena_free(arena);
}

static void ping(struct ticker *ticker)
{
        bool had = atomic_load(&ticker->has_database);
        bool has = ticker->db == NULL || db_ping(ticker->db, PING_TIMEOUT_US);
        if (had != has)
                LOG(has ? LOG_INFO : LOG_WARN, has ? "database is there" : "database is out of reach");
        atomic_store(&ticker->has_database, has);
        metric_set(ticker->database_up, has);
}

/* What every service with a database does beside its own tasks. */
static const struct service_task kit_tasks[] = {
        {"idempotency_sweep", 60000, idempotency_sweep},
        {0},
};

static int64_t sooner(int64_t left, int64_t right)
{
        return left < right ? left : right;
}

/* Runs those of a list that are due; returns when the next one is. `due_us` has a place for each. */
static int64_t run_list(struct ticker *ticker, const struct service_task *tasks, int64_t *due_us)
{
        int64_t next = INT64_MAX;
        for (int i = 0; tasks != NULL && tasks[i].name != NULL && i < TASKS_MAX; i++) {
                if (clock_now_us() >= due_us[i]) {
                        run_task(ticker, &tasks[i]);
                        due_us[i] = clock_now_us() + tasks[i].every_ms * 1000;
                }
                next = sooner(next, due_us[i]);
        }
        return next;
}

/* Runs what is due; returns when the next thing is. */
static int64_t run_due(struct ticker *ticker)
{
        if (clock_now_us() >= ticker->ping_due_us) {
                ping(ticker);
                ticker->ping_due_us = clock_now_us() + PING_EVERY_US;
        }
        int64_t own = run_list(ticker, ticker->service->definition->tasks, ticker->due_us);
        int64_t kit = ticker->db == NULL ? INT64_MAX : run_list(ticker, kit_tasks, ticker->kit_due_us);
        return sooner(ticker->ping_due_us, sooner(own, kit));
}

static bool sleep_until(struct ticker *ticker, int64_t us)
{
        struct timespec until = clock_timespec(us);
        pthread_mutex_lock(&ticker->mutex);
        for (int result = 0; !ticker->must_stop && result == 0;)
                result = pthread_cond_timedwait(&ticker->changed, &ticker->mutex, &until);
        bool must_stop = ticker->must_stop;
        pthread_mutex_unlock(&ticker->mutex);
        return !must_stop;
}

static void *run(void *arg)
{
        struct ticker *ticker = arg;
        while (sleep_until(ticker, run_due(ticker)))
                ;
        return NULL;
}

struct ticker *ticker_start(struct service *service, const char *database_url, int64_t query_timeout_us)
{
        struct ticker *ticker = calloc(1, sizeof *ticker);
        pthread_condattr_t attributes;
        if (ticker == NULL)
                abort();
        ticker->service = service;
        ticker->db = database_url == NULL ? NULL : db_new(database_url, query_timeout_us);
        ticker->database_up = metrics_gauge(
                service->metrics, "sfp_database_up", "", "Whether the database answered when last asked.");
        atomic_store(&ticker->has_database, true);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&ticker->mutex, NULL);
        pthread_cond_init(&ticker->changed, &attributes);
        if (pthread_create(&ticker->thread, NULL, run, ticker) != 0)
                abort();
        return ticker;
}

void ticker_stop(struct ticker *ticker)
{
        pthread_mutex_lock(&ticker->mutex);
        ticker->must_stop = true;
        pthread_cond_signal(&ticker->changed);
        pthread_mutex_unlock(&ticker->mutex);
        pthread_join(ticker->thread, NULL);
        pthread_mutex_destroy(&ticker->mutex);
        pthread_cond_destroy(&ticker->changed);
        db_free(ticker->db);
        free(ticker);
}

bool ticker_has_database(const struct ticker *ticker)
{
        return atomic_load(&ticker->has_database);
}
