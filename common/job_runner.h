/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the jobs of a schema: of all processes that could, the one that holds the lease in job_runner does. It is
 * renewed at every pulse; when its holder dies, stops or loses the database, another takes over within
 * JOB_TAKEOVER_MS. */
#pragma once

#include "common/service.h"

enum {
        JOB_THREADS = 2,
        JOB_PULSE_MS = 1000,
        JOB_RUNNER_LEASE_MS = 4000,
        JOB_TAKEOVER_MS = JOB_RUNNER_LEASE_MS + JOB_PULSE_MS,
};

struct job_runner;

/* Starts the threads; they wait for a pulse. */
struct job_runner *job_runner_start(struct service *service, const char *database_url, int64_t query_timeout_us);

/* Finishes the runs under way and gives the lease back over `db`. */
void job_runner_stop(struct job_runner *runner, struct db *db);

/* To be called every JOB_PULSE_MS, on one thread: takes or renews the lease, looks for what is due, sets the metrics.
 */
void job_runner_pulse(struct job_runner *runner, struct db *db);
