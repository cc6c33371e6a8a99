/* SPDX-License-Identifier: Apache-2.0 */
/* Asks moderation about a text it has not ruled on yet: because it was out of reach, or the text is on its way back
 * into the open. */
#pragma once

#include "common/jobs.h"

#define RECHECK_SHARE "recheck_share" /* kind of the job; its key is the share's id */

enum { RECHECK_AFTER_MS = 2000 }; /* when moderation did not answer */

/* Publishes what passes and leaves the rest to people. UNAVAILABLE when moderation is silent. */
status recheck_share(struct call *call, const struct due_job *job);
