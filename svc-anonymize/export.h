/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that gather an archive: one for each service, and one that ends it – as failed when services were silent for
 * too long, as expired when its time is over. */
#pragma once

#include "common/jobs.h"

#define EXPORT_PART_JOB "export_part" /* key: the job's id, the service, the round */
#define EXPORT_END_JOB  "export_end"  /* key: the job's id */

/* Are they services that can be asked? A violation of `include` otherwise. */
MUST_CHECK status export_check_services(struct call *call, size_t n_services, char *const *services);

/* Has the services of a job that was just requested asked. */
MUST_CHECK status export_begin(struct call *call, const char *job_id, size_t n_services, char *const *services);

status export_part_run(struct call *call, const struct due_job *job);
status export_end_run(struct call *call, const struct due_job *job);
