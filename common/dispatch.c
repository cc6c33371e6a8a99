/* SPDX-License-Identifier: Apache-2.0 */
#include "common/dispatch.h"

#include "common/access.h"
#include "common/answer_cache.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/event_relay.h"
#include "common/frame.h"
#include "common/idempotency.h"
#include "common/inner.h"
#include "common/kit_parts.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/people.h"
#include "common/reply.h"
#include "common/request.h"
#include "common/rpc_span.h"
#include "common/served.h"
#include "common/validate.h"

#include <stdlib.h>
#include <string.h>

/* What is answered at once is short, or its making and its reply would keep others waiting. */
enum { RECALL_SIZE_MAX = 8 << 10, PROMPT_SIZE_MAX = 1 << 10, AT_ONCE_ARENA_LIMIT = 8 << 20 };

struct dispatch {
        struct service *service;
        struct metric *garbage;
        struct metric *unproven;
        struct metric *unknown;
        struct metric *duplicates;
        bool answers_at_once;  /* some method is prompt, or its answers are kept */
        struct served *served; /* as schema_method_at */
};

static bool may_be_at_once(const struct service *service, const struct schema_method *method)
{
        return (method->rules->prompt && service->definition->is_prompt != NULL) ||
               (service->cache != NULL && answer_is_kept(method));
}

static void add_bad_metrics(struct dispatch *dispatch, struct metrics *metrics)
{
        dispatch->garbage = metrics_counter(metrics, "sfp_rpc_garbage_total", "", "Frames that were no request.");
        dispatch->unproven =
                metrics_counter(metrics, "sfp_rpc_unproven_total", "", "Requests whose caller was not proven.");
        dispatch->unknown =
                metrics_counter(metrics, "sfp_rpc_unknown_total", "", "Requests for methods that are not here.");
        dispatch->duplicates = metrics_counter(
                metrics, "sfp_rpc_duplicates_total", "", "Requests with the id of a call that was still running.");
}

struct dispatch *dispatch_new(struct service *service)
{
        struct dispatch *dispatch = calloc(1, sizeof *dispatch);
        if (dispatch == NULL || (dispatch->served = served_new(service)) == NULL) {
                dispatch_free(dispatch);
                return NULL;
        }
        dispatch->service = service;
        for (size_t i = 0; i < schema_method_count(service->schema); i++)
                dispatch->answers_at_once |= dispatch->served[i].rpc != NULL &&
                                             may_be_at_once(service, schema_method_at(service->schema, i));
        service->calls = metrics_histogram(service->metrics, HISTOGRAM_FINE, "sfp_call_seconds", "",
                "Time from arrival to reply of all methods together.");
        add_bad_metrics(dispatch, service->metrics);
        return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
        if (dispatch != NULL)
                free(dispatch->served);
        free(dispatch);
}

static status check_input(struct call *call, const ProtobufCMessage *in)
{
        validate_message(call->method->input, in, &call->violations);
        return call->violations.count == 0 ? STATUS_OK : call_fail(call, STATUS_INVALID_ARGUMENT, "see errors");
}

/* Authors are shown, and what is inside taken out, only when every queued row is there. */
static status serve_and_show(
        struct call *call, const struct served *served, const ProtobufCMessage *in, ProtobufCMessage *out)
{
        if (call->service->definition->knows_people)
                TRY(people_check_sanction(call));
        TRY(served->rpc->serve(call, in, out));
        if (!served->shows_people && !served->has_inner)
                return STATUS_OK;
        TRY(db_flush(call));
        if (served->shows_people)
                TRY(people_show(call, out));
        if (served->has_inner)
                inner_clear(call->method->output, out);
        return STATUS_OK;
}

/* The handler, or the answer it gave the first time. */
static status run_once(struct call *call, const struct served *served, const struct frame *frame,
        const ProtobufCMessage *in, ProtobufCMessage **out)
{
        if (!idempotency_applies(call))
                return serve_and_show(call, served, in, *out);
        TRY(idempotency_begin(call, frame, out, &call->is_replay));
        if (call->is_replay)
                return STATUS_OK;
        TRY(serve_and_show(call, served, in, *out));
        return idempotency_finish(call, *out);
}

/* Tells the other replicas, with the commit, which kept answers are stale. */
static status publish_cleared(struct call *call, const ProtobufCMessage *in)
{
        size_t count;
        if (!call->method->rules->transaction || call->is_replay || call->is_rehearsal)
                return STATUS_OK;
        char **tags = answer_cleared_tags(call->arena, call->method, in, &count);
        return answer_outdate(call, count, tags);
}

