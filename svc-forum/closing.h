/* SPDX-License-Identifier: Apache-2.0 */
/* What time does to topics: a solved one closes, an idle one is archived. */
#pragma once

#include "common/jobs.h"

#define CLOSE_SOLVED "close_solved" /* kind of the job whose key is a topic's id */

MUST_CHECK status close_solved(struct call *call, const struct due_job *job);
MUST_CHECK status archive_idle(struct call *call);
