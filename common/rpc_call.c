/* SPDX-License-Identifier: Apache-2.0 */
/* A pending call is filled by a thread of the transport and read by the handler's; the mutex hands it over. Its memory
 * is the call's: rpc_wait always waits until the transport is done with it, which it is at the deadline. */
#include "common/rpc_call.h"

#include "common/client.h"
#include "common/service.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOKS = 10 };

struct rpc_pending {
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        const struct schema_method *method;
        const char *target; /* whom it asks */
        _Atomic bool is_done;
        status status;
        struct message *reply;
};

static void on_done(void *arg, status code, struct message *reply)
{
        struct rpc_pending *pending = arg;
        pthread_mutex_lock(&pending->mutex);
        pending->status = code;
        pending->reply = reply;
        pending->is_done = true;
        pthread_cond_signal(&pending->changed);
        pthread_mutex_unlock(&pending->mutex);
}

struct rpc_pending *rpc_start(struct call *call, const char *target, const char *method, const ProtobufCMessage *in)
{
        struct rpc_pending *pending = arena_zalloc(call->arena, sizeof *pending);
        pthread_mutex_init(&pending->mutex, NULL);
        pthread_cond_init(&pending->changed, NULL);
        pending->method = schema_method_find(call->service->schema, method);
        if (pending->method == NULL)
                abort(); /* a name of ours that the protos do not have */
        pending->target = target == NULL ? pending->method->service : target;

        char traceparent[TRACE_PARENT_SIZE];
        trace_format(&call->trace, traceparent);
        int64_t left = call_time_left(call);
        int64_t own = (int64_t)pending->method->rules->deadline_ms * 1000;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = 1;
        header.deadline_us = (uint64_t)(left < own ? left : own);
        header.traceparent = traceparent;
        header.request_id = call->header->request_id;
        header.has_principal = call->header->has_principal; /* the same user, through us */
        header.principal = call->header->principal;
        client_start(call->service->client, target, pending->method, &header, in, on_done, pending);
        return pending;
}

static void wait_done(struct rpc_pending *pending)
{
        for (int i = 0; i < LOOKS && !atomic_load(&pending->is_done); i++)
                sched_yield(); /* on a busy machine the reply is often there before a sleep would have begun */
        pthread_mutex_lock(&pending->mutex);
        while (!pending->is_done)
                pthread_cond_wait(&pending->changed, &pending->mutex);
        pthread_mutex_unlock(&pending->mutex);
        pthread_cond_destroy(&pending->changed);
        pthread_mutex_destroy(&pending->mutex);
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
        wait_done(pending);
        struct client_reply reply;
        if (pending->reply == NULL)
                client_count_lost(call->service->client);
        client_reply_read(call->arena, pending->method, pending->status, pending->reply, &reply);
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
