/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/door.h"

#include "common/metrics.h"

#include <string.h>

#define FAKE_RPCS(RPC)                                                                                                 \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FAKE_RPCS)

struct door door;

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        door.n_run++;
        out->verdict = in->texts[0];
        return STATUS_OK;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        door.n_run++;
        out->verdict = "allow";
        if (strcmp(in->content, "fail") == 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is no %s", "such thing");
        if (strcmp(in->content, "fail silently") == 0)
                return STATUS_ABORTED;
        if (strcmp(in->content, "problem") == 0)
                return call_problem(call, PROBLEM_CONTENT_BLOCKED, "not like this");
        if (strcmp(in->content, "invalid") == 0)
                return call_invalid(call, "content", "not_allowed", "must not be %d", 7);
        if (strcmp(in->content, "huge") == 0) {
                out->verdict = arena_zalloc(call->arena, (5 << 20) + 1);
                memset(out->verdict, 'x', 5 << 20);
        }
        return STATUS_OK;
}

RPC_TABLE(fake_rpcs, FAKE_RPCS);

void door_begin(void)
{
        static const struct rpc *const tables[] = {fake_rpcs, NULL};
        kit_open(&door.kit, "moderation", tables);
        door.dispatch = dispatch_new(&door.kit.service);
        ck_assert_ptr_nonnull(door.dispatch);
        door.n_run = 0;
        kit_call(&door.kit, NULL, SECOND_US); /* header and caller, a user */
        static char *roles[] = {"user"};
        door.kit.caller.roles = roles;
        door.kit.caller.n_roles = 1;
}

void door_end(void)
{
        dispatch_free(door.dispatch);
        kit_close(&door.kit);
}

struct client_reply serve_message(struct message *request, const char *method, int64_t waited_us)
{
        struct client_reply reply;
        struct arena *arena = arena_new(24 << 20); /* as a worker's, and gone before the reply is read */
        struct message *bytes = dispatch_serve(door.dispatch, arena, NULL, request, waited_us);
        arena_free(arena);
        message_free(request);
        ck_assert_ptr_nonnull(bytes);
        client_reply_read(
                door.kit.arena, schema_method_find(door.kit.service.schema, method), STATUS_OK, bytes, &reply);
        ck_assert_ptr_nonnull(reply.header);
        return reply;
}

struct client_reply serve(const char *method, const ProtobufCMessage *in)
{
        door.kit.header.method = (char *)(size_t)method;
        return serve_message(kit_request(&door.kit, in),
                schema_method_find(door.kit.service.schema, method) == NULL ? CHECK : method, 0);
}

struct client_reply serve_content(const char *content)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = (char *)(size_t)content;
        return serve(CHECK_CONTENT, &in.base);
}

struct client_reply serve_bytes(const void *bytes, size_t size)
{
        struct message *request = message_new(size);
        memcpy(message_bytes(request), bytes, size);
        return serve_message(request, CHECK, 0);
}

void assert_fails(struct client_reply reply, status code, const char *problem)
{
        ck_assert_int_eq(reply.status, code);
        ck_assert_ptr_null(reply.payload);
        if (problem != NULL)
                ck_assert_str_eq(reply.header->problem, problem);
        ck_assert_ptr_nonnull(reply.header->message);
}

const char *metrics_text(void)
{
        struct buffer out = buffer_in(door.kit.arena);
        metrics_print(door.kit.service.metrics, METRICS_TEXT, &out);
        return buffer_text(&out);
}
