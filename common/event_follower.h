/* SPDX-License-Identifier: Apache-2.0 */
/* Follows one source without a gap. What is pushed only says that there is something to read: anybody who reaches the
 * bus can push, and only what Events.Read answers is passed on. One thread at a time. */
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
        int64_t again_us; /* the source did not answer: it is not asked before */
};

/* Hears a message of the feed; those of other sources are passed over. May read, and so block for seconds. */
void event_follower_hear(struct event_follower *follower, const Events__CloudEvent *event);

/* Places a follower at the first message it hears, or, should that say something far from the truth, close to the
 * source's head. False: it is placed nowhere yet. May block for seconds. */
bool event_follower_place(struct event_follower *follower, const Events__CloudEvent *first);

/* Reads on to the head. On failure everything up to the position was passed on. What was dropped before it could be
 * read is passed over. */
MUST_CHECK status event_follower_catch_up(struct event_follower *follower);
