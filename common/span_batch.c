/* SPDX-License-Identifier: Apache-2.0 */
#include "common/span_batch.h"

#include "otlp/trace.pb-c.h"

#include <string.h>

enum { ID_SIZE = 8, TRACE_ID_SIZE = 16, STATUS_ERROR = 2, FLAG_SAMPLED = 1, ATTRIBUTES_FIXED = 3 };

static char *text(const char *of)
{
        return (char *)(size_t)of; /* it is only read */
}

static unsigned digit_value(char digit)
{
        return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* An id of `size` bytes from twice as many digits; empty when there are none. */
static ProtobufCBinaryData id_of(struct arena *arena, const char *digits, size_t size)
{
        if (*digits == '\0')
                return (ProtobufCBinaryData){0};
        uint8_t *bytes = arena_alloc(arena, size);
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)(digit_value(digits[2 * i]) << 4 | digit_value(digits[2 * i + 1]));
        return (ProtobufCBinaryData){size, bytes};
}

static Otlp__KeyValue *pair(struct arena *arena, const char *key, const char *value, int64_t number)
{
        Otlp__KeyValue *out = arena_alloc(arena, sizeof *out);
        otlp__key_value__init(out);
        out->key = text(key);
        out->value = arena_alloc(arena, sizeof *out->value);
        otlp__any_value__init(out->value);
        out->value->string_value = text(value);
        out->value->has_int_value = value == NULL;
        out->value->int_value = number;
        return out;
}

static void add_attributes(struct arena *arena, const struct span *span, Otlp__Span *out)
{
        out->attributes = arena_alloc(arena, (SPAN_ATTRIBUTES_MAX + 1) * sizeof *out->attributes);
        for (int i = 0; i < span->n_attributes; i++) {
                const struct span_attribute *one = &span->attributes[i];
                out->attributes[out->n_attributes++] = pair(arena, one->key, one->text, one->number);
        }
        if (*span->peer != '\0')
                out->attributes[out->n_attributes++] = pair(arena, "server.address", span->peer, 0);
}

static Otlp__Span *convert(struct arena *arena, const struct span *span, int64_t unix_offset_us)
{
        Otlp__Span *out = arena_alloc(arena, sizeof *out);
        otlp__span__init(out);
        out->has_trace_id = out->has_span_id = out->has_kind = out->has_flags = 1;
        out->trace_id = id_of(arena, span->trace.trace_id, TRACE_ID_SIZE);
        out->span_id = id_of(arena, span->trace.span_id, ID_SIZE);
        out->parent_span_id = id_of(arena, span->trace.parent_id, ID_SIZE);
        out->has_parent_span_id = out->parent_span_id.len > 0;
        out->name = span->verb == NULL ? text(span->name) : arena_printf(arena, "%s %s", span->verb, span->name);
        out->kind = (int32_t)span->kind;
        out->has_start_time_unix_nano = out->has_end_time_unix_nano = 1;
        out->start_time_unix_nano = (uint64_t)(span->started_us + unix_offset_us) * 1000;
        out->end_time_unix_nano = (uint64_t)(span->ended_us + unix_offset_us) * 1000;
        out->flags = FLAG_SAMPLED;
        add_attributes(arena, span, out);
        if (span->is_failed) {
                out->status = arena_alloc(arena, sizeof *out->status);
                otlp__status__init(out->status);
                out->status->has_code = 1;
                out->status->code = STATUS_ERROR;
        }
        return out;
}

static Otlp__Resource *resource_of(struct arena *arena, const struct span_origin *origin)
{
        Otlp__Resource *out = arena_alloc(arena, sizeof *out);
        otlp__resource__init(out);
        out->attributes = arena_alloc(arena, (origin->attributes.count + ATTRIBUTES_FIXED) * sizeof *out->attributes);
        out->attributes[out->n_attributes++] = pair(arena, "service.name", origin->service_name, 0);
        out->attributes[out->n_attributes++] = pair(arena, "service.version", SFP_VERSION, 0);
        if (*origin->instance != '\0')
                out->attributes[out->n_attributes++] = pair(arena, "service.instance.id", origin->instance, 0);
        for (size_t i = 0; i < origin->attributes.count; i++)
                out->attributes[out->n_attributes++] =
                        pair(arena, origin->attributes.all[i].name, origin->attributes.all[i].value, 0);
        return out;
}

uint8_t *span_batch_pack(struct arena *arena, const struct span_origin *origin, const struct span *spans, size_t count,
        int64_t unix_offset_us, size_t *size)
{
        Otlp__Scope scope = OTLP__SCOPE__INIT;
        Otlp__ScopeSpans of_scope = OTLP__SCOPE_SPANS__INIT, *scopes[] = {&of_scope};
        Otlp__ResourceSpans of_resource = OTLP__RESOURCE_SPANS__INIT, *resources[] = {&of_resource};
        Otlp__ExportTraceRequest request = OTLP__EXPORT_TRACE_REQUEST__INIT;
        scope.name = text("sfp");
        scope.version = text(SFP_VERSION);
        of_scope.scope = &scope;
        of_scope.spans = arena_alloc(arena, (count + 1) * sizeof *of_scope.spans);
        for (size_t i = 0; i < count; i++)
                of_scope.spans[of_scope.n_spans++] = convert(arena, &spans[i], unix_offset_us);
        of_resource.resource = resource_of(arena, origin);
        of_resource.n_scope_spans = request.n_resource_spans = 1;
        of_resource.scope_spans = scopes;
        request.resource_spans = resources;
        uint8_t *bytes = arena_alloc(arena, otlp__export_trace_request__get_packed_size(&request));
        *size = otlp__export_trace_request__pack(&request, bytes);
        return bytes;
}
