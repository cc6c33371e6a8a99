/* SPDX-License-Identifier: Apache-2.0 */
/* Telling people: once a person and event, as they want to be told. */
#pragma once

#include "common/jobs.h"

#define DELIVER_FRAME "deliver_frame" /* kind of the job whose key is a notification's id */

struct notice {
        const char *user_id;
        const char *type;
        const char *object_type; /* NULL: about nothing in particular */
        const char *object_id;
        const char *event_key;
        const char *actor_user_id; /* NULL: nobody by name */
};

/* Makes the notification and its frame, in the call's transaction. One that was made before, is not wanted, or comes
 * from behind a block or a mute is none, and no failure. Of several people tell the least id first: their heads are
 * locked. */
MUST_CHECK status notify(struct call *call, const struct notice *notice);

/* A frame whose time has come. */
MUST_CHECK status deliver_frame(struct call *call, const struct due_job *job);

/* Takes away what is too old to be kept. */
MUST_CHECK status prune_notifications(struct call *call);
