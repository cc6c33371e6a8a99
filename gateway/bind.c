/* SPDX-License-Identifier: Apache-2.0 */
/* Body, then query, then path, each laid over the one before; the rules have the last word on the fields that could be
 * read. */
#include "gateway/bind.h"

#include "common/json_read.h"
#include "common/validate.h"
#include "gateway/coding.h"
#include "gateway/etag.h"
#include "gateway/fields.h"

#include <string.h>
#include <strings.h>

enum { IDEMPOTENCY_KEY_MAX = 255 };

static bool takes_body(const struct route *route)
{
        return route->rule->body != NULL;
}

static bool takes_query(const struct route *route)
{
        return strcmp(route->verb, "GET") == 0 || strcmp(route->verb, "DELETE") == 0;
}

static void complain(struct bound *bound, const char *field, const char *code, const char *message)
{
        const struct field_path path = {NULL, field, -1};
        violation_add(&bound->violations, &path, code, "%s", message);
}

/* "application/json", with no parameter but charset=utf-8. */
static bool is_json(const char *type)
{
        static const char json[] = "application/json";
        static const char *const charsets[] = {"charset=utf-8", "charset=\"utf-8\""};
        if (type == NULL || strncasecmp(type, json, sizeof json - 1) != 0)
                return false;
        type += sizeof json - 1;
        type += strspn(type, " \t");
        if (*type == '\0')
                return true;
        if (*type++ != ';')
                return false;
        type += strspn(type, " \t");
        return *type == '\0' || strcasecmp(type, charsets[0]) == 0 || strcasecmp(type, charsets[1]) == 0;
}

/* Does a body's value say the same as a path's text? */
static bool is_same(struct arena *arena, const struct json *json, uint32_t token, const char *text)
{
        if (json->tokens[token].type == JSON_STRING)
                return json_is(json, token, text);
        const struct json_token *value = &json->tokens[token];
        return strcmp(arena_strndup(arena, json->bytes + value->start, value->length), text) == 0;
}

static bool is_param(const struct route *route, const struct json *json, uint32_t key, size_t *out)
{
        for (*out = 0; *out < route->n_params; ++*out)
                if (json_is(json, key, route->params[*out]))
                        return true;
        return false;
}

/* What the path says cannot be said otherwise by the body. */
static void compare_with_path(const struct exchange *exchange, const struct json *json, struct bound *out)
{
        const struct route_match *match = &exchange->match;
        uint32_t key = 1;
        for (uint32_t n = 0; n < json->tokens[0].count; n++, key = json->tokens[key + 1].next) {
                size_t i;
                if (is_param(match->route, json, key, &i) && !is_same(exchange->arena, json, key + 1, match->values[i]))
                        complain(out, match->route->params[i], "unknown_field", "is given by the path");
        }
}

/* A body may come in gzip; decoded it is no larger than another may be. */
static enum problem decode_body(struct exchange *exchange, struct bound *out)
{
        struct request *request = &exchange->request;
        const char *coding = request->headers[HEADER_CONTENT_ENCODING];
        if (coding == NULL || strcasecmp(coding, "identity") == 0)
                return PROBLEM_NONE;
        if (strcasecmp(coding, coding_name(CODING_GZIP)) != 0) {
                exchange_add_header(exchange, "Accept-Encoding", coding_name(CODING_GZIP));
                out->detail = "a body is sent as it is, or in gzip";
                return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
        }
        status decoded = coding_decode(exchange->arena, request->body, request->body_size, request->body_max,
                &request->body, &request->body_size);
        if (decoded == STATUS_RESOURCE_EXHAUSTED)
                return PROBLEM_PAYLOAD_TOO_LARGE;
        out->detail = decoded == STATUS_OK ? NULL : "the body is not the gzip it is said to be";
        return decoded == STATUS_OK ? PROBLEM_NONE : PROBLEM_MALFORMED_REQUEST;
}

static enum problem bind_body(struct exchange *exchange, struct bound *out)
{
        const struct request *request = &exchange->request;
        const struct route *route = exchange->match.route;
        if (request->body_size == 0)
                return PROBLEM_NONE;
        if (!takes_body(route)) {
                out->detail = "this route takes no body";
                return PROBLEM_MALFORMED_JSON;
        }
        if (!is_json(request->headers[HEADER_CONTENT_TYPE]))
                return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
        enum problem coded = decode_body(exchange, out);
        if (coded != PROBLEM_NONE)
                return coded;
        struct json json;
        if (json_scan(exchange->arena, request->body, request->body_size, &json, &out->detail) != STATUS_OK)
                return PROBLEM_MALFORMED_JSON;
        if (json_read(exchange->arena, &json, route->method->input, out->message, JSON_STRICT, &out->violations) !=
                STATUS_OK) {
                out->detail = "the body must be an object";
                return PROBLEM_MALFORMED_JSON;
        }
        compare_with_path(exchange, &json, out);
        return PROBLEM_NONE;
}

static bool is_path_param(const struct route *route, const char *name)
{
        for (size_t i = 0; i < route->n_params; i++)
                if (strcmp(route->params[i], name) == 0)
                        return true;
        return false;
}

