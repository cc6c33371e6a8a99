/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a mentor (policy.c) on its row. */
#pragma once

#include "common/content.h"
#include "common/lifecycle.h"

extern const struct lifecycle mentor_lifecycle;

/* Loads one, locked, whoever may see it; its actors are to be set. NOT_FOUND for one that has withdrawn. */
MUST_CHECK status mentor_load_own(struct call *call, const char *id, struct lifecycle_subject *out);

/* Stores the state and the next version. */
MUST_CHECK status mentor_store(struct call *call, const struct lifecycle_subject *mentor);

/* Takes one step and all that it does. */
MUST_CHECK status mentor_step(
        struct call *call, struct lifecycle_subject *mentor, const char *actors, const char *action);

/* For moderation (struct content_kind). */
status mentor_show(struct call *call, const char *id, Content__Snapshot *out);
status mentor_decide(struct call *call, const char *id, const char *action, const char *reason);
