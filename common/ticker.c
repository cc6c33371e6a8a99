/* SPDX-License-Identifier: Apache-2.0 */
#include "common/ticker.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/job_runner.h"
#include "common/log.h"
#include "common/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PING_TIMEOUT_US = 900000 };

struct ticker {
        struct service *service;
        struct db *db;
        struct job_runner *jobs; /* NULL without a database */
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        _Atomic bool has_database;
        struct metric *database_up;
};

static void ping(struct ticker *ticker)
{
        bool had = atomic_load(&ticker->has_database);
        bool has = ticker->db == NULL || db_ping(ticker->db, PING_TIMEOUT_US);
        if (had != has)
                LOG(has ? LOG_INFO : LOG_WARN, has ? "database is there" : "database is out of reach");
        atomic_store(&ticker->has_database, has);
        metric_set(ticker->database_up, has);
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
        do {
                ping(ticker);
                if (ticker->jobs != NULL && ticker_has_database(ticker))
                        job_runner_pulse(ticker->jobs, ticker->db);
        } while (sleep_until(ticker, clock_now_us() + JOB_PULSE_MS * 1000LL));
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
        ticker->jobs = database_url == NULL ? NULL : job_runner_start(service, database_url, query_timeout_us);
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
        if (ticker->jobs != NULL)
                job_runner_stop(ticker->jobs, ticker->db);
        pthread_mutex_destroy(&ticker->mutex);
        pthread_cond_destroy(&ticker->changed);
        db_free(ticker->db);
        free(ticker);
}

bool ticker_has_database(const struct ticker *ticker)
{
        return atomic_load(&ticker->has_database);
}
