/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/asyncapi.h"
#include "gateway/bind.h"
#include "gateway/openapi.h"
#include "gateway/own_routes.h"
#include "tests/suite.h"

#include <cjson/cJSON.h>
#include <string.h>

static struct arena *arena;
static struct schema *schema;
static struct routes *routes;
static cJSON *document;

static cJSON *parsed(char *text)
{
        cJSON *json = cJSON_Parse(text);
        ck_assert_ptr_nonnull(json);
        free(text);
        return json;
}

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        routes = routes_new(schema, own_routes);
        document = parsed(openapi_write(schema, routes));
}

static void tear_down(void)
{
        cJSON_Delete(document);
        routes_free(routes);
        schema_free(schema);
        arena_free(arena);
}

static const cJSON *get(const cJSON *json, const char *name)
{
        return cJSON_GetObjectItemCaseSensitive(json, name);
}

/* As the document has it: below the prefix, without a slash at the end. */
static const char *documented_path(const struct route *route)
{
        const char *path = route->path;
        if (strncmp(path, ROUTE_PREFIX, strlen(ROUTE_PREFIX)) == 0)
                path += strlen(ROUTE_PREFIX);
        size_t length = strlen(path);
        return arena_printf(arena, "%.*s", (int)(length - (path[length - 1] == '/')), path);
}

static const cJSON *operation_of(const struct route *route)
{
        char verb[16] = "";
        for (size_t i = 0; route->verb[i] != '\0'; i++)
                verb[i] = (char)(route->verb[i] | 0x20);
        return get(get(get(document, "paths"), documented_path(route)), verb);
}

TEST(every_route_is_documented)
{
        for (size_t i = 0; i < routes_count(routes); i++)
                ck_assert_msg(operation_of(routes_at(routes, i)) != NULL, "%s %s is in no document",
                        routes_at(routes, i)->verb, routes_at(routes, i)->path);
}
END_TEST

/* With the test before: exactly the routes. */
TEST(nothing_else_is_documented)
{
        size_t count = 0;
        const cJSON *path, *member;
        cJSON_ArrayForEach(path, get(document, "paths")) cJSON_ArrayForEach(member, path) count +=
                strcmp(member->string, "servers") != 0;
        ck_assert_uint_eq(count, routes_count(routes));
}
END_TEST

TEST(a_file_is_documented_by_its_type)
{
        const cJSON *operation = get(get(get(document, "paths"), "/privacy/jobs/{job_id}/archive.zip"), "get");
        const cJSON *success = get(get(operation, "responses"), "200");
        ck_assert_int_eq(cJSON_GetArraySize(get(success, "content")), 1);
        ck_assert_str_eq(
                cJSON_GetStringValue(get(get(get(get(success, "content"), "application/zip"), "schema"), "format")),
                "binary");
        ck_assert_ptr_nonnull(get(get(success, "headers"), "Content-Disposition"));
        ck_assert_ptr_null(get(get(get(document, "components"), "schemas"), "ArchiveFile"));
}
END_TEST

TEST(the_routes_are_those_of_the_methods_and_our_own)
{
        size_t count = 0;
        for (const struct own_route *own = own_routes; own->verb != NULL; own++)
                count++;
        for (size_t i = 0; i < schema_method_count(schema); i++)
                count += schema_method_at(schema, i)->rules->n_route;
        ck_assert_uint_eq(count, routes_count(routes));
}
END_TEST

TEST(every_own_route_says_what_it_is)
{
        for (const struct own_route *own = own_routes; own->verb != NULL; own++)
                ck_assert_msg(own->summary != NULL, "%s says nothing", own->path);
}
END_TEST

TEST(no_two_operations_have_one_id)
{
        cJSON *seen = cJSON_CreateObject();
        for (size_t i = 0; i < routes_count(routes); i++) {
                const char *id = get(operation_of(routes_at(routes, i)), "operationId")->valuestring;
                ck_assert_msg(get(seen, id) == NULL, "%s is there twice", id);
                cJSON_AddTrueToObject(seen, id);
        }
        cJSON_Delete(seen);
}
END_TEST

static const cJSON *resolved(const cJSON *whole, const char *reference)
{
        char *rest, *text = arena_strdup(arena, reference + 2);
        const cJSON *at = whole;
        for (char *key = strtok_r(text, "/", &rest); key != NULL; key = strtok_r(NULL, "/", &rest))
                at = get(at, key);
        return at;
}

