/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/asyncapi.h"

#include "common/json_write.h"
#include "gateway/openapi_writer.h"

#include <stdlib.h>
#include <string.h>

static const char info[] =
        "{\"asyncapi\":\"3.0.0\",\"info\":{\"title\":\"Social Features Platform: events\",\"version\":\"" SFP_VERSION
        "\",\"description\":\"Domain events as CloudEvents 1.0 in protobuf: the topic, a NUL, and a packed "
        "sfp.events.CloudEvent whose data is the message of the channel. Delivered at least once; events of one subject keep "
        "their order.\",\"license\":{\"name\":\"Apache-2.0\"}},\"defaultContentType\":\"application/protobuf\"";

/* "goals.share.published" */
static const char *type_of(const struct schema_event *event)
{
        return event->rules->type;
}

static const char *message_name(const struct openapi_writer *writer, const struct schema_event *event)
{
        return openapi_schema_name(schema_message_find(writer->schema, event->descriptor));
}

static void write_channel(struct openapi_writer *writer, const struct schema_event *event)
{
        const char *name = message_name(writer, event);
        buffer_printf(&writer->out, "\"%s\":{\"address\":\"%s\"", type_of(event), event->topic);
        openapi_write_description(writer, event->descriptor->name);
        buffer_printf(&writer->out, ",\"messages\":{\"%s\":{\"$ref\":\"#/components/messages/%s\"}}}", name, name);
}

static void write_operation(struct openapi_writer *writer, const struct schema_event *event)
{
        buffer_printf(&writer->out, "\"%s\":{\"action\":\"send\",\"channel\":{\"$ref\":\"#/channels/%s\"}}",
                type_of(event), type_of(event));
}

static const char *privacy_of(const struct schema_event *event)
{
        static const char *const words[] = {
                [SFP__PRIVACY__PRIVACY_PUBLIC] = "public",
                [SFP__PRIVACY__PRIVACY_PSEUDONYMOUS] = "pseudonymous",
                [SFP__PRIVACY__PRIVACY_PERSONAL] = "personal",
        };
        return words[event->rules->privacy];
}

static void write_message(struct openapi_writer *writer, const struct schema_event *event)
{
        const char *name = message_name(writer, event);
        buffer_printf(&writer->out, "\"%s\":{\"name\":\"%s\",\"title\":\"%s\"", name, event->descriptor->name,
                type_of(event));
        openapi_write_description(writer, event->descriptor->name);
        buffer_printf(&writer->out, ",\"x-privacy\":\"%s\"", privacy_of(event));
        if (event->subject != NULL)
                buffer_printf(&writer->out, ",\"x-subject\":\"%s\"", event->subject->name);
        buffer_printf(&writer->out, ",\"payload\":{\"$ref\":\"#/components/schemas/%s\"}}", name);
        openapi_schemas_add(&writer->schemas, schema_message_find(writer->schema, event->descriptor));
}

static void write_events(
        struct openapi_writer *writer, void (*write)(struct openapi_writer *writer, const struct schema_event *event))
{
        for (size_t i = 0; i < schema_event_count(writer->schema); i++) {
                buffer_puts(&writer->out, i > 0 ? "," : "");
                write(writer, schema_event_at(writer->schema, i));
        }
}

char *asyncapi_write(const struct schema *schema)
{
        struct arena *arena = arena_new(0);
        struct openapi_writer *writer = openapi_writer_new(arena, schema);
        buffer_puts(&writer->out, info);
        buffer_puts(&writer->out, ",\"channels\":{");
        write_events(writer, write_channel);
        buffer_puts(&writer->out, "},\"operations\":{");
        write_events(writer, write_operation);
        buffer_puts(&writer->out, "},\"components\":{\"messages\":{");
        write_events(writer, write_message);
        buffer_puts(&writer->out, "},\"schemas\":{");
        openapi_write_schemas(writer);
        buffer_puts(&writer->out, "}}}");
        char *text = strdup(buffer_text(&writer->out)); /* allow(strdup): lives as long as the gateway */
        arena_free(arena);
        return text;
}
