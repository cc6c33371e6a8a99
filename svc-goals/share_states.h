/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a share (policy.c) on its rows: who is what to it, and what each step does besides. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/goals.pb-c.h"

extern const struct lifecycle share_lifecycle;

/* Loads one for the service's own work, locked, whoever may see it. */
MUST_CHECK status share_load(struct call *call, const char *id, struct lifecycle_subject *out);

/* Puts text into the open, queued. */
MUST_CHECK status share_show_text(struct call *call, const char *id, const Goals__ShareText *text);

/* Has moderation asked about the pending text, `after_ms` from now. */
MUST_CHECK status share_ask_moderation(struct call *call, const char *id, int64_t after_ms);

/* Makes kept answers about these shares stale with the commit: for work that no method's policy speaks of. */
MUST_CHECK status share_outdate(struct call *call, size_t count, const char *const *ids);

/* Purges a share and its history, and says so. */
MUST_CHECK status share_purge(struct call *call, const Goals__Share *share);
