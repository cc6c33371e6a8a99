/* SPDX-License-Identifier: Apache-2.0 */
/* The listening end of the event bus: one NNG sub socket that dials every replica of every source, now, after each
 * loss, and when a name gets other addresses. Nothing is filtered and nothing is promised: events may be missing, and
 * what is missing shows in the sequences (event_is_news). */
#pragma once

#include "common/event.h"

struct event_feed;

struct event_feed_settings {
        const char *pattern; /* of the sources' addresses (common/endpoints.h); EVENTS_ADDRESS_<SERVICE> overrides */
        const char *const *sources; /* services; NULL-terminated */
        /* Takes an event, or a heartbeat, which lives until it returns. On a thread of the feed's own, one at a time.
         */
        void (*take)(void *owner, Events__CloudEvent *event);
        void *owner;
};

/* `settings` and what it points to are kept. */
MUST_CHECK status event_feed_open(const struct event_feed_settings *settings, struct event_feed **out);

/* `take` is not called any more. */
void event_feed_close(struct event_feed *feed);
