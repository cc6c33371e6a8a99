/* SPDX-License-Identifier: Apache-2.0 */
/* Follows one source without a gap: what is pushed is passed on when it is the next event, and what is missing is read.
 * One thread at a time. */
#pragma once

#include "common/event.h"

struct event_follower {
        struct service *service; /* whose client asks */
        const char *source;
        bool is_placed;    /* false: from the oldest event there is */
        uint64_t position; /* of the last event passed on, or looked at */
        /* Takes events in order, each once; `position` is behind them already. They live until it returns. */
        void (*take)(void *owner, size_t count, Events__CloudEvent *const *events);
        void *owner;
};

/* Hears a message of the feed; those of other sources are passed over. May read, and so block for seconds. */
void event_follower_hear(struct event_follower *follower, Events__CloudEvent *event);

/* Reads on to the head. On failure everything up to the position was passed on. What was dropped before it could be
 * read is passed over. */
MUST_CHECK status event_follower_catch_up(struct event_follower *follower);
