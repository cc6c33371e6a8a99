/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that forget a person: one begins it, one for each service asks until it has confirmed, the last of those
 * ends it. */
#pragma once

#include "common/jobs.h"

#define ERASURE_JOB      "erasure"      /* key: the job's id */
#define ERASURE_PART_JOB "erasure_part" /* key: the job's id, the service, the round */

status erasure_run(struct call *call, const struct due_job *job);
status erasure_part_run(struct call *call, const struct due_job *job);