/* Was the name given earlier in the query, to a field that holds one value? */
static bool is_given_twice(const struct schema_message *schema, const struct query *query, size_t i)
{
        const char *name = query->pairs[i].name;
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(schema->descriptor, name);
        if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED)
                return false;
        for (size_t other = 0; other < i; other++)
                if (strcmp(query->pairs[other].name, name) == 0)
                        return true;
        return false;
}

/* What of the answer is wanted: of any verb, and no part of the message. */
static void bind_fields(struct exchange *exchange, const char *value, struct bound *out)
{
        char bad[FIELDS_PATH_SIZE];
        const struct field_path path = {NULL, "fields", -1};
        if (exchange->fields != NULL)
                violation_add(&out->violations, &path, "too_many", "is given more than once");
        else if (!fields_read(exchange->arena, exchange->match.route->method->output, value, &exchange->fields, bad))
                violation_add(&out->violations, &path, "unknown_field", "\"%s\" is no field of the answer", bad);
}

static enum problem bind_query(struct exchange *exchange, struct bound *out)
{
        const struct route *route = exchange->match.route;
        const struct schema_message *schema = route->method->input;
        struct query query;
        if (exchange->request.query == NULL)
                return PROBLEM_NONE;
        if (query_split(exchange->arena, exchange->request.query, &query) != STATUS_OK)
                return PROBLEM_MALFORMED_QUERY;
        for (size_t i = 0; i < query.count; i++) {
                const struct query_pair *pair = &query.pairs[i];
                if (strcmp(pair->name, "fields") == 0)
                        bind_fields(exchange, pair->value, out);
                else if (!takes_query(route) || is_path_param(route, pair->name))
                        complain(out, pair->name, "unknown_field", "is not a parameter of this request");
                else if (is_given_twice(schema, &query, i))
                        complain(out, pair->name, "too_many", "is given more than once");
                else
                        json_read_text(
                                exchange->arena, schema, out->message, pair->name, pair->value, &out->violations);
        }
        return PROBLEM_NONE;
}

static void bind_path(struct exchange *exchange, struct bound *out)
{
        const struct route_match *match = &exchange->match;
        for (size_t i = 0; i < match->route->n_params; i++)
                json_read_text(exchange->arena, match->route->method->input, out->message, match->route->params[i],
                        match->values[i], &out->violations);
}

static bool is_reported(const struct violations *violations, const char *field)
{
        for (size_t i = 0; i < violations->count; i++)
                if (strcmp(violations->errors[i]->field, field) == 0)
                        return true;
        return false;
}

/* A field that could not be read is absent from the message: the rules' word on it would only mislead. */
static void check_rules(struct exchange *exchange, struct bound *out)
{
        struct violations broken = violations_in(exchange->arena);
        validate_message(exchange->match.route->method->input, out->message, &broken);
        for (size_t i = 0; i < broken.count && out->violations.count < VIOLATIONS_MAX; i++)
                if (!is_reported(&out->violations, broken.errors[i]->field))
                        out->violations.errors[out->violations.count++] = broken.errors[i];
}

static bool is_printable(const char *text)
{
        while (*text > ' ' && *text <= '~')
                text++;
        return *text == '\0';
}

/* The key travels in the mesh's header, not in the message; it is checked with the rest all the same. */
static void check_idempotency_key(struct exchange *exchange, struct bound *out)
{
        const char *key = exchange->request.headers[HEADER_IDEMPOTENCY_KEY];
        Sfp__Idempotency rule = exchange->match.route->method->rules->idempotency;
        if (key == NULL && rule == SFP__IDEMPOTENCY__IDEMPOTENCY_REQUIRED)
                complain(out, "Idempotency-Key", "required", "is required as a header");
        if (key != NULL && strlen(key) > IDEMPOTENCY_KEY_MAX)
                complain(out, "Idempotency-Key", "too_long", "must have at most 255 characters");
        else if (key != NULL && (*key == '\0' || !is_printable(key)))
                complain(out, "Idempotency-Key", "malformed", "must be printable characters without spaces");
}

/* So does the version that the client believes to be current. */
static void bind_if_match(struct exchange *exchange, struct bound *out)
{
        const char *tag = exchange->request.headers[HEADER_IF_MATCH];
        if (tag != NULL && !etag_read_version(tag, &exchange->expected_version))
                complain(out, "If-Match", "malformed", "must be one ETag of the resource, or *");
}

enum problem bind_request(struct exchange *exchange, struct bound *out)
{
        const ProtobufCMessageDescriptor *descriptor = exchange->match.route->method->input->descriptor;
        *out = (struct bound){
                .message = arena_alloc(exchange->arena, descriptor->sizeof_message),
                .violations = violations_in(exchange->arena),
        };
        descriptor->message_init(out->message);
        enum problem problem = bind_body(exchange, out);
        if (problem == PROBLEM_NONE)
                problem = bind_query(exchange, out);
        if (problem != PROBLEM_NONE)
                return problem;
        bind_path(exchange, out);
        check_rules(exchange, out);
        check_idempotency_key(exchange, out);
        bind_if_match(exchange, out);
        return out->violations.count == 0 ? PROBLEM_NONE : PROBLEM_VALIDATION_FAILED;
}
