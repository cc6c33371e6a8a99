/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event.h"

#include "common/field.h"
#include "common/frame.h"
#include "common/outbox.h"
#include "common/service.h"
#include "common/uuid.h"

#include <string.h>

static const char prefix[] = "com.financialplanning.social.";
static const char source_prefix[] = "/social/";
static const char *const privacy_classes[] = {"public", "pseudonymous", "personal"};

/* Who makes it true, as far as subscribers are told. */
static const char *actor_class(const struct call *call)
{
        if (call->caller->user_id == NULL)
                return "system";
        return call_has_role(call, "mod") || call_has_role(call, "admin") ? "moderator" : "user";
}

static char *subject_of(const struct schema_event *event, const ProtobufCMessage *message)
{
        return event->subject == NULL ? NULL : *(char **)field_place(message, event->subject);
}

static bool is_in_transaction(const struct call *call)
{
        return call->db != NULL && (call->method == NULL || call->method->rules->transaction);
}

status event_publish(struct call *call, const ProtobufCMessage *message)
{
        const struct schema_event *event = schema_event_of(call->service->schema, message->descriptor);
        size_t size = protobuf_c_message_get_packed_size(message);
        if (event == NULL || !is_in_transaction(call) || size > EVENT_SIZE_MAX)
                return call_fail(call, STATUS_INTERNAL, "%s cannot be published here", message->descriptor->short_name);
        Events__CloudEvent envelope = EVENTS__CLOUD_EVENT__INIT;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        char *traceparent = arena_alloc(call->arena, TRACE_PARENT_SIZE);
        uuid_v7(id);
        trace_format(&call->trace, traceparent);
        envelope.id = id;
        envelope.type = (char *)(size_t)event->topic;
        envelope.subject = subject_of(event, message);
        envelope.dataschema = (char *)(size_t)message->descriptor->name;
        envelope.partitionkey = envelope.subject != NULL ? envelope.subject : envelope.type;
        envelope.traceparent = traceparent;
        envelope.actorclass = (char *)(size_t)actor_class(call);
        envelope.privacyclass = (char *)(size_t)privacy_classes[event->rules->privacy];
        envelope.causationid = (char *)(size_t)call->causation_id;
        envelope.has_data = 1;
        envelope.data = (ProtobufCBinaryData){size, arena_alloc(call->arena, size + 1)};
        protobuf_c_message_pack(message, envelope.data.data);
        TRY(outbox_add(call, &envelope));
        call->has_published = true;
        return STATUS_OK;
}

int32_t event_hash(const char *partitionkey)
{
        uint32_t hash = 2166136261U; /* FNV-1a */
        for (; *partitionkey != '\0'; partitionkey++)
                hash = (hash ^ (uint8_t)*partitionkey) * 16777619U;
        return (int32_t)((hash ^ hash >> 16) & INT32_MAX);
}

const char *event_topic(struct arena *arena, const char *text)
{
        size_t length = strlen(text);
        if (*text == '\0' || strncmp(text, prefix, strlen(prefix)) == 0)
                return text;
        const char *first = strchr(text, '.');
        const char *second = first == NULL ? NULL : strchr(first + 1, '.');
        bool is_whole = second != NULL && second[1] != '\0' && strchr(second + 1, '.') == NULL;
        return arena_printf(arena, "%s%.*s%s", prefix, (int)length, text, is_whole ? ".v1" : "");
}

bool event_is_heartbeat(const Events__CloudEvent *event)
{
        return strcmp(event->type, EVENT_HEARTBEAT) == 0;
}

bool event_has_topic(const Events__CloudEvent *event, const char *topic)
{
        return !event_is_heartbeat(event) && strncmp(event->type, topic, strlen(topic)) == 0;
}

const char *event_service(const Events__CloudEvent *event)
{
        bool is_ours = event->source != NULL && strncmp(event->source, source_prefix, strlen(source_prefix)) == 0;
        return is_ours ? event->source + strlen(source_prefix) : "";
}

bool event_is_news(uint64_t position, const Events__CloudEvent *event)
{
        return event->sequence > position;
}

struct message *event_pack(const Events__CloudEvent *event)
{
        size_t topic = strlen(event->type) + 1;
        struct message *message = message_new(topic + protobuf_c_message_get_packed_size(&event->base));
        if (message == NULL)
                return NULL;
        memcpy(message_bytes(message), event->type, topic);
        protobuf_c_message_pack(&event->base, message_bytes(message) + topic);
        return message;
}

status event_unpack_envelope(struct arena *arena, const uint8_t *bytes, size_t size, Events__CloudEvent **out)
{
        ProtobufCMessage *message;
        TRY(frame_unpack(arena, &events__cloud_event__descriptor, bytes, size, &message));
        Events__CloudEvent *event = (Events__CloudEvent *)message;
        if (event->type == NULL || event->source == NULL || !event->has_sequence)
                return STATUS_INVALID_ARGUMENT;
        *out = event;
        return STATUS_OK;
}

status event_unpack(struct arena *arena, const uint8_t *bytes, size_t size, Events__CloudEvent **out)
{
        const uint8_t *end = memchr(bytes, '\0', size);
        if (end == NULL)
                return STATUS_INVALID_ARGUMENT;
        return event_unpack_envelope(arena, end + 1, size - (size_t)(end + 1 - bytes), out);
}

status event_open(
        const struct schema *schema, struct arena *arena, const Events__CloudEvent *event, ProtobufCMessage **out)
{
        const struct schema_event *type = schema_event_find(schema, event->dataschema);
        if (type == NULL)
                return STATUS_NOT_FOUND;
        return frame_unpack(arena, type->descriptor, event->data.data, event->data.len, out);
}