static size_t check_references(const cJSON *whole, const cJSON *json)
{
        size_t count = 0;
        const cJSON *part;
        cJSON_ArrayForEach(part, json)
        {
                if (part->string != NULL && strcmp(part->string, "$ref") == 0) {
                        ck_assert_msg(
                                resolved(whole, part->valuestring) != NULL, "%s leads nowhere", part->valuestring);
                        count++;
                }
                count += check_references(whole, part);
        }
        return count;
}

TEST(every_reference_leads_somewhere)
{
        ck_assert_uint_gt(check_references(document, document), 1000);
}
END_TEST

TEST(comments_of_the_protos_are_descriptions)
{
        const cJSON *create = get(get(get(document, "paths"), "/goal-sharing"), "post");
        ck_assert_ptr_nonnull(strstr(get(create, "description")->valuestring, "Shares a goal anonymously."));
}
END_TEST

/* What the path holds is no part of the body. */
TEST(a_body_has_no_parameters_of_the_path)
{
        const cJSON *body = resolved(document, "#/components/schemas/goals.UpdateShareRequest");
        ck_assert_ptr_nonnull(get(get(body, "properties"), "goal_title"));
        ck_assert_ptr_null(get(get(body, "properties"), "share_id"));
}
END_TEST

static const cJSON *example_of(const struct route *route)
{
        const cJSON *content = get(get(operation_of(route), "requestBody"), "content");
        return get(get(content, "application/json"), "example");
}

/* A path with an id for each parameter. */
static const char *path_with_ids(const struct route *route)
{
        struct buffer out = buffer_in(arena);
        for (const char *at = route->path; *at != '\0'; at++) {
                if (*at != '{') {
                        buffer_putc(&out, *at);
                        continue;
                }
                buffer_puts(&out, "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11");
                at = strchr(at, '}');
        }
        return buffer_text(&out);
}

static bool is_about_path(const struct route *route, const char *field)
{
        for (size_t i = 0; i < route->n_params; i++)
                if (strcmp(route->params[i], field) == 0)
                        return true;
        return strcmp(field, "Idempotency-Key") == 0;
}

/* The example is bound like a request; the ids in the path may be of another kind. */
static void check_example(const struct route *route)
{
        struct path split;
        struct bound bound;
        char *body = cJSON_PrintUnformatted(example_of(route));
        struct exchange exchange = {.arena = arena,
                .request = {
                        .verb = route->verb, .path = path_with_ids(route), .body = body, .body_size = strlen(body)}};
        exchange.request.headers[HEADER_CONTENT_TYPE] = "application/json";
        ck_assert_int_eq(path_split(arena, exchange.request.path, &split), STATUS_OK);
        ck_assert_int_eq(routes_match(routes, route->verb, &split, &exchange.match), ROUTE_FOUND);
        enum problem problem = bind_request(&exchange, &bound);
        ck_assert_msg(problem == PROBLEM_NONE || problem == PROBLEM_VALIDATION_FAILED, "%s: %s", route->path, body);
        for (size_t i = 0; i < bound.violations.count; i++)
                ck_assert_msg(is_about_path(route, bound.violations.errors[i]->field), "%s %s: %s %s: %s", route->verb,
                        route->path, bound.violations.errors[i]->field, bound.violations.errors[i]->message, body);
        free(body);
}

TEST(every_example_of_a_body_keeps_the_rules)
{
        size_t count = 0;
        for (size_t i = 0; i < routes_count(routes); i++) {
                const struct route *route = routes_at(routes, i);
                if (route->method == NULL || route->rule->body == NULL)
                        continue;
                check_example(route);
                count++;
        }
        ck_assert_uint_gt(count, 50);
}
END_TEST

TEST(every_event_is_a_channel)
{
        cJSON *events = parsed(asyncapi_write(schema));
        ck_assert_str_eq(get(events, "asyncapi")->valuestring, "3.0.0");
        ck_assert_int_eq(cJSON_GetArraySize(get(events, "channels")), (int)schema_event_count(schema));
        ck_assert_uint_gt(check_references(events, events), schema_event_count(schema));
        cJSON_Delete(events);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/openapi", FORK, T(a_file_is_documented_by_its_type),
        T(every_route_is_documented), T(nothing_else_is_documented), T(the_routes_are_those_of_the_methods_and_our_own),
        T(every_own_route_says_what_it_is), T(no_two_operations_have_one_id), T(every_reference_leads_somewhere),
        T(comments_of_the_protos_are_descriptions), T(a_body_has_no_parameters_of_the_path),
        T(every_example_of_a_body_keeps_the_rules), T(every_event_is_a_channel))
