/* SPDX-License-Identifier: Apache-2.0 */
/* The finest cells of a month, counted while it is closed. Everybody is in one; a band that is not known is one, too.
 * Counts are exact and leave the service for svc-anonymize only. */
#pragma once

#include "common/call.h"
#include "svc-peers/policy.h"

enum { CELL_BUCKETS = 1024, USER_ID_SIZE = 16 };

struct cell {
        Peers__CellCount *count;
        struct cell *next; /* of the same hash */
        uint8_t *people;   /* ids of those who were added since cells_forget_people, one behind the other */
        size_t n_people;
        size_t room;
};

struct cells {
        struct arena *arena;
        size_t count;
        struct cell *buckets[CELL_BUCKETS];
};

/* Takes up what was counted before; false when it is not what cells_list gives. The items become part of it. */
bool cells_take(struct cells *cells, size_t n, Peers__CellCount *const *items);

/* Counts somebody in their cell: once in each metric that they gave, in the bin of the clamped value. Nothing of the
 * snapshot is kept. */
void cells_add(struct cells *cells, const uint8_t user_id[USER_ID_SIZE], const Peers__Snapshot *snapshot);

/* All that were counted, in no order; as many as `count`. */
Peers__CellCount **cells_list(const struct cells *cells);

/* The same with the people. */
struct cell **cells_list_people(const struct cells *cells);
void cells_forget_people(struct cells *cells);

/* How many are in the bins of a metric, the first bin first. */
int64_t *cell_bins(const Peers__CellCount *count, int metric);
