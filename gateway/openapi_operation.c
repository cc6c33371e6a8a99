/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/openapi_writer.h"

#include <ctype.h>
#include <string.h>

static bool takes_key(const struct route *route)
{
        return !route_is_read(route) && route->method->rules->idempotency != SFP__IDEMPOTENCY__IDEMPOTENCY_NONE;
}

static bool takes_body(const struct route *route)
{
        return route->rule->body != NULL && route->rule->success != 204;
}

static bool gives_body(const struct route *route)
{
        return route_is_read(route) && route->rule->success != 204 && route->rule->type == NULL;
}

/* What many operations take beside their own, Authorization apart. */
static const struct common_parameter {
        const char *key; /* in components */
        const char *name;
        const char *in;
        const char *description;
        const char *schema;
        bool (*applies)(const struct route *route);
} common_parameters[] = {
        {"IdempotencyKey", "Idempotency-Key", "header",
                "Makes the request safe to send again for 24 hours: the same key and body get the first answer.",
                "\"type\":\"string\",\"minLength\":1,\"maxLength\":255", takes_key},
        {"IfMatch", "If-Match", "header", "The ETag last seen: the change happens only if it still is the newest.",
                "\"type\":\"string\"", route_is_change},
        {"IfNoneMatch", "If-None-Match", "header",
                "ETags that are kept: 304 without a body when one of them is the newest.", "\"type\":\"string\"",
                route_is_read},
        {"Prefer", "Prefer", "header", "return=minimal: 204, or what was made by its Location alone.",
                "\"type\":\"string\"", takes_body},
        {"Fields", "fields", "query", "Which fields are wanted, such as items.id,next_cursor; absent: all.",
                "\"type\":\"string\"", gives_body},
};

enum { COMMON_PARAMETERS = sizeof common_parameters / sizeof *common_parameters };

void openapi_write_parameters(struct buffer *out)
{
        for (size_t i = 0; i < COMMON_PARAMETERS; i++) {
                const struct common_parameter *row = &common_parameters[i];
                buffer_printf(out, "%s\"%s\":{\"name\":\"%s\",\"in\":\"%s\",\"description\":\"%s\",\"schema\":{%s}}",
                        i > 0 ? "," : "", row->key, row->name, row->in, row->description, row->schema);
        }
}

static void write_parameter(struct openapi_writer *writer, const struct route *route, unsigned i)
{
        const struct schema_message *type = route->method->input;
        const char *name = type->descriptor->fields[i].name;
        bool is_path = openapi_is_in_path(route, name);
        bool is_required = is_path || (type->rules[i] != NULL && type->rules[i]->required);
        buffer_printf(&writer->out, "{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s", name, is_path ? "path" : "query",
                is_required ? "true" : "false");
        openapi_write_description(writer, arena_printf(writer->arena, "%s.%s", type->descriptor->name, name));
        buffer_puts(&writer->out, ",\"schema\":");
        openapi_write_field(&writer->out, type, i);
        buffer_puts(&writer->out, "}");
}

/* What stands in the path, without a body in the query, and what many take. */
static void write_parameters(struct openapi_writer *writer, const struct route *route)
{
        const struct schema_message *type = route->method->input;
        const char *before = "";
        buffer_puts(&writer->out, ",\"parameters\":[");
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                if (!openapi_field_is_shown(type, i) ||
                        (route->rule->body != NULL && !openapi_is_in_path(route, type->descriptor->fields[i].name)))
                        continue;
                buffer_puts(&writer->out, before);
                write_parameter(writer, route, i);
                before = ",";
        }
        for (size_t i = 0; i < COMMON_PARAMETERS; i++) {
                if (!common_parameters[i].applies(route))
                        continue;
                buffer_printf(
                        &writer->out, "%s{\"$ref\":\"#/components/parameters/%s\"}", before, common_parameters[i].key);
                before = ",";
        }
        buffer_puts(&writer->out, "]");
}

static void write_content(struct openapi_writer *writer, const struct schema_message *type, const struct route *route)
{
        buffer_printf(&writer->out,
                "\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}",
                openapi_schema_name(type));
        buffer_puts(&writer->out, ",\"example\":");
        openapi_write_example(&writer->out, &(struct openapi_schema){type, route});
        buffer_puts(&writer->out, "}}");
}