static status run_handler(struct call *call, const struct served *served, const struct frame *frame,
        const ProtobufCMessage *in, ProtobufCMessage **out)
{
        if (call->db == NULL)
                return served->rpc->serve(call, in, *out);
        db_begin(call, call->method->rules->transaction);
        status result = run_once(call, served, frame, in, out);
        if (result == STATUS_OK)
                result = publish_cleared(call, in);
        status ended = db_end(call, result == STATUS_OK);
        if (result == STATUS_OK && ended == STATUS_OK && call->has_published)
                event_relay_wake(call->service->relay);
        return result == STATUS_OK ? ended : result;
}

/* What run_handler needs, as answer_cache.h takes it. */
struct making {
        struct call *call;
        const struct served *served;
        const struct frame *frame;
        const ProtobufCMessage *in;
};

static status make_answer(void *arg, ProtobufCMessage **out)
{
        const struct making *making = arg;
        return run_handler(making->call, making->served, making->frame, making->in, out);
}

/* Answers of reads are kept, and writes make stale what they change; both only after their success. */
static status run_with_cache(struct call *call, const struct served *served, const struct frame *frame,
        const ProtobufCMessage *in, ProtobufCMessage **out)
{
        struct cache *cache = call->service->cache;
        struct making making = {call, served, frame, in};
        const struct answer_maker maker = {make_answer, &making};
        if (cache == NULL || call->method->rules->cache == NULL)
                return run_handler(call, served, frame, in, out);
        if (answer_is_kept(call->method))
                return answer_get(call, frame, in, &maker, out);
        TRY(run_handler(call, served, frame, in, out));
        if (!call->is_rehearsal)
                answer_clear(cache, call->arena, call->method, in);
        return STATUS_OK;
}

static status serve(struct call *call, const struct served *served, const struct frame *frame, ProtobufCMessage **out)
{
        ProtobufCMessage *in;
        const ProtobufCMessageDescriptor *output = call->method->output->descriptor;
        if (call_time_left(call) == 0)
                return call_fail(call, STATUS_DEADLINE_EXCEEDED, "it waited too long");
        TRY(access_check(call));
        if (frame_unpack(call->arena, call->method->input->descriptor, frame->payload, frame->payload_size, &in) !=
                STATUS_OK)
                return call_fail(call, STATUS_INVALID_ARGUMENT, "the payload is not a %s",
                        call->method->input->descriptor->short_name);
        TRY(check_input(call, in));
        *out = arena_alloc(call->arena, output->sizeof_message);
        output->message_init(*out);
        return run_with_cache(call, served, frame, in, out);
}

static void log_call(const struct call *call, status code, int64_t took_us)
{
        enum log_level level = code == STATUS_INTERNAL || code == STATUS_DATA_LOSS ? LOG_ERROR : LOG_DEBUG;
        LOG(level, "call", log_text("rpc.method", call->method->name), log_text("status", status_name(code)),
                log_number("duration_us", took_us), log_text("trace.id", call->trace.trace_id),
                log_text("span.id", call->trace.span_id), log_text("http.request.id", call->header->request_id),
                log_text("reason", call->failure));
}

/* The control lane is chosen by a header's first words and has no database; a header can say something else behind
 * them. */
static bool is_in_wrong_lane(const struct dispatch *dispatch, const struct call *call)
{
        const char *method = call->method->name;
        return call->db == NULL && dispatch->service->definition->migrations != NULL &&
               !kit_part_is_control(method, strlen(method)) && !call->method->rules->prompt;
}

static struct message *serve_method(
        const struct dispatch *dispatch, struct call *call, const struct frame *frame, int64_t waited_us)
{
        const struct schema *schema = dispatch->service->schema;
        struct served *served = &dispatch->served[call->method - schema_method_at(schema, 0)];
        ProtobufCMessage *out = NULL;
        int64_t started_us = clock_now_us();
        if (served->rpc == NULL) {
                metric_add(dispatch->unknown, 1);
                return reply_refuse(STATUS_UNIMPLEMENTED, "this service does not have this method");
        }
        if (is_in_wrong_lane(dispatch, call)) {
                metric_add(dispatch->garbage, 1);
                return reply_refuse(STATUS_INVALID_ARGUMENT, "its header names two methods");
        }
        if (!running_begin(dispatch->service->running, call->header->call_id, call->caller->service, &call->mark)) {
                metric_add(dispatch->duplicates, 1);
                return reply_refuse(STATUS_ALREADY_EXISTS, "a call of this id is running");
        }
        call->deadline_us -= waited_us;
        status code = serve(call, served, frame, &out);
        running_end(&call->mark);
        int64_t took_us = clock_now_us() - started_us + waited_us;
        const char *example = call->trace.is_sampled ? call->trace.trace_id : NULL;
        served_observe(served, dispatch->service->metrics, call->method, code, took_us, example);
        histogram_observe(dispatch->service->calls, took_us, example);
        metric_add(served->statements, call->n_statements);
        rpc_span_served(dispatch->service->tracer, &call->trace, call->method, code, started_us - waited_us,
                started_us - waited_us + took_us, call->n_statements);
        log_call(call, code, took_us);
        return reply_pack(call, code, out, took_us);
}

