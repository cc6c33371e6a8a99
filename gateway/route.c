/* SPDX-License-Identifier: Apache-2.0 */
/* A tree with a node for every segment of every template. A node that ends a template has the routes of its verbs. */
#include "gateway/route.h"

#include "common/buffer.h"
#include "common/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
        struct route route;
        struct entry *next;
};

struct node {
        const char *literal; /* NULL for a parameter */
        struct node *literals;
        struct node *next; /* among its parent's literals */
        struct node *parameter;
        struct entry *entries; /* in the order of the protos */
        bool takes_slash;
        const char *allow;
};

struct routes {
        struct arena *arena;
        struct node root;
        size_t count;
        size_t capacity;
        struct entry **all;
};

static void die(const char *what, const char *path)
{
        fprintf(stderr, "routes: %s: %s\n", what, path); /* allow(fprintf): to whoever starts it */
        abort();
}

static struct node *find_literal(const struct node *node, const char *segment)
{
        struct node *child = node->literals;
        while (child != NULL && strcmp(child->literal, segment) != 0)
                child = child->next;
        return child;
}

static struct node *add_literal(struct arena *arena, struct node *node, const char *segment)
{
        struct node *child = find_literal(node, segment);
        if (child == NULL) {
                child = arena_zalloc(arena, sizeof *child);
                child->literal = segment;
                child->next = node->literals;
                node->literals = child;
        }
        return child;
}

static struct node *add_parameter(struct arena *arena, struct node *node, struct route *route, char *segment)
{
        segment[strlen(segment) - 1] = '\0';
        if (route->n_params == ROUTE_PARAMS_MAX)
                die("too many parameters", route->path);
        if (route->method != NULL &&
                protobuf_c_message_descriptor_get_field_by_name(route->method->input->descriptor, segment + 1) == NULL)
                die("a parameter is no field of the request", route->path);
        route->params[route->n_params++] = segment + 1;
        if (node->parameter == NULL)
                node->parameter = arena_zalloc(arena, sizeof *node);
        return node->parameter;
}

/* The node that the route's template ends at, made if need be. */
static struct node *add_path(struct routes *routes, struct route *route)
{
        struct node *node = &routes->root;
        char *rest;
        for (char *segment = strtok_r(arena_strdup(routes->arena, route->path), "/", &rest); segment != NULL;
                segment = strtok_r(NULL, "/", &rest))
                node = *segment == '{' ? add_parameter(routes->arena, node, route, segment)
                                       : add_literal(routes->arena, node, segment);
        return node;
}

static void add_route(struct routes *routes, struct route route, const char *path)
{
        bool is_outside = route.own != NULL && route.own->is_outside;
        struct entry *entry = arena_alloc(routes->arena, sizeof *entry);
        if (routes->count == routes->capacity)
                die("more routes than counted", path);
        *entry = (struct entry){.route = route};
        entry->route.path = arena_printf(routes->arena, "%s%s", is_outside ? "" : ROUTE_PREFIX, path);
        entry->route.index = routes->count;
        struct node *node = add_path(routes, &entry->route);
        node->takes_slash |= path[strlen(path) - 1] == '/';
        struct entry **end = &node->entries;
        for (; *end != NULL; end = &(*end)->next)
                if (strcmp((*end)->route.verb, route.verb) == 0)
                        die("two routes with one verb", entry->route.path);
        *end = entry;
        routes->all[routes->count++] = entry;
}

static struct entry *find_entry(const struct node *node, const char *verb)
{
        struct entry *entry = node->entries;
        while (entry != NULL && strcmp(entry->route.verb, verb) != 0)
                entry = entry->next;
        return entry;
}

static const char *list_verbs(struct arena *arena, const struct node *node)
{
        struct buffer out = buffer_in(arena);
        for (const struct entry *entry = node->entries; entry != NULL; entry = entry->next)
                buffer_printf(&out, "%s, ", strcmp(entry->route.verb, "GET") == 0 ? "GET, HEAD" : entry->route.verb);
        buffer_puts(&out, "OPTIONS");
        return buffer_text(&out);
}

