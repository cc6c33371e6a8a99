/* SPDX-License-Identifier: Apache-2.0 */
/* Erasures that a restored backup has undone are done again: whoever restores writes their keyed tags into the table
 * erasures_again, and everybody who has a profile is looked at once for whether they are one of these. */
#pragma once

#include "common/jobs.h"

#define ERASURES_AGAIN_JOB "erasures_again" /* key: the walk, the last user it has looked at */

enum { ERASURES_AGAIN_EVERY_MS = 5000, ERASURES_AGAIN_STRIDE = 5000 };

/* Begins a walk for tags that are new, if there are some. */
status erasures_again_begin(struct call *call);

/* Goes on by ERASURES_AGAIN_STRIDE people; the last step takes the walk's tags away. */
status erasures_again_walk(struct call *call, const struct due_job *job);