static void write_roles(struct buffer *out, const Sfp__MethodRules *rules)
{
        bool is_public = false;
        buffer_puts(out, ",\"x-roles\":[");
        for (size_t i = 0; i < rules->n_roles; i++) {
                buffer_printf(out, "%s\"%s\"", i > 0 ? "," : "", rules->roles[i]);
                is_public |= strcmp(rules->roles[i], "public") == 0;
        }
        buffer_printf(out, "],\"security\":[%s]", is_public ? "{},{\"bearer\":[]}" : "{\"bearer\":[]}");
}

static const char *rate_of(const Sfp__MethodRules *rules)
{
        static const char *const names[] = {
                [SFP__RATE_CLASS__RATE_READ] = "read",
                [SFP__RATE_CLASS__RATE_WRITE] = "write",
                [SFP__RATE_CLASS__RATE_HEAVY] = "heavy",
        };
        return names[rules->rate];
}

/* "CreateShare" as "Create share"; the n-th route of a method (from 1) is told apart by its number. */
static void write_names(struct openapi_writer *writer, const struct route *route)
{
        struct buffer *out = &writer->out;
        const struct schema_method *method = route->method;
        const char *name = strrchr(method->name, '.') + 1;
        size_t number = 1;
        while (method->rules->route[number - 1] != route->rule)
                number++;
        buffer_printf(out, "\"operationId\":\"%s.%s", method->service, name);
        if (number > 1)
                buffer_printf(out, "%zu", number);
        buffer_printf(out, "\",\"tags\":[\"%s\"],\"summary\":\"%c", method->service, *name);
        for (const char *at = name + 1; *at != '\0'; at++)
                buffer_printf(out, isupper((unsigned char)*at) ? " %c" : "%c", tolower((unsigned char)*at));
        buffer_puts(out, "\"");
        openapi_write_description(writer, method->name);
}

static void write_file(struct buffer *out, const char *type)
{
        buffer_printf(out,
                ",\"headers\":{\"Content-Disposition\":{\"description\":\"attachment, and the name of the file.\",\"schema\":"
                "{\"type\":\"string\"}}},\"content\":{\"%s\":{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}}",
                type);
}

static void write_success(struct openapi_writer *writer, const struct route *route, unsigned code)
{
        buffer_printf(&writer->out, "\"%u\":{\"description\":\"Done.\"", code);
        if (route->rule->type != NULL)
                write_file(&writer->out, route->rule->type);
        else if (code != 204) {
                openapi_schemas_add(&writer->schemas, route->method->output);
                buffer_puts(&writer->out, ",");
                write_content(writer, route->method->output, NULL);
        }
        buffer_puts(&writer->out, "}");
}

static void write_responses(struct openapi_writer *writer, const struct route *route)
{
        buffer_puts(&writer->out, ",\"responses\":{");
        write_success(writer, route, route->rule->success);
        if (route->rule->has_otherwise) {
                buffer_puts(&writer->out, ",");
                write_success(writer, route, route->rule->otherwise);
        }
        if (route_is_change(route) && route->rule->success == 200)
                buffer_puts(
                        &writer->out, ",\"204\":{\"description\":\"Done, and not shown: Prefer: return=minimal.\"}");
        if (route_is_read(route))
                buffer_puts(&writer->out, ",\"304\":{\"$ref\":\"#/components/responses/NotModified\"}");
        openapi_refer_problems(&writer->out, route);
        buffer_puts(&writer->out, "}");
}

void openapi_write_operation(struct openapi_writer *writer, const struct route *route)
{
        buffer_puts(&writer->out, "{");
        write_names(writer, route);
        write_roles(&writer->out, route->method->rules);
        buffer_printf(&writer->out, ",\"x-rate-class\":\"%s\"", rate_of(route->method->rules));
        write_parameters(writer, route);
        if (route->rule->body != NULL) {
                openapi_schemas_add_body(&writer->schemas, route);
                buffer_puts(&writer->out, ",\"requestBody\":{\"required\":true,");
                write_content(writer, route->method->input, route);
                buffer_puts(&writer->out, "}");
        }
        write_responses(writer, route);
        buffer_puts(&writer->out, "}");
}
