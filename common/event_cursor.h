/* SPDX-License-Identifier: Apache-2.0 */
/* How far a consumer group is in a source, shard by shard, and what it has given up: rows in the consumer's own schema.
 * All of it happens in the call's transaction. */
#pragma once

#include "common/call.h"
#include "sfp/events.pb-c.h"

/* A group in a source. */
struct event_group {
        const char *name;
        const char *source;
};

/* Makes the group's rows, with `shards` shards, unless it has some; *out is how many it has. */
MUST_CHECK status event_cursor_make(struct call *call, struct event_group group, int shards, int *out);

/* Locks a shard's row and reads it. NOT_FOUND while another process has it. */
MUST_CHECK status event_cursor_take(struct call *call, struct event_group group, int shard, Events__Group *out);

/* Moves a taken cursor; the tries begin anew. */
MUST_CHECK status event_cursor_move(struct call *call, struct event_group group, int shard, uint64_t position);

/* Notes a failed attempt at the event behind a taken cursor: it is due again in `pause_us`. */
MUST_CHECK status event_cursor_fail(struct call *call, struct event_group group, int shard, int64_t pause_us);

/* Notes that the event behind a taken cursor has to wait, through no fault of its own: it is due again in `pause_us`.
 */
MUST_CHECK status event_cursor_wait(struct call *call, struct event_group group, int shard, int64_t pause_us);

/* Keeps an event as dead. */
MUST_CHECK status event_dead_add(
        struct call *call, struct event_group group, const Events__CloudEvent *event, const char *reason, int tries);

/* Locks a dead event that somebody wants tried again. NOT_FOUND: there is none. */
MUST_CHECK status event_dead_take(struct call *call, struct event_group group, Events__Dead *out);
MUST_CHECK status event_dead_remove(struct call *call, struct event_group group, const char *id);
MUST_CHECK status event_dead_fail(struct call *call, struct event_group group, const char *id, const char *reason);

/* Of all groups of this service. */
MUST_CHECK status event_group_list(struct call *call, Events__GroupList *out);
MUST_CHECK status event_dead_list(struct call *call, Events__DeadList *out);

/* Has the event tried again in every group that has given it up; *out counts them. */
MUST_CHECK status event_dead_retry(struct call *call, const char *id, uint64_t *out);
