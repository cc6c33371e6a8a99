/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a post (policy.c) on its rows. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/forum.pb-c.h"

extern const struct lifecycle post_lifecycle;

/* Loads a post that the caller may see in a topic that they may see, with what decisions need of it. With `is_locked`
 * its topic is locked until the end of the transaction, and the post with it. */
MUST_CHECK status post_load(struct call *call, const char *id, bool is_locked, Forum__Post *out);

/* The same, locked, for the service's own work, whoever may see it. */
MUST_CHECK status post_load_own(struct call *call, const char *id, Forum__Post *out);

/* Plans, takes and stores one step. `actors` NULL: what the viewer is to it. */
MUST_CHECK status post_step(
        struct call *call, const Forum__Post *post, const char *actors, const char *action, const char *reason);
