/* SPDX-License-Identifier: Apache-2.0 */
/* A month that is being closed, as a job that goes on after whatever broke it off: its people are counted, what
 * may be said of them is released, all of it is there for others at once, and those with figures are told. */
#pragma once

#include "common/jobs.h"

#define CLOSING_JOB "close_month"

/* Puts the job of a month on the list, in the transaction that closes it. */
MUST_CHECK status closing_begin(struct call *call, const char *period);

/* struct job_kind: some people at a time. */
status closing_run(struct call *call, const struct due_job *job);
