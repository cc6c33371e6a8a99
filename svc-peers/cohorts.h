/* SPDX-License-Identifier: Apache-2.0 */
/* The cohorts of a month, counted while it is closed. */
#pragma once

#include "common/call.h"
#include "svc-peers/policy.h"

struct cohort {
        const char *name;
        int level;
        int64_t n_people;
        int64_t counts[METRICS][BINS_MAX];
        struct cohort *next; /* of the same hash */
};

struct cohorts {
        struct arena *arena;
        size_t count;
        struct cohort *buckets[256];
};

/* Counts somebody's figures in their cohort of each level. */
void cohorts_add(struct cohorts *cohorts, const Peers__Snapshot *snapshot);
