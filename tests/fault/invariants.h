/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of an instance whatever happened to it, read from outside: its database, its event log, its answers.
 *   I1 every acknowledged write is there, exactly once: one effect, one key, one event a change
 *   I3 what was refused left nothing; what is unknown happened once or not at all
 *   I4 every outbox is numbered densely from 1, and its ids are unique
 *   I5 every consumer has applied all of it, once
 *   I6 counters are the number of their rows
 *   I7 who was told that something is there can read it at once
 *   I8 no call ended later than its deadline and 50 ms
 *   I9 processes hold as many descriptors and threads afterwards as before, and little more memory */
#pragma once

#include "tests/fault/load.h"

/* How the database stood before a load. */
struct ledger {
        long shares;
        long keys;
        long owners;
};
struct ledger ledger_read(void);

/* I1, I3, I4, I5, I6, I7 over what the load did since. Waits, bounded, until what is under way has settled. */
void expect_effects(const struct ledger *before, const struct load *load);

/* The same, and I8. */
void expect_invariants(const struct ledger *before, const struct load *load);

/* I4 and I5 alone. */
void expect_events_whole(void);

/* What one process of the instance holds. */
struct holdings {
        long memory_kib;
        long descriptors;
        long threads;
};
struct holdings holdings_of(const char *name);
