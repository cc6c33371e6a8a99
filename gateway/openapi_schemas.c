/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/openapi_writer.h"

#include "common/field.h"
#include "common/json_write.h"
#include "sfp/json.pb-c.h"

#include <inttypes.h>
#include <string.h>

static const char root[] = "sfp.";

const char *openapi_schema_name(const struct schema_message *type)
{
        const char *name = type->descriptor->name;
        return strncmp(name, root, strlen(root)) == 0 ? name + strlen(root) : name;
}

bool openapi_field_is_shown(const struct schema_message *type, unsigned i)
{
        return type->rules[i] == NULL || !type->rules[i]->inner;
}

static void add(struct openapi_schemas *schemas, const struct schema_message *type, const struct route *route)
{
        for (size_t i = 0; i < schemas->count; i++)
                if (schemas->rows[i].type->descriptor == type->descriptor)
                        return;
        if (schemas->count == OPENAPI_SCHEMAS_MAX || type->descriptor == &sfp__json__descriptor)
                return; /* nobody knows what it says */
        schemas->rows[schemas->count++] = (struct openapi_schema){type, route};
        for (unsigned i = 0; i < type->descriptor->n_fields; i++)
                if (type->parts[i] != NULL && openapi_field_is_shown(type, i))
                        add(schemas, type->parts[i], NULL);
}

void openapi_schemas_add(struct openapi_schemas *schemas, const struct schema_message *type)
{
        add(schemas, type, NULL);
}

void openapi_schemas_add_body(struct openapi_schemas *schemas, const struct route *route)
{
        add(schemas, route->method->input, route);
}

bool openapi_is_in_path(const struct route *route, const char *name)
{
        for (size_t i = 0; route != NULL && i < route->n_params; i++)
                if (strcmp(route->params[i], name) == 0)
                        return true;
        return false;
}

static const char *const formats[] = {
        [SFP__FORM__FORM_UUID] = "uuid",
        [SFP__FORM__FORM_TIME] = "date-time",
        [SFP__FORM__FORM_DATE] = "date",
        [SFP__FORM__FORM_URL] = "uri",
};

static const char *const patterns[] = {
        [SFP__FORM__FORM_CURRENCY] = "^[A-Z]{3}$",
        [SFP__FORM__FORM_SLUG] = "^[a-z0-9-]+$",
        [SFP__FORM__FORM_WORD] = "^[a-z0-9_]+$",
};

static void write_words(struct buffer *out, const Sfp__FieldRules *rules)
{
        if (rules->n_in == 0)
                return;
        buffer_puts(out, ",\"enum\":[");
        for (size_t i = 0; i < rules->n_in; i++) {
                buffer_puts(out, i > 0 ? "," : "");
                json_write_string(out, rules->in[i]);
        }
        buffer_puts(out, "]");
}

static void write_text(struct buffer *out, const Sfp__FieldRules *rules)
{
        buffer_puts(out, "{\"type\":\"string\"");
        if (rules != NULL) {
                if (rules->has_min_length)
                        buffer_printf(out, ",\"minLength\":%u", rules->min_length);
                if (rules->has_max_length)
                        buffer_printf(out, ",\"maxLength\":%u", rules->max_length);
                if (rules->form < sizeof formats / sizeof *formats && formats[rules->form] != NULL)
                        buffer_printf(out, ",\"format\":\"%s\"", formats[rules->form]);
                if (rules->form < sizeof patterns / sizeof *patterns && patterns[rules->form] != NULL)
                        buffer_printf(out, ",\"pattern\":\"%s\"", patterns[rules->form]);
                write_words(out, rules);
        }
        buffer_puts(out, "}");
}

static void write_integer(struct buffer *out, const Sfp__FieldRules *rules)
{
        buffer_puts(out, "{\"type\":\"integer\"");
        if (rules != NULL && rules->has_min)
                buffer_printf(out, ",\"minimum\":%" PRId64, rules->min);
        if (rules != NULL && rules->has_max)
                buffer_printf(out, ",\"maximum\":%" PRId64, rules->max);
        buffer_puts(out, "}");
}

static void write_real(struct buffer *out, const Sfp__FieldRules *rules)
{
        buffer_puts(out, "{\"type\":\"number\"");
        if (rules != NULL && rules->has_real_min)
                buffer_printf(out, ",\"minimum\":%g", rules->real_min);
        if (rules != NULL && rules->has_real_max)
                buffer_printf(out, ",\"maximum\":%g", rules->real_max);
        buffer_puts(out, "}");
}

