/* SPDX-License-Identifier: Apache-2.0 */
/* What there is of a cohort in a released month. */
#pragma once

#include "common/call.h"
#include "svc-peers/policy.h"

/* Of a person and month, as svc-anonymize says (POLICY_DELTA there). */
#define RELEASE_DELTA 1e-6

struct released {
        const char *cohort; /* NULL: none is large enough */
        int level;
        int size;                                 /* noised, rounded to tens, and at least k */
        const Peers__CohortRow *metrics[METRICS]; /* NULL: nothing was released of it */
        int k;
        double epsilon; /* of all of them together */
};

/* The narrowest of somebody's cohorts, from `level` on, of which something was released. */
MUST_CHECK status released_find(
        struct call *call, const char *period, const Peers__Snapshot *bands, int level, struct released *out);

/* What is said of a release's protection. Lives in the arena. */
Peers__PrivacyProtection *released_protection(struct call *call, const struct released *released);
