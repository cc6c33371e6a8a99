/* SPDX-License-Identifier: Apache-2.0 */
/* limit, suspend and ban: they stop whom they concern from writing, everywhere, until they end. Other services hear of
 * it by event. */
#pragma once

#include "common/call.h"

#define JOB_SANCTION_END "sanction_end"

struct due_job;

/* Starts one. `until_us`: microseconds since 1970, 0: until it is lifted. */
MUST_CHECK status sanction_start(
        struct call *call, const char *id, const char *user_id, const char *kind, int64_t until_us);

/* Ends one that stands; one that has ended is OK. */
MUST_CHECK status sanction_end(struct call *call, const char *id);

/* Job: its time is over. */
status sanction_time_is_over(struct call *call, const struct due_job *job);