static void write_enum(struct buffer *out, const ProtobufCEnumDescriptor *words)
{
        buffer_puts(out, "{\"type\":\"string\",\"enum\":[");
        for (unsigned i = 0; i < words->n_values; i++)
                buffer_printf(out, "%s\"%s\"", i > 0 ? "," : "", words->values[i].name);
        buffer_puts(out, "]}");
}

static void write_value(struct buffer *out, const struct schema_message *type, unsigned i)
{
        const ProtobufCFieldDescriptor *field = &type->descriptor->fields[i];
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
                write_text(out, type->rules[i]);
                break;
        case PROTOBUF_C_TYPE_MESSAGE:
                if (field->descriptor == &sfp__json__descriptor) {
                        buffer_puts(out, "{\"type\":[\"object\",\"array\"]}");
                        break;
                }
                buffer_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", openapi_schema_name(type->parts[i]));
                break;
        case PROTOBUF_C_TYPE_BYTES:
                buffer_puts(out, "{\"type\":\"string\",\"contentEncoding\":\"base64\"}");
                break;
        case PROTOBUF_C_TYPE_BOOL:
                buffer_puts(out, "{\"type\":\"boolean\"}");
                break;
        case PROTOBUF_C_TYPE_DOUBLE:
        case PROTOBUF_C_TYPE_FLOAT:
                write_real(out, type->rules[i]);
                break;
        case PROTOBUF_C_TYPE_ENUM:
                write_enum(out, field->descriptor);
                break;
        default:
                write_integer(out, type->rules[i]);
        }
}

void openapi_write_field(struct buffer *out, const struct schema_message *type, unsigned i)
{
        if (!field_is_repeated(&type->descriptor->fields[i])) {
                write_value(out, type, i);
                return;
        }
        buffer_puts(out, "{\"type\":\"array\"");
        if (type->rules[i] != NULL && type->rules[i]->has_max_items)
                buffer_printf(out, ",\"maxItems\":%u", type->rules[i]->max_items);
        buffer_puts(out, ",\"items\":");
        write_value(out, type, i);
        buffer_puts(out, "}");
}

static bool is_listed(const struct openapi_schema *schema, unsigned i)
{
        return openapi_field_is_shown(schema->type, i) &&
               !openapi_is_in_path(schema->route, schema->type->descriptor->fields[i].name);
}

static void write_required(struct buffer *out, const struct openapi_schema *schema)
{
        const struct schema_message *type = schema->type;
        const char *before = ",\"required\":[";
        bool has_some = false;
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                if (type->rules[i] == NULL || !type->rules[i]->required || !is_listed(schema, i))
                        continue;
                buffer_printf(out, "%s\"%s\"", before, type->descriptor->fields[i].name);
                before = ",";
                has_some = true;
        }
        buffer_puts(out, has_some ? "]" : "");
}

/* The schema of a field with what is said of it: members beside a $ref are allowed since 3.1. */
static void write_property(struct openapi_writer *writer, const struct schema_message *type, unsigned i)
{
        const char *name = type->descriptor->fields[i].name;
        buffer_printf(&writer->out, "\"%s\":", name);
        openapi_write_field(&writer->out, type, i);
        writer->out.length--; /* its closing brace */
        openapi_write_description(writer, arena_printf(writer->arena, "%s.%s", type->descriptor->name, name));
        buffer_puts(&writer->out, "}");
}

static void write_type(struct openapi_writer *writer, const struct openapi_schema *schema)
{
        const char *before = "";
        buffer_puts(&writer->out, "{\"type\":\"object\"");
        openapi_write_description(writer, schema->type->descriptor->name);
        buffer_puts(&writer->out, ",\"properties\":{");
        for (unsigned i = 0; i < schema->type->descriptor->n_fields; i++) {
                if (!is_listed(schema, i))
                        continue;
                buffer_puts(&writer->out, before);
                write_property(writer, schema->type, i);
                before = ",";
        }
        buffer_puts(&writer->out, "}");
        write_required(&writer->out, schema);
        buffer_puts(&writer->out, "}");
}

void openapi_write_schemas(struct openapi_writer *writer)
{
        for (size_t i = 0; i < writer->schemas.count; i++) {
                const struct openapi_schema *schema = &writer->schemas.rows[i];
                buffer_printf(&writer->out, "%s\"%s\":", i > 0 ? "," : "", openapi_schema_name(schema->type));
                write_type(writer, schema);
        }
}
