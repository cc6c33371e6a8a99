/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/openapi.h"

#include "gateway/openapi_schemas.h"
#include "sfp/rpc.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const char info[] =
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Social Features Platform\",\"version\":\"" SFP_VERSION
        "\"},\"servers\":[{\"url\":\"" ROUTE_PREFIX "\"}],\"paths\":{";
static const char security_schemes[] =
        "},\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":"
        "\"JWT\"}},\"schemas\":{";
static const char problem_response[] =
        ",\"default\":{\"description\":\"A problem (RFC 9457)\",\"content\":{\"application/problem+json\":{\"schema\":"
        "{\"$ref\":\"#/components/schemas/Problem\"}}}}";

static bool is_in_path(const struct route *route, const char *name)
{
        for (size_t i = 0; i < route->n_params; i++)
                if (strcmp(route->params[i], name) == 0)
                        return true;
        return false;
}

static void write_parameter(struct buffer *out, const struct route *route, unsigned i, const char *before)
{
        const struct schema_message *type = route->method->input;
        const char *name = type->descriptor->fields[i].name;
        bool is_path = is_in_path(route, name);
        bool is_required = is_path || (type->rules[i] != NULL && type->rules[i]->required);
        buffer_printf(out, "%s{\"name\":\"%s\",\"in\":\"%s\",\"required\":%s,\"schema\":", before, name,
                is_path ? "path" : "query", is_required ? "true" : "false");
        openapi_write_field(out, type, i);
        buffer_puts(out, "}");
}

/* What stands in the path, and without a body in the query. */
static void write_parameters(struct buffer *out, const struct route *route)
{
        const struct schema_message *type = route->method->input;
        const char *before = "";
        buffer_puts(out, ",\"parameters\":[");
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                if (!openapi_field_is_shown(type, i) ||
                        (route->rule->body != NULL && !is_in_path(route, type->descriptor->fields[i].name)))
                        continue;
                write_parameter(out, route, i, before);
                before = ",";
        }
        buffer_puts(out, "]");
}

static void write_reference(struct buffer *out, const struct schema_message *type)
{
        buffer_printf(out, "\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}}",
                openapi_schema_name(type));
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

static void write_operation(struct buffer *out, const struct route *route, struct openapi_schemas *schemas)
{
        const struct schema_method *method = route->method;
        buffer_printf(
                out, "{\"operationId\":\"%s\",\"tags\":[\"%s\"]", strrchr(method->name, '.') + 1, method->service);
        write_roles(out, method->rules);
        write_parameters(out, route);
        if (route->rule->body != NULL) {
                openapi_schemas_add(schemas, method->input);
                buffer_puts(out, ",\"requestBody\":{\"required\":true,");
                write_reference(out, method->input);
                buffer_puts(out, "}");
        }
        buffer_printf(out, ",\"responses\":{\"%u\":{\"description\":\"Success\"", route->rule->success);
        if (route->rule->success != 204) {
                openapi_schemas_add(schemas, method->output);
                buffer_puts(out, ",");
                write_reference(out, method->output);
        }
        buffer_printf(out, "}%s}}", problem_response);
}

static void write_own(struct buffer *out)
{
        buffer_puts(out, "{\"tags\":[\"gateway\"],\"responses\":{\"200\":{\"description\":\"Success\"}}}");
}

/* "POST" as "post". */
static void write_verb(struct buffer *out, const char *verb)
{
        for (; *verb != '\0'; verb++)
                buffer_putc(out, (char)(*verb | 0x20));
}

static bool is_first_of_path(const struct routes *routes, size_t i)
{
        for (size_t before = 0; before < i; before++)
                if (strcmp(routes_at(routes, before)->path, routes_at(routes, i)->path) == 0)
                        return false;
        return true;
}

static void write_path(struct buffer *out, const struct routes *routes, size_t first, struct openapi_schemas *schemas)
{
        const char *path = routes_at(routes, first)->path;
        const char *before = "";
        buffer_printf(out, "%s\"%s\":{", first > 0 ? "," : "", path + strlen(ROUTE_PREFIX));
        for (size_t i = first; i < routes_count(routes); i++) {
                const struct route *route = routes_at(routes, i);
                if (strcmp(route->path, path) != 0)
                        continue;
                buffer_printf(out, "%s\"", before);
                write_verb(out, route->verb);
                buffer_puts(out, "\":");
                if (route->method != NULL)
                        write_operation(out, route, schemas);
                else
                        write_own(out);
                before = ",";
        }
        buffer_puts(out, "}");
}

char *openapi_write(const struct schema *schema, const struct routes *routes)
{
        struct arena *arena = arena_new(0);
        struct buffer out = buffer_in(arena);
        struct openapi_schemas *schemas = arena_zalloc(arena, sizeof *schemas);
        openapi_schemas_add(schemas, schema_message_find(schema, &sfp__problem__descriptor));
        buffer_puts(&out, info);
        for (size_t i = 0; i < routes_count(routes); i++)
                if (is_first_of_path(routes, i))
                        write_path(&out, routes, i, schemas);
        buffer_puts(&out, security_schemes);
        for (size_t i = 0; i < schemas->count; i++) {
                buffer_printf(&out, "%s\"%s\":", i > 0 ? "," : "", openapi_schema_name(schemas->types[i]));
                openapi_write_type(&out, schemas->types[i]);
        }
        buffer_puts(&out, "}}}");
        char *text = strdup(buffer_text(&out)); /* allow(strdup): lives as long as the gateway */
        arena_free(arena);
        return text;
}
