/* SPDX-License-Identifier: Apache-2.0 */
/* The pushing end of the event bus: an NNG pub socket. What is pushed may be lost on the way to a slow subscriber; that
 * is allowed, because it is only a hint. Used by one thread at a time. */
#pragma once

#include "common/status.h"
#include "sfp/events.pb-c.h"

struct event_push;

/* Listens. An ipc path is held by a lock file beside it; ALREADY_EXISTS when another process has it. */
MUST_CHECK status event_push_open(const char *url, struct event_push **out);
void event_push_close(struct event_push *push);

/* Hands an event, or a heartbeat, to every subscriber that is connected. Waits for none. */
void event_push_send(struct event_push *push, const Events__CloudEvent *event);
