/* SPDX-License-Identifier: Apache-2.0 */
/* What a service hears of events: its consumer groups (common/consumer.h), and listeners, the other kind of
 * subscription: each process hears every event from when it starts, and nothing is kept. One feed serves them all. */
#pragma once

#include "common/consumer.h"
#include "common/service.h"

/* A row of a table that ends with a row without `hear`. */
struct event_listener {
        const char *source; /* NULL: the service itself, all its replicas */
        const char *topic;  /* as event_consumer's */
        /* Quick, and harmless when done twice. */
        void (*hear)(struct service *service, const ProtobufCMessage *data);
};

struct events;

struct events_settings {
        const char *pattern; /* of the sources' addresses; "nats://host:port": a broker */
        struct consumer_settings consumer;
};

/* Starts what the service's definition names, and what the kit itself listens to. `settings` are copied. */
MUST_CHECK status events_start(struct service *service, const struct events_settings *settings, struct events **out);
void events_stop(struct events *events);
