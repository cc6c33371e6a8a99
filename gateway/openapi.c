/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/openapi.h"

#include "common/json_write.h"
#include "gateway/openapi_writer.h"
#include "sfp/rpc.pb-c.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char info[] =
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Social Features Platform\",\"version\":\"" SFP_VERSION
        "\",\"summary\":\"The social layer of financial planning\",\"description\":\"Anonymous goal sharing, peer "
        "comparison, forums, group savings, mentorship and a feed. Money is in integer minor units beside its currency, times "
        "are RFC 3339 in UTC, problems are RFC 9457 with a stable `code`.\",\"license\":{\"name\":\"Apache-2.0\","
        "\"identifier\":\"Apache-2.0\"}},\"servers\":[{\"url\":\"" ROUTE_PREFIX "\"}]";
static const char components[] =
        "},\"components\":{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":"
        "\"JWT\"}},\"parameters\":{";

void openapi_write_description(struct openapi_writer *writer, const char *name)
{
        const char *text = proto_comment(writer->comments, name);
        if (text == NULL)
                return;
        buffer_puts(&writer->out, ",\"description\":");
        json_write_string(&writer->out, text);
}

struct openapi_writer *openapi_writer_new(struct arena *arena, const struct schema *schema)
{
        struct openapi_writer *writer = arena_zalloc(arena, sizeof *writer);
        writer->arena = arena;
        writer->out = buffer_in(arena);
        writer->schema = schema;
        writer->comments = proto_comments_new(arena);
        return writer;
}

/* "gateway.get_status_live" */
static void write_own_id(struct buffer *out, const struct route *route)
{
        bool is_word = true;
        buffer_puts(out, "gateway.");
        for (const char *at = route->verb; *at != '\0'; at++)
                buffer_putc(out, (char)(*at | 0x20));
        for (const char *at = route->own->path; *at != '\0'; at++) {
                is_word &= isalnum((unsigned char)*at) != 0;
                if (isalnum((unsigned char)*at) && !is_word)
                        buffer_putc(out, '_');
                is_word |= isalnum((unsigned char)*at) != 0;
                if (is_word)
                        buffer_putc(out, *at);
        }
}

static void write_own_query(struct openapi_writer *writer, const struct route *route)
{
        if (route->own->query == NULL)
                return;
        const struct schema_message *type = schema_message_find(writer->schema, route->own->query);
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                const char *name = type->descriptor->fields[i].name;
                buffer_printf(&writer->out, "%s{\"name\":\"%s\",\"in\":\"query\",\"required\":false",
                        route->n_params + i > 0 ? "," : "", name);
                openapi_write_description(writer, arena_printf(writer->arena, "%s.%s", type->descriptor->name, name));
                buffer_puts(&writer->out, ",\"schema\":");
                openapi_write_field(&writer->out, type, i);
                buffer_puts(&writer->out, "}");
        }
}

/* What the gateway answers itself is in no proto: its row says what there is to say. */
static void write_own(struct openapi_writer *writer, const struct route *route)
{
        struct buffer *out = &writer->out;
        buffer_puts(out, "{\"operationId\":\"");
        write_own_id(out, route);
        buffer_puts(out, "\",\"tags\":[\"gateway\"],\"summary\":");
        json_write_string(out, route->own->summary);
        buffer_printf(out, ",\"security\":[%s],\"parameters\":[", route->own->role == NULL ? "{}" : "{\"bearer\":[]}");
        for (size_t i = 0; i < route->n_params; i++)
                buffer_printf(out,
                        "%s{\"name\":\"%s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}",
                        i > 0 ? "," : "", route->params[i]);
        write_own_query(writer, route);
        buffer_printf(out,
                "],\"responses\":{\"%u\":{\"description\":\"Done.\",\"content\":{\"%s\":{}}},\"304\":{\"$ref\":"
                "\"#/components/responses/NotModified\"},\"4XX\":{\"$ref\":\"#/components/responses/Problem\"}}}",
                route->own->success == 0 ? 200 : route->own->success,
                route->own->type == NULL ? "application/json" : route->own->type);
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

static void write_path(struct openapi_writer *writer, const struct routes *routes, size_t first)
{
        const char *path = routes_at(routes, first)->path, *before = "";
        bool is_outside = strncmp(path, ROUTE_PREFIX, strlen(ROUTE_PREFIX)) != 0;
        const char *shown = path + (is_outside ? 0 : strlen(ROUTE_PREFIX));
        size_t length = strlen(shown); /* collections are there with and without a slash at their end */
        buffer_printf(
                &writer->out, "%s\"%.*s\":{", first > 0 ? "," : "", (int)(length - (shown[length - 1] == '/')), shown);
        if (is_outside)
                buffer_puts(&writer->out, "\"servers\":[{\"url\":\"/\"}],");
        for (size_t i = first; i < routes_count(routes); i++) {
                const struct route *route = routes_at(routes, i);
                if (strcmp(route->path, path) != 0)
                        continue;
                buffer_printf(&writer->out, "%s\"", before);
                write_verb(&writer->out, route->verb);
                buffer_puts(&writer->out, "\":");
                if (route->method != NULL)
                        openapi_write_operation(writer, route);
                else
                        write_own(writer, route);
                before = ",";
        }
        buffer_puts(&writer->out, "}");
}

/* A tag for each service, with what its proto begins with. */
static void write_tags(struct openapi_writer *writer)
{
        const char *last = "";
        buffer_puts(
                &writer->out, ",\"tags\":[{\"name\":\"gateway\",\"description\":\"What the gateway answers itself.\"}");
        for (size_t i = 0; i < schema_method_count(writer->schema); i++) {
                const struct schema_method *method = schema_method_at(writer->schema, i);
                if (method->rules->n_route == 0 || strcmp(method->service, last) == 0)
                        continue;
                buffer_printf(&writer->out, ",{\"name\":\"%s\"", method->service);
                openapi_write_description(writer, arena_printf(writer->arena, "sfp.%s", method->service));
                buffer_puts(&writer->out, "}");
                last = method->service;
        }
        buffer_puts(&writer->out, "]");
}

static void write_paths(struct openapi_writer *writer, const struct routes *routes)
{
        buffer_puts(&writer->out, ",\"paths\":{");
        for (size_t i = 0; i < routes_count(routes); i++)
                if (is_first_of_path(routes, i))
                        write_path(writer, routes, i);
}

static void write_components(struct openapi_writer *writer)
{
        buffer_puts(&writer->out, components);
        openapi_write_parameters(&writer->out);
        buffer_puts(&writer->out, "},\"responses\":{");
        openapi_write_problems(writer);
        buffer_puts(&writer->out, "},\"schemas\":{");
        openapi_write_schemas(writer);
        buffer_puts(&writer->out, "}}}");
}

char *openapi_write(const struct schema *schema, const struct routes *routes)
{
        struct arena *arena = arena_new(0);
        struct openapi_writer *writer = openapi_writer_new(arena, schema);
        openapi_schemas_add(&writer->schemas, schema_message_find(schema, &sfp__problem__descriptor));
        buffer_puts(&writer->out, info);
        write_tags(writer);
        write_paths(writer, routes);
        write_components(writer);
        char *text = strdup(buffer_text(&writer->out)); /* allow(strdup): lives as long as the gateway */
        arena_free(arena);
        return text;
}
