/* SPDX-License-Identifier: Apache-2.0 */
/* A pending call is filled by a thread of the transport and read by the handler's; the mutex hands it over. Both hold
 * it, and the last to let go frees it: the reply may come long after the handler has lost interest. */
#include "common/rpc_call.h"

#include "common/client.h"
#include "common/clock.h"
#include "common/rpc_span.h"
#include "common/service.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        LOOKS = 10,
        HEED_US = 20000, /* between two looks whether our own caller still waits */
        LATE_US = 20000, /* after the deadline: the transport says itself that it has passed */
};

struct rpc_pending {
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        struct client *client;
        const struct schema_method *method;
        const char *target; /* whom it asks */
        uint64_t call_id;
        bool is_settled; /* waited for or cancelled. The handler's own */
        struct tracer *tracer;
        bool has_span;
        struct span span; /* of the call, when it has one */
        _Atomic int n_holders;
        _Atomic bool is_done;
        status status;
        struct message *reply;
};

static void let_go(struct rpc_pending *pending)
{
        if (atomic_fetch_sub(&pending->n_holders, 1) > 1)
                return;
        pthread_cond_destroy(&pending->changed);
        pthread_mutex_destroy(&pending->mutex);
        message_free(pending->reply);
        free(pending);
}

static void on_done(void *arg, status code, struct message *reply)
{
        struct rpc_pending *pending = arg;
        if (pending->has_span)
                rpc_span_end(pending->tracer, &pending->span, code, reply);
        pthread_mutex_lock(&pending->mutex);
        pending->status = code;
        pending->reply = reply;
        pending->is_done = true;
        pthread_cond_signal(&pending->changed);
        pthread_mutex_unlock(&pending->mutex);
        let_go(pending);
}

static void cancel(struct rpc_pending *pending)
{
        if (!pending->is_settled && !atomic_load(&pending->is_done))
                client_cancel(pending->client, pending->target, pending->method, pending->call_id);
        pending->is_settled = true;
}

/* The handler has returned. */
static void abandon(void *arg)
{
        cancel(arg);
        let_go(arg);
}

void rpc_cancel(struct call *call, struct rpc_pending *pending)
{
        (void)call;
        cancel(pending);
}

static struct rpc_pending *new_pending(struct call *call, const char *target, const char *method)
{
        struct rpc_pending *pending = calloc(1, sizeof *pending);
        pthread_condattr_t attributes;
        if (pending == NULL)
                abort();
        pending->method = schema_method_find(call->service->schema, method);
        if (pending->method == NULL)
                abort(); /* a name of ours that the protos do not have */
        pending->target = target == NULL ? pending->method->service : arena_strdup(call->arena, target);
        pending->client = call->service->client;
        atomic_store(&pending->n_holders, 2);
        pthread_mutex_init(&pending->mutex, NULL);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&pending->changed, &attributes);
        pthread_condattr_destroy(&attributes);
        arena_defer(call->arena, abandon, pending);
        return pending;
}

struct rpc_pending *rpc_start(struct call *call, const char *target, const char *method, const ProtobufCMessage *in)
{
        struct rpc_pending *pending = new_pending(call, target, method);
        char traceparent[TRACE_PARENT_SIZE];
        pending->tracer = call->service->tracer;
        pending->has_span = rpc_span_begin(
                pending->tracer, &call->trace, pending->method, pending->target, &pending->span, traceparent);
        int64_t left = call_time_left(call);
        int64_t own = (int64_t)pending->method->rules->deadline_ms * 1000;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = 1;
        header.deadline_us = (uint64_t)(left < own ? left : own);
        header.traceparent = traceparent;
        header.request_id = call->header->request_id;
        header.has_principal = call->header->has_principal; /* the same user, through us */
        header.principal = call->header->principal;
        pending->call_id =
                client_start(pending->client, pending->target, pending->method, &header, in, on_done, pending);
        return pending;
}

/* False when the call was given up on, because our caller has or because time is over. */
static bool wait_done(struct call *call, struct rpc_pending *pending)
{
        for (int i = 0; i < LOOKS && !atomic_load(&pending->is_done); i++)
                sched_yield(); /* on a busy machine the reply is often there before a sleep would have begun */
        pthread_mutex_lock(&pending->mutex);
        while (!pending->is_done && !call_is_cancelled(call) && clock_now_us() < call->deadline_us + LATE_US) {
                struct timespec until = clock_timespec(clock_now_us() + HEED_US);
                pthread_cond_timedwait(&pending->changed, &pending->mutex, &until);
        }
        bool is_done = pending->is_done;
        pthread_mutex_unlock(&pending->mutex);
        return is_done;
}

static status give_up(struct call *call, struct rpc_pending *pending)
{
        cancel(pending);
        if (call_is_cancelled(call))
                return call_fail(call, STATUS_CANCELLED, "the caller no longer waits");
        return call_fail(call, STATUS_DEADLINE_EXCEEDED, "%s took too long", pending->target);
}

/* Hands on what the other side said, without what only it should know. */
static status hand_on(struct call *call, const char *target, const struct client_reply *reply)
{
        if (reply->status == STATUS_INTERNAL || reply->status == STATUS_UNKNOWN)
                return call_fail(call, STATUS_INTERNAL, "%s failed", target);
        if (reply->header == NULL || reply->header->message == NULL)
                return call_fail(call, reply->status, "%s is out of reach", target);
        enum problem problem = problem_find(reply->header->problem);
        call_fail(call, reply->status, "%s", reply->header->message);
        if (problem != PROBLEM_NONE)
                call->problem = problem;
        return reply->status;
}

status rpc_wait(struct call *call, struct rpc_pending *pending, ProtobufCMessage **out)
{
        struct client_reply reply;
        if (!wait_done(call, pending))
                return give_up(call, pending);
        pending->is_settled = true;
        struct message *message = pending->reply;
        pending->reply = NULL;
        client_reply_read(call->arena, pending->method, pending->status, message, &reply);
        if (reply.status != STATUS_OK)
                return hand_on(call, pending->target, &reply);
        *out = reply.payload;
        return STATUS_OK;
}

status rpc_call(struct call *call, const char *method, const ProtobufCMessage *in, ProtobufCMessage **out)
{
        return rpc_wait(call, rpc_start(call, NULL, method, in), out);
}

status rpc_call_at(
        struct call *call, const char *target, const char *method, const ProtobufCMessage *in, ProtobufCMessage **out)
{
        return rpc_wait(call, rpc_start(call, target, method, in), out);
}
