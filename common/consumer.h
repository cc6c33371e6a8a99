/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the events of a service for good: a consumer group applies each event of its topics exactly once, whatever is
 * lost, repeated or killed, because the effect and the group's cursor are kept in one transaction. Of N replicas one at
 * a time works on a shard; events of one partition key are applied in order.
 *
 * A handler that fails is tried again, CONSUMER_TRIES times in all, with growing pauses; the events behind it on its
 * shard wait. Then the event goes to the table event_dead, with the cursor, and the shard goes on. A handler that fails
 * with UNAVAILABLE, because something it needs is away, has not tried: it is asked again for as long as that takes. */
#pragma once

#include "common/event.h"

enum { CONSUMER_TRIES = 8, CONSUMER_SHARDS_MAX = 64 };

/* A row of a service's table; the table ends with a row without group. */
struct event_consumer {
        const char *group;  /* unique in its service; names its cursor for ever */
        const char *source; /* the service whose events it takes */
        const char *topic;  /* "goals.share.published", or the beginning of several: "goals.share." */
        /* Applies one event in the transaction of `call`, which is the service's own. `data` is the event's message.
         * What it writes is kept exactly once; what it does elsewhere must bear to be done again. */
        status (*apply)(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data);
};

struct consumer;

struct consumer_settings {
        const char *database_url;
        int64_t query_timeout_us;
        int shards; /* of a group that has no cursor yet; one that has keeps its own */
};

/* Starts to apply what there is, and then what comes. `row` is kept. */
struct consumer *consumer_start(
        struct service *service, const struct event_consumer *row, const struct consumer_settings *settings);
void consumer_stop(struct consumer *consumer);

/* Says that its source has this event, or is as far as this heartbeat. Cheap; never blocks. */
void consumer_hint(struct consumer *consumer, const Events__CloudEvent *event);
