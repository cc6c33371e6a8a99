/* SPDX-License-Identifier: Apache-2.0 */
/* Every response is written once, into the exchange's arena. */
#include "gateway/respond.h"

#include "common/field.h"
#include "common/json_write.h"
#include "common/text.h"
#include "gateway/challenge.h"
#include "gateway/etag.h"
#include "gateway/next_page.h"

#include <string.h>

enum { HTTP_CREATED = 201, HTTP_NO_CONTENT = 204, HTTP_TOO_MANY_REQUESTS = 429, HTTP_SERVICE_UNAVAILABLE = 503 };

static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";
static const char inside[] = "It has been noted; the trace_id helps to find out what happened.";

/* What is said about a problem beyond its row in problem.def. */
struct notes {
        const char *detail;
        size_t n_errors;
        Sfp__FieldError *const *errors;
        uint32_t retry_after_s;
        size_t n_allowed;
        char **allowed;
};

static void set_body(struct response *response, const char *type, const struct buffer *body)
{
        response->content_type = type;
        response->body = body->bytes;
        response->body_size = body->length;
}

static uint32_t retry_after(int code, const struct notes *notes)
{
        if (code != HTTP_SERVICE_UNAVAILABLE && code != HTTP_TOO_MANY_REQUESTS)
                return 0;
        return notes->retry_after_s > 0 ? notes->retry_after_s : 1;
}

static void write_problem(struct exchange *exchange, enum problem problem, const struct notes *notes)
{
        const char *path = exchange->request.path;
        Sfp__Problem message = SFP__PROBLEM__INIT;
        message.type = arena_printf(exchange->arena, "/problems/%s", problem_code(problem));
        message.title = (char *)(size_t)problem_title(problem);
        message.has_status = 1;
        message.status = problem_http(problem);
        message.detail = (char *)(size_t)notes->detail;
        message.instance = path != NULL && text_is_clean(path, strlen(path)) ? (char *)(size_t)path : NULL;
        message.code = (char *)(size_t)problem_code(problem);
        message.n_errors = notes->n_errors;
        message.errors = (Sfp__FieldError **)(size_t)notes->errors;
        message.trace_id = exchange->trace.trace_id;
        message.n_allowed = notes->n_allowed;
        message.allowed = notes->allowed;

        struct buffer body = buffer_in(exchange->arena);
        buffer_reserve(&body, 512);
        json_write_sparse(&body, &message.base);
        exchange->response = (struct response){
                .code = message.status,
                .challenge = challenge_of(exchange, problem),
                .allow = problem == PROBLEM_METHOD_NOT_ALLOWED ? exchange->match.allow : NULL,
                .retry_after_s = retry_after(message.status, notes),
        };
        set_body(&exchange->response, problem_type, &body);
}

void respond_problem(struct exchange *exchange, enum problem problem, const char *detail)
{
        write_problem(exchange, problem, &(struct notes){.detail = detail});
}

void respond_violations(struct exchange *exchange, const struct violations *violations)
{
        const struct notes notes = {.n_errors = violations->count, .errors = violations->errors};
        write_problem(exchange, PROBLEM_VALIDATION_FAILED, &notes);
}

void respond_json(struct exchange *exchange, int code, const char *json)
{
        exchange->response = (struct response){
                .code = code,
                .content_type = json == NULL ? NULL : json_type,
                .body = json,
                .body_size = json == NULL ? 0 : strlen(json),
        };
}

/* The `id` of what was made; NULL when it has none. */
static const char *new_id(const ProtobufCMessage *payload)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, "id");
        if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || field_is_repeated(field))
                return NULL;
        return *(char *const *)field_place(payload, field);
}

/* Where the new instance of a collection is found. */
static const char *location(const struct exchange *exchange, const ProtobufCMessage *payload)
{
        const char *path = exchange->request.path;
        const char *id = new_id(payload);
        size_t length = strlen(path);
        if (id == NULL || !exchange->match.route->has_instances)
                return NULL;
        return arena_printf(exchange->arena, "%.*s/%s", (int)(length - (path[length - 1] == '/')), path, id);
}

static void write_json(struct exchange *exchange, const ProtobufCMessage *payload, size_t size_hint)
{
        struct buffer body = buffer_in(exchange->arena);
        buffer_reserve(&body, size_hint * 2 + 512);
        json_write_masked(&body, payload, exchange->fields);
        set_body(&exchange->response, json_type, &body);
}

static const void *field_of(const ProtobufCMessage *payload, const char *name)
{
        return field_place(payload, protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, name));
}

/* Routes with a type have a reply with these two (route.c); the payload goes before the exchange does. */
static void write_file(struct exchange *exchange, const ProtobufCMessage *payload)
{
        const ProtobufCBinaryData *content = field_of(payload, "content");
        const char *name = *(char *const *)field_of(payload, "file_name");
        struct buffer body = buffer_in(exchange->arena);
        buffer_append(&body, content->data, content->len);
        set_body(&exchange->response, exchange->match.route->rule->type, &body);
        exchange_add_header(exchange, "Content-Disposition",
                name == NULL ? "attachment" : arena_printf(exchange->arena, "attachment; filename=\"%s\"", name));
}

static void write_success(struct exchange *exchange, const struct client_reply *reply, size_t size_hint)
{
        const ProtobufCMessage *payload = reply->payload;
        struct response *response = &exchange->response;
        bool has_code = reply->header != NULL && reply->header->has_success;
        *response = (struct response){
                .code = (int)(has_code ? reply->header->success : exchange->match.route->rule->success)};
        if (response->code == HTTP_NO_CONTENT)
                return;
        if (response->code == HTTP_CREATED)
                response->location = location(exchange, payload);
        response->etag = etag_of(exchange->arena, payload);
        response->link = next_page_link(exchange, payload);
        if (exchange->match.route->rule->type != NULL)
                write_file(exchange, payload);
        else
                write_json(exchange, payload, size_hint);
}

static bool is_from_inside(enum problem problem)
{
        status code = problem_status(problem);
        return code == STATUS_INTERNAL || code == STATUS_UNKNOWN || code == STATUS_DATA_LOSS;
}

static void write_failure(struct exchange *exchange, const struct client_reply *reply)
{
        const Sfp__ReplyHeader *header = reply->header;
        enum problem problem = problem_find(header == NULL ? NULL : header->problem);
        if (problem == PROBLEM_NONE)
                problem = status_problem(reply->status);
        struct notes notes = {.detail = is_from_inside(problem) ? inside : NULL};
        if (header != NULL && !is_from_inside(problem)) {
                notes.detail = header->message;
                notes.n_errors = header->n_errors;
                notes.errors = header->errors;
                notes.retry_after_s = header->retry_after_s;
                notes.n_allowed = header->n_allowed;
                notes.allowed = header->allowed;
        }
        write_problem(exchange, problem, &notes);
}

void respond_reply(struct exchange *exchange, const struct client_reply *reply, size_t size_hint)
{
        if (reply->status == STATUS_OK && reply->payload != NULL)
                write_success(exchange, reply, size_hint);
        else
                write_failure(exchange, reply);
        exchange->response.is_replay = reply->header != NULL && reply->header->is_replay;
}
