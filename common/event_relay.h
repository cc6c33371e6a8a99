/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a service's committed events to the bus: numbers them, pushes them, says each second how far it is, and sees
 * to the outbox's days. Every replica has one, none leads; what one has numbered and not pushed, subscribers find by
 * the next heartbeat of any. */
#pragma once

#include "common/service.h"

struct event_relay;

struct event_relay_settings {
        const char *listen; /* where the bus is listened on */
        const char *broker; /* "nats://host:port" instead of the bus; "": none */
        const char *database_url;
        int64_t query_timeout_us;
        int64_t retention_h; /* events are kept at least so long */
        int64_t patience_h;  /* how long a reader that does not move is waited for */
};

/* Starts it. `settings` are copied, their texts kept. ALREADY_EXISTS when another process listens there. */
MUST_CHECK status event_relay_start(
        struct service *service, const struct event_relay_settings *settings, struct event_relay **out);
void event_relay_stop(struct event_relay *relay);

/* Says that events were committed; costs next to nothing. NULL is allowed: another replica's relay will look. */
void event_relay_wake(struct event_relay *relay);
