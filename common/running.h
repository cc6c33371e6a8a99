/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that run in this server, by the id their caller gave them, so that a caller who no longer waits can say so.
 * A caller reaches its own calls only. Knows no threads: all functions may be called from any, and none waits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct running;

/* Room for `capacity` calls at a time. */
struct running *running_new(int capacity);
void running_free(struct running *running);

/* A call's place, held from its beginning to its end. */
struct running_mark {
        struct running *running; /* NULL: the call has no id and cannot be cancelled */
        size_t place;
        uint64_t key;
};

/* False when this caller has a call of that id running already: a second one must not begin. `running` NULL, an id of
 * zero, or no room: the call begins without a mark. `caller` may be NULL. */
bool running_begin(struct running *running, uint64_t call_id, const char *caller, struct running_mark *out);
void running_end(struct running_mark *mark);

/* Marks a call; false when it is not running. A call that has not begun is remembered for a while, and is cancelled
 * from its beginning. */
bool running_cancel(struct running *running, uint64_t call_id, const char *caller);

/* Marks all that run now. */
void running_cancel_all(struct running *running);

bool running_is_cancelled(const struct running_mark *mark);