/* What can only be said when all routes are in. */
static void finish(struct arena *arena, struct node *node)
{
        if (node->entries != NULL)
                node->allow = list_verbs(arena, node);
        for (struct entry *entry = node->entries; entry != NULL; entry = entry->next)
                entry->route.has_instances = node->parameter != NULL && find_entry(node->parameter, "GET") != NULL;
        if (node->parameter != NULL)
                finish(arena, node->parameter);
        for (struct node *child = node->literals; child != NULL; child = child->next)
                finish(arena, child);
}

static size_t count_routes(const struct schema *schema, const struct own_route *own)
{
        size_t count = 0;
        for (; own->verb != NULL; own++)
                count++;
        for (size_t i = 0; i < schema_method_count(schema); i++)
                count += schema_method_at(schema, i)->rules->n_route;
        return count;
}

static bool has_field(const ProtobufCMessageDescriptor *type, const char *name, ProtobufCType kind)
{
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type, name);
        return field != NULL && field->type == kind && !field_is_repeated(field);
}

/* respond.c takes these two from the reply. */
static bool is_file(const ProtobufCMessageDescriptor *type)
{
        return has_field(type, "content", PROTOBUF_C_TYPE_BYTES) &&
               has_field(type, "file_name", PROTOBUF_C_TYPE_STRING);
}

static void add_method(struct routes *routes, const struct schema_method *method)
{
        for (size_t i = 0; i < method->rules->n_route; i++) {
                const Sfp__Route *rule = method->rules->route[i];
                if (rule->body != NULL && strcmp(rule->body, "*") != 0)
                        die("a body is \"*\" or absent", rule->path);
                if (rule->type != NULL && !is_file(method->output->descriptor))
                        die("a route with a type replies with bytes content and a string file_name", rule->path);
                add_route(routes, (struct route){.verb = rule->verb, .method = method, .rule = rule}, rule->path);
        }
}

struct routes *routes_new(const struct schema *schema, const struct own_route *own)
{
        struct arena *arena = arena_new(0);
        struct routes *routes = arena_zalloc(arena, sizeof *routes);
        routes->arena = arena;
        routes->capacity = count_routes(schema, own);
        routes->all = arena_zalloc(arena, routes->capacity * sizeof(struct entry *));
        for (; own->verb != NULL; own++)
                add_route(routes, (struct route){.verb = own->verb, .own = own}, own->path);
        for (size_t i = 0; i < schema_method_count(schema); i++)
                add_method(routes, schema_method_at(schema, i));
        finish(arena, &routes->root);
        return routes;
}

void routes_free(struct routes *routes)
{
        if (routes != NULL)
                arena_free(routes->arena);
}

bool route_is_read(const struct route *route)
{
        return strcmp(route->verb, "GET") == 0;
}

bool route_is_change(const struct route *route)
{
        return !route_is_read(route) && strcmp(route->verb, "POST") != 0;
}

size_t routes_count(const struct routes *routes)
{
        return routes->count;
}

const struct route *routes_at(const struct routes *routes, size_t i)
{
        return &routes->all[i]->route;
}

/* The node of segments[depth...], with the values of the parameters on the way. Literals are tried first; a parameter
 * gets its turn when they lead nowhere. */
static const struct node *find_node(
        const struct node *node, const struct path *path, size_t depth, size_t n_values, struct route_match *out)
{
        if (depth == path->count)
                return node->entries != NULL && (node->takes_slash || !path->has_slash_behind) ? node : NULL;
        const char *segment = path->segments[depth];
        const struct node *child = find_literal(node, segment);
        const struct node *found = child == NULL ? NULL : find_node(child, path, depth + 1, n_values, out);
        if (found != NULL || node->parameter == NULL || *segment == '\0')
                return found;
        out->values[n_values] = segment;
        return find_node(node->parameter, path, depth + 1, n_values + 1, out);
}

enum route_result routes_match(
        const struct routes *routes, const char *verb, const struct path *path, struct route_match *out)
{
        *out = (struct route_match){.route = NULL};
        const struct node *node = find_node(&routes->root, path, 0, 0, out);
        if (node == NULL)
                return ROUTE_NONE;
        out->allow = node->allow;
        const struct entry *entry = find_entry(node, strcmp(verb, "HEAD") == 0 ? "GET" : verb);
        if (entry == NULL)
                return ROUTE_OTHER_VERB;
        out->route = &entry->route;
        return ROUTE_FOUND;
}
