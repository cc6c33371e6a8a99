/* SPDX-License-Identifier: Apache-2.0 */
/* Replies come on threads of the mesh, each into a place of its own; whoever brings the last one writes the response.
 */
#include "gateway/fan_out.h"

#include "common/client.h"
#include "common/field.h"
#include "common/kit_parts.h"
#include "common/rpc_span.h"
#include "gateway/gateway.h"
#include "gateway/http.h"
#include "gateway/platform_summary.h"
#include "gateway/relay.h"
#include "gateway/respond.h"

#include <stdatomic.h>
#include <string.h>

struct fan_out;

struct part {
        struct fan_out *fan_out;
        const char *service;
        status status;
        struct message *message;
        bool has_span;
        struct span span; /* of the call, when it has one */
};

struct fan_out {
        struct exchange *exchange;
        atomic_size_t n_waiting;
        size_t n_parts;
        struct part parts[FAN_OUT_MAX];
};

bool fan_out_applies(const struct schema_method *method)
{
        return kit_part_tables(method->service) != NULL;
}

static bool is_listed(const struct fan_out *fan_out, const char *service)
{
        for (size_t i = 0; i < fan_out->n_parts; i++)
                if (strcmp(fan_out->parts[i].service, service) == 0)
                        return true;
        return false;
}

static void list_services(struct fan_out *fan_out, const struct schema *schema)
{
        for (size_t i = 0; i < schema_method_count(schema) && fan_out->n_parts < FAN_OUT_MAX; i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                if (!fan_out_applies(method) && !is_listed(fan_out, method->service))
                        fan_out->parts[fan_out->n_parts++] =
                                (struct part){.fan_out = fan_out, .service = method->service};
        }
}

/* Appends `count` values to a repeated field. */
static void append(struct arena *arena, ProtobufCMessage *into, const ProtobufCFieldDescriptor *field,
        const void *values, size_t count)
{
        size_t size = field_value_size(field);
        size_t *n = field_quantifier(into, field);
        void **place = field_place(into, field);
        char *all = arena_alloc(arena, (*n + count) * size + 1);
        if (*n > 0)
                memcpy(all, *place, *n * size);
        if (count > 0)
                memcpy(all + *n * size, values, count * size);
        *place = all;
        *n += count;
}

static void join_value(ProtobufCMessage *into, const ProtobufCMessage *from, const ProtobufCFieldDescriptor *field)
{
        if (!field_is_set(from, field) || field_is_pointer(field))
                return;
        if (!field_is_set(into, field)) {
                memcpy(field_place(into, field), field_place(from, field), field_value_size(field));
                *(protobuf_c_boolean *)field_quantifier(into, field) = 1;
                return;
        }
        if (field->type == PROTOBUF_C_TYPE_INT64)
                *(int64_t *)field_place(into, field) += *(int64_t *)field_place(from, field);
        else if (field->type == PROTOBUF_C_TYPE_INT32)
                *(int32_t *)field_place(into, field) += *(int32_t *)field_place(from, field);
        else if (field->type == PROTOBUF_C_TYPE_BOOL)
                *(protobuf_c_boolean *)field_place(into, field) &= *(protobuf_c_boolean *)field_place(from, field);
}

void fan_out_join(struct arena *arena, ProtobufCMessage *into, const ProtobufCMessage *from)
{
        for (unsigned i = 0; i < into->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &into->descriptor->fields[i];
                if (field_is_repeated(field))
                        append(arena, into, field, *(void **)field_place(from, field),
                                *(size_t *)field_quantifier(from, field));
                else
                        join_value(into, from, field);
        }
}

/* Says in the answer itself that it lacks a part. */
static void note_unanswered(struct arena *arena, ProtobufCMessage *into, const char *service)
{
        const ProtobufCFieldDescriptor *names =
                protobuf_c_message_descriptor_get_field_by_name(into->descriptor, "unanswered");
        const ProtobufCFieldDescriptor *complete =
                protobuf_c_message_descriptor_get_field_by_name(into->descriptor, "complete");
        if (names != NULL)
                append(arena, into, names, &service, 1);
        if (complete != NULL)
                *(protobuf_c_boolean *)field_place(into, complete) = 0;
}

static void respond(struct fan_out *fan_out)
{
        struct exchange *exchange = fan_out->exchange;
        struct client_reply replies[FAN_OUT_MAX];
        struct client_reply *joined = NULL;
        for (size_t i = 0; i < fan_out->n_parts; i++) {
                const struct part *part = &fan_out->parts[i];
                client_reply_read(
                        exchange->arena, exchange->match.route->method, part->status, part->message, &replies[i]);
                if (replies[i].status != STATUS_OK)
                        continue;
                if (joined == NULL)
                        joined = &replies[i];
                else
                        fan_out_join(exchange->arena, joined->payload, replies[i].payload);
        }
        size_t n_unanswered = 0;
        for (size_t i = 0; joined != NULL && i < fan_out->n_parts; i++)
                if (replies[i].status != STATUS_OK) {
                        note_unanswered(exchange->arena, joined->payload, fan_out->parts[i].service);
                        n_unanswered++;
                }
        int code = joined == NULL ? 0 : platform_sum_up(joined->payload, n_unanswered);
        respond_reply(exchange, joined == NULL ? &replies[0] : joined, 0);
        if (code != 0)
                exchange->response.code = code;
}

/* On a thread of the mesh. */
static void finish(void *arg, status outcome, struct message *message)
{
        struct part *part = arg;
        struct fan_out *fan_out = part->fan_out;
        if (part->has_span)
                rpc_span_end(fan_out->exchange->gateway->settings.tracer, &part->span, outcome, message);
        part->status = outcome;
        part->message = message;
        if (atomic_fetch_sub(&fan_out->n_waiting, 1) > 1)
                return;
        struct exchange *exchange = fan_out->exchange;
        respond(fan_out);
        http_resume(exchange);
}

void fan_out_start(struct exchange *exchange, const Sfp__Caller *caller, const ProtobufCMessage *input)
{
        const struct schema_method *method = exchange->match.route->method;
        struct fan_out *fan_out = arena_zalloc(exchange->arena, sizeof *fan_out);
        Sfp__RequestHeader *header = relay_header(exchange, caller);
        struct client *client = exchange->gateway->client;
        struct tracer *tracer = exchange->gateway->settings.tracer;
        fan_out->exchange = exchange;
        list_services(fan_out, exchange->gateway->schema);
        size_t n_parts = fan_out->n_parts; /* once the last call is started, another thread may end it all */
        atomic_store(&fan_out->n_waiting, n_parts);
        http_suspend(exchange);
        for (size_t i = 0; i < n_parts; i++) {
                struct part *part = &fan_out->parts[i];
                part->has_span = rpc_span_begin(
                        tracer, &exchange->trace, method, part->service, &part->span, header->traceparent);
                client_start(client, part->service, method, header, input, finish, part);
        }
}
