/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an activity (policy.c) on its rows. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/feed.pb-c.h"

extern const struct lifecycle activity_lifecycle;

/* Loads one that the caller may see, with what decisions need of it, locked until the end of the transaction. */
MUST_CHECK status activity_load(struct call *call, const char *id, Feed__Activity *out);

/* The same for the service's own work, whoever may see it. */
MUST_CHECK status activity_load_own(struct call *call, const char *id, Feed__Activity *out);

/* Plans, takes and stores one step. */
MUST_CHECK status activity_step(
        struct call *call, const Feed__Activity *activity, const char *actors, const char *action, const char *reason);

/* Says that there is one; who did it only where others may know. */
MUST_CHECK status activity_announce(struct call *call, const Feed__Activity *activity);
MUST_CHECK status activity_announce_removed(struct call *call, const char *id);
