/* SPDX-License-Identifier: Apache-2.0 */
/* A service's record of its events, in its own schema (common/schema/kit_0002_outbox.sql). A row is written without a
 * sequence; the sequencer gives committed rows theirs, dense from 1; what has one is read by it. Days are dropped as a
 * whole. */
#pragma once

#include "common/call.h"
#include "sfp/events.pb-c.h"

enum { OUTBOX_DAYS_AHEAD = 7, OUTBOX_NUMBER_MAX = 1000 };

/* Queues the row, in the call's transaction; sequence, previous, source and time are not taken from `event`. */
MUST_CHECK status outbox_add(struct call *call, const Events__CloudEvent *event);

/* Gives committed rows their sequences, at most OUTBOX_NUMBER_MAX: `out` says how many, and the last. Any number of
 * processes may do it at once; one does, the others find nothing to do. In no transaction. */
MUST_CHECK status outbox_number(struct call *call, Events__Numbered *out);

/* Lets outbox_number pass over what was drawn more than `patience_s` seconds ago and is numbered. An event whose
 * transaction took longer than that is numbered after the next call of this. In no transaction, now and then. */
MUST_CHECK status outbox_settle(struct call *call, int patience_s);

/* As Events.Read. OUT_OF_RANGE below the floor. Stops early at about 2 MiB. */
MUST_CHECK status outbox_read(struct call *call, const Events__ReadRequest *query, Events__EventList *out);

MUST_CHECK status outbox_positions(struct call *call, Events__Positions *out);

/* Remembers how far a reader is, for outbox_drop; a reader only moves on. */
MUST_CHECK status outbox_note_reader(struct call *call, const char *reader, uint32_t shard, uint64_t position);

/* Makes the days ahead, and drops those that ended more than `keep_h` hours ago and that every reader has behind it; a
 * reader that has not moved for `patience_h` hours is not waited for. */
MUST_CHECK status outbox_make_days(struct call *call);
MUST_CHECK status outbox_drop_days(struct call *call, int64_t keep_h, int64_t patience_h, Events__Dropped *out);
