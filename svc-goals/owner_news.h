/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner of a share is given and told. No event may say whose a share is, so a job says it to the two services
 * that must know: credit for reputation, and a notification. */
#pragma once

#include "common/jobs.h"

#define OWNER_NEWS "owner_news" /* kind of the job */

/* Gives the owner credit, once for `reason` and `about` (what of the share, such as a day; NULL: the share). */
MUST_CHECK status owner_credit(struct call *call, const char *share_id, const char *reason, const char *about);

/* Tells the owner that somebody was inspired: once for each of them, and never by whom. */
MUST_CHECK status owner_notify_inspired(struct call *call, const char *share_id);

/* The job. What is gone meanwhile is told to nobody. */
status owner_news(struct call *call, const struct due_job *job);