/* A kept answer is a call like any other to whoever counts. */
static void note_recalled(
        const struct dispatch *dispatch, const struct request *asked, struct served *served, int64_t started_us)
{
        const struct service *service = dispatch->service;
        int64_t ended_us = clock_now_us();
        struct trace trace;
        trace_start(&trace, asked->header->traceparent);
        served_observe(served, service->metrics, asked->method, STATUS_OK, ended_us - started_us,
                trace.is_sampled ? trace.trace_id : NULL);
        rpc_span_served(service->tracer, &trace, asked->method, STATUS_OK, started_us, ended_us, 0);
}

/* What the caller may ask was checked when the answer was made, and the caller is part of the key. */
static struct message *recall(const struct dispatch *dispatch, struct arena *arena, const struct request *asked)
{
        struct message *reply = NULL;
        int64_t started_us = clock_now_us();
        struct answer_key key = answer_key_of(arena, asked->method, asked->caller, &asked->frame);
        size_t place = (size_t)(asked->method - schema_method_at(dispatch->service->schema, 0));
        if (cache_get(dispatch->service->cache, key.bytes, key.size, false, reply_pack_kept, &reply) && reply != NULL)
                note_recalled(dispatch, asked, &dispatch->served[place], started_us);
        return reply;
}

/* What is no request, or nobody's that we know. */
static struct message *turn_back(const struct dispatch *dispatch, status code)
{
        bool is_unproven = code == STATUS_UNAUTHENTICATED;
        metric_add(is_unproven ? dispatch->unproven : dispatch->garbage, 1);
        return reply_refuse(code, is_unproven ? "the caller is not proven" : "this is no request");
}

static struct message *serve_asked(const struct dispatch *dispatch, struct arena *arena, struct db *db,
        const struct request *asked, int64_t waited_us)
{
        struct call call;
        call_init(&call, arena, dispatch->service, asked->header, asked->caller);
        call.db = db;
        call.method = asked->method;
        return serve_method(dispatch, &call, &asked->frame, waited_us);
}

struct message *dispatch_serve(
        const struct dispatch *dispatch, struct arena *arena, struct db *db, struct message *message, int64_t waited_us)
{
        struct request asked;
        status read = request_read(dispatch->service, arena, message, &asked);
        if (read != STATUS_OK)
                return turn_back(dispatch, read);
        if (asked.method == NULL) {
                metric_add(dispatch->unknown, 1);
                return reply_refuse(STATUS_UNIMPLEMENTED, "there is no such method");
        }
        return serve_asked(dispatch, arena, db, &asked, waited_us);
}

/* What is prompt may have to wait now and then all the same; the service knows when. */
static bool is_prompt(const struct dispatch *dispatch, const struct request *asked, size_t size)
{
        const struct service *service = dispatch->service;
        return asked->method->rules->prompt && size <= PROMPT_SIZE_MAX && service->definition->is_prompt != NULL &&
               service->definition->is_prompt(service);
}

static struct message *answer_at_once(const struct dispatch *dispatch, struct arena *arena, struct message *message)
{
        struct request asked;
        if (request_read(dispatch->service, arena, message, &asked) != STATUS_OK || asked.method == NULL)
                return NULL;
        if (is_prompt(dispatch, &asked, message_size(message)))
                return serve_asked(dispatch, arena, NULL, &asked, 0);
        return dispatch->service->cache != NULL && answer_is_kept(asked.method) ? recall(dispatch, arena, &asked)
                                                                                : NULL;
}

/* As far as can be seen before anything is proven: the rest are read only once, by a worker. */
static bool looks_at_once(const struct dispatch *dispatch, struct message *message)
{
        char name[REQUEST_METHOD_SIZE];
        if (!dispatch->answers_at_once || message_size(message) > RECALL_SIZE_MAX || request_peek(message, name) == 0)
                return false;
        const struct schema_method *method = schema_method_find(dispatch->service->schema, name);
        return method != NULL && may_be_at_once(dispatch->service, method);
}

struct message *dispatch_at_once(const struct dispatch *dispatch, struct message *message)
{
        if (!looks_at_once(dispatch, message))
                return NULL;
        struct arena *arena = arena_new(AT_ONCE_ARENA_LIMIT);
        struct message *reply = answer_at_once(dispatch, arena, message);
        arena_free(arena);
        return reply;
}
