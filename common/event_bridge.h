/* SPDX-License-Identifier: Apache-2.0 */
/* A message broker in place of the bus, for clusters that outgrow it: NATS JetStream. The outbox stays the record and
 * Events.Read the truth; the broker gets every event at least once, in order, under its own topic as subject and its id
 * as Nats-Msg-Id, by which the broker drops what it gets twice. A cursor in the outbox's schema moves when the broker
 * has acknowledged. Built where libnats is (cmake/Libraries.cmake); elsewhere opening is UNIMPLEMENTED. */
#pragma once

#include "common/event_feed.h"

struct event_bridge;

/* Does this name a broker ("nats://...") rather than the bus? */
bool event_bridge_is_address(const char *url);

/* For the relay. Does not wait for the broker: it is connected to in the background, now and after each loss. */
MUST_CHECK status event_bridge_open(const char *url, struct event_bridge **out);
void event_bridge_close(struct event_bridge *bridge); /* NULL is allowed */

/* Hands on what the broker has not acknowledged yet, up to `head`. Any number of replicas may try; one does. In no
 * transaction when called. UNAVAILABLE when the broker did not take it. */
MUST_CHECK status event_bridge_carry(struct event_bridge *bridge, struct call *call, uint64_t head);

/* Says how far the source is, to whoever listens. */
void event_bridge_beat(struct event_bridge *bridge, const Events__CloudEvent *heartbeat);

/* For subscribers: what the broker pushes goes to settings->take as from the bus. */
MUST_CHECK status event_bridge_follow(
        const char *url, const struct event_feed_settings *settings, struct event_bridge **out);
