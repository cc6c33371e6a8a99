/* SPDX-License-Identifier: Apache-2.0 */
/* Domain events: facts a service publishes in the transaction that makes them true. A message is one by its option
 * (sfp.event), which names its topic; it travels in a CloudEvent (proto/sfp/events.proto). On the wire stands
 * topic \0 packed CloudEvent, so that a subscriber can choose by the first bytes. */
#pragma once

#include "common/call.h"
#include "common/message.h"
#include "sfp/events.pb-c.h"

enum { EVENT_SIZE_MAX = 1 << 20 }; /* bytes of an event's data */

/* Topic of the message that only says how far a source is: its `sequence` is the last there is. */
#define EVENT_HEARTBEAT "heartbeat"

/* Writes an event to the outbox in the call's transaction, with the next statement or the commit. Subscribers see it
 * once that is committed, and never otherwise. The message may be changed afterwards. A message that is no event, or a
 * call without a transaction, is a mistake of ours: INTERNAL. */
MUST_CHECK status event_publish(struct call *call, const ProtobufCMessage *message);

/* The share of `partitionkey` among all keys: never negative, the same everywhere and for ever. */
int32_t event_hash(const char *partitionkey);

/* "goals.share." and "goals.share.published" as the beginning of a topic and a topic in full, in the arena; what is in
 * full already stays. A topic or its beginning, as people and tables write them. */
const char *event_topic(struct arena *arena, const char *text);

/* Does the event's topic begin with `topic`? "": every event's does. A heartbeat has none. */
bool event_has_topic(const Events__CloudEvent *event, const char *topic);

bool event_is_heartbeat(const Events__CloudEvent *event);

/* The service of "/social/<service>"; "" when the source is none. */
const char *event_service(const Events__CloudEvent *event);

/* Does a message of the bus say that there is something to read behind `position`? */
bool event_is_news(uint64_t position, const Events__CloudEvent *event);

/* As it goes over the bus. NULL when memory is out. */
struct message *event_pack(const Events__CloudEvent *event);

/* Takes one off the bus, into the arena. INVALID_ARGUMENT for anything else. */
MUST_CHECK status event_unpack(struct arena *arena, const uint8_t *bytes, size_t size, Events__CloudEvent **out);

/* The same without the topic in front. */
MUST_CHECK status event_unpack_envelope(
        struct arena *arena, const uint8_t *bytes, size_t size, Events__CloudEvent **out);

/* The event's own message. NOT_FOUND when this program does not know the type, INVALID_ARGUMENT when the bytes are none
 * of it. */
MUST_CHECK status event_open(
        const struct schema *schema, struct arena *arena, const Events__CloudEvent *event, ProtobufCMessage **out);
