/* SPDX-License-Identifier: Apache-2.0 */
/* The cohorts of a month, counted while it is closed. */
#pragma once

#include "common/call.h"
#include "svc-peers/policy.h"

enum { COHORT_COUNTS = METRICS * BINS_MAX, COHORT_BUCKETS = 1024 };

struct cohort {
        Peers__CohortCount *count;
        struct cohort *next; /* of the same hash */
};

struct cohorts {
        struct arena *arena;
        size_t count;
        struct cohort *buckets[COHORT_BUCKETS];
};

/* Takes up what was counted before; false when it is not what cohorts_list gives. The items become part of it. */
bool cohorts_take(struct cohorts *cohorts, size_t n, Peers__CohortCount *const *items);

/* Counts somebody's figures in their cohort of each level. */
void cohorts_add(struct cohorts *cohorts, const Peers__Snapshot *snapshot);

/* All that were counted, in no order; as many as `count`. */
Peers__CohortCount **cohorts_list(const struct cohorts *cohorts);

/* How many are in the bins of a metric, the first bin first. */
int64_t *cohort_bins(const Peers__CohortCount *count, int metric);
