/* SPDX-License-Identifier: Apache-2.0 */
/* Events that were published of somebody who is erased lose who it was: in the outbox, and among those that were given
 * up. The event stays where it was, with nobody's id in its place, so that sequences have no gap. */
#pragma once

#include "common/jobs.h"

#define FORGET_EVENTS "forget_events" /* key: the erasure's job, and how far it is */

enum { FORGET_EVENTS_AT_ONCE = 20000, FORGET_EVENTS_AFTER_S = 10 };

/* Whose id stands there from then on. */
#define FORGOTTEN_USER "00000000-0000-0000-0000-000000000000"

/* Has it done FORGET_EVENTS_AFTER_S from now, when consumers that keep up have taken what there was; in the caller's
 * transaction. */
MUST_CHECK status forgetting_begin(struct call *call, const char *erasure_id, const char *user_id);

/* A job: so many events a run, until it has seen all. */
status forgetting_run(struct call *call, const struct due_job *job);
