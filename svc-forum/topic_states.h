/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a topic (policy.c) on its rows: who is what to it, and what each step does besides. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/forum.pb-c.h"

extern const struct lifecycle topic_lifecycle;

/* Loads a topic that the caller may see, with what decisions need of it, locked until the end of the transaction when
 * `is_locked`. Every change to a topic or its posts locks the topic first. */
MUST_CHECK status topic_load(struct call *call, const char *id, bool is_locked, Forum__Topic *out);

/* The same, locked, for the service's own work, whoever may see it: the viewer is nobody. */
MUST_CHECK status topic_load_own(struct call *call, const char *id, Forum__Topic *out);

/* A loaded topic as the lifecycle takes it; `actors` NULL: what the viewer is to it. */
struct lifecycle_subject topic_subject(const Forum__Topic *topic, const char *actors);

/* Plans, takes and stores one step. */
MUST_CHECK status topic_step(
        struct call *call, const Forum__Topic *topic, const char *actors, const char *action, const char *reason);
