/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison is made of somebody's own figures and of releases: nothing else of anybody's is read, and it costs no
 * privacy. */
#pragma once

#include "common/call.h"
#include "svc-peers/policy.h"

/* What somebody wants compared. */
struct wish {
        int level;           /* the narrowest group wanted */
        bool wants[METRICS]; /* all when none is named */
};

struct wish comparing_wish(int level, size_t n_metrics, char *const *metrics);

/* Fills the comparison of the caller's latest figures in a released month; its status says when there is none. */
MUST_CHECK status comparing_run(struct call *call, const struct wish *wish, Peers__Comparison *out);
