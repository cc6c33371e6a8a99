/* SPDX-License-Identifier: Apache-2.0 */
/* A moderation service whose handlers are the test's own; requests and replies are blocks of bytes, without sockets. */
#include "common/client.h"
#include "common/dispatch.h"
#include "common/frame.h"
#include "common/identity.h"
#include "common/metrics.h"
#include "common/reply.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

#define FAKE_RPCS(RPC)                                                                                                 \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FAKE_RPCS)

#define CHECK         "sfp.moderation.Moderation.Check"
#define CHECK_CONTENT "sfp.moderation.Moderation.CheckContent"

enum { SECOND_US = 1000000 };

static struct kit kit;
static struct dispatch *dispatch;
static int n_run;

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        n_run++;
        out->verdict = in->texts[0];
        return STATUS_OK;
}

/* Does what the content says. */
static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        n_run++;
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
extern const struct rpc fake_rpcs[];

static void set_up(void)
{
        static const struct rpc *const tables[] = {fake_rpcs, NULL};
        kit_open(&kit, "moderation", tables);
        dispatch = dispatch_new(&kit.service);
        ck_assert_ptr_nonnull(dispatch);
        n_run = 0;
        kit_call(&kit, NULL, SECOND_US); /* header and caller, a user */
        static char *roles[] = {"user"};
        kit.caller.roles = roles;
        kit.caller.n_roles = 1;
}

static void tear_down(void)
{
        dispatch_free(dispatch);
        kit_close(&kit);
}

static struct client_reply serve_message(struct message *request, const char *method, int64_t waited_us)
{
        struct client_reply reply;
        struct arena *arena = arena_new(24 << 20); /* as a worker's, and gone before the reply is read */
        struct message *bytes = dispatch_serve(dispatch, arena, NULL, request, waited_us);
        arena_free(arena);
        message_free(request);
        ck_assert_ptr_nonnull(bytes);
        client_reply_read(kit.arena, schema_method_find(kit.service.schema, method), STATUS_OK, bytes, &reply);
        ck_assert_ptr_nonnull(reply.header);
        return reply;
}

static struct client_reply serve(const char *method, const ProtobufCMessage *in)
{
        kit.header.method = (char *)(size_t)method;
        return serve_message(
                kit_request(&kit, in), schema_method_find(kit.service.schema, method) == NULL ? CHECK : method, 0);
}

static struct client_reply serve_content(const char *content)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = (char *)(size_t)content;
        return serve(CHECK_CONTENT, &in.base);
}

static struct client_reply serve_bytes(const void *bytes, size_t size)
{
        struct message *request = message_new(size);
        memcpy(message_bytes(request), bytes, size);
        return serve_message(request, CHECK, 0);
}

static void assert_fails(struct client_reply reply, status code, const char *problem)
{
        ck_assert_int_eq(reply.status, code);
        ck_assert_ptr_null(reply.payload);
        if (problem != NULL)
                ck_assert_str_eq(reply.header->problem, problem);
        ck_assert_ptr_nonnull(reply.header->message);
}

TEST(a_good_request_is_answered)
{
        struct client_reply reply = serve_content("kind words");
        ck_assert_int_eq(reply.status, STATUS_OK);
        ck_assert_str_eq(((Moderation__CheckReply *)reply.payload)->verdict, "allow");
        ck_assert(reply.header->has_server_us);
        ck_assert_int_eq(n_run, 1);
}
END_TEST

TEST(an_unknown_method_is_unimplemented)
{
        static const char *const unknown[] = {NULL, "", "Check", "sfp.moderation.Moderation.NoSuchMethod",
                "sfp.moderation.Moderation.", "sfp.goals.Goals.GetShare"};
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
                kit.header.method = (char *)(size_t)unknown[i];
                assert_fails(serve_message(kit_request(&kit, NULL), CHECK, 0), STATUS_UNIMPLEMENTED, NULL);
        }
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(every_user_has_the_role_user)
{
        kit.caller.n_roles = 0;
        ck_assert_int_eq(serve_content("kind words").status, STATUS_OK);
        ck_assert_int_eq(n_run, 1);
}
END_TEST

TEST(roles_alone_are_nobody)
{
        kit.caller.user_id = NULL;
        assert_fails(serve_content("x"), STATUS_UNAUTHENTICATED, "unauthenticated");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(nobody_is_not_let_in)
{
        kit.caller = (Sfp__Caller)SFP__CALLER__INIT;
        kit.caller.service = IDENTITY_GATEWAY;
        assert_fails(serve_content("x"), STATUS_UNAUTHENTICATED, "unauthenticated");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(a_method_for_services_is_for_those_named)
{
        static const struct {
                char *service;
                status status;
        } callers[] = {{"goals", STATUS_OK}, {"moderation", STATUS_PERMISSION_DENIED},
                {IDENTITY_GATEWAY, STATUS_PERMISSION_DENIED}, {"stranger", STATUS_UNAUTHENTICATED}};
        char *texts[] = {"text"};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
                kit.caller.service = callers[i].service;
                ck_assert_int_eq(serve(CHECK, &in.base).status, callers[i].status);
        }
        ck_assert_int_eq(n_run, 1);
}
END_TEST

TEST(a_service_does_not_borrow_its_users_role)
{
        kit.caller.service = "goals";
        assert_fails(serve_content("x"), STATUS_PERMISSION_DENIED, "forbidden");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(a_broken_rule_is_said_with_its_field)
{
        struct client_reply reply = serve_content("");
        assert_fails(reply, STATUS_INVALID_ARGUMENT, "validation_failed");
        ck_assert_uint_eq(reply.header->n_errors, 1);
        ck_assert_str_eq(reply.header->errors[0]->field, "content");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(a_payload_that_is_no_message_is_refused)
{
        static uint8_t field_cut_short[] = {0x0a, 0x7f, 'x'};
        ProtobufCMessageUnknownField garbage = {
                .tag = 1, .wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED, .len = 2, .data = field_cut_short + 1};
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.base.n_unknown_fields = 1;
        in.base.unknown_fields = &garbage;
        assert_fails(serve(CHECK_CONTENT, &in.base), STATUS_INVALID_ARGUMENT, "validation_failed");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(what_a_handler_says_reaches_the_caller)
{
        struct client_reply reply = serve_content("fail");
        assert_fails(reply, STATUS_NOT_FOUND, "not_found");
        ck_assert_str_eq(reply.header->message, "there is no such thing");
        reply = serve_content("problem");
        assert_fails(reply, STATUS_FAILED_PRECONDITION, "content_blocked");
        ck_assert_str_eq(reply.header->message, "not like this");
}
END_TEST

TEST(a_handler_that_says_nothing_fails_with_the_status_own_words)
{
        struct client_reply reply = serve_content("fail silently");
        assert_fails(reply, STATUS_ABORTED, "aborted");
        ck_assert_str_eq(reply.header->message, problem_title(PROBLEM_ABORTED));
}
END_TEST

TEST(a_handler_may_find_a_field_invalid)
{
        struct client_reply reply = serve_content("invalid");
        assert_fails(reply, STATUS_INVALID_ARGUMENT, "validation_failed");
        ck_assert_uint_eq(reply.header->n_errors, 1);
        ck_assert_str_eq(reply.header->errors[0]->code, "not_allowed");
        ck_assert_str_eq(reply.header->errors[0]->message, "must not be 7");
}
END_TEST

TEST(an_answer_over_the_limit_is_an_error_and_not_silence)
{
        assert_fails(serve_content("huge"), STATUS_RESOURCE_EXHAUSTED, NULL);
}
END_TEST

TEST(a_request_that_waited_past_its_deadline_is_not_carried_out)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = "x";
        kit.header.method = CHECK_CONTENT;
        assert_fails(serve_message(kit_request(&kit, &in.base), CHECK_CONTENT, 2 * SECOND_US), STATUS_DEADLINE_EXCEEDED,
                "deadline_exceeded");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(a_request_without_a_deadline_has_none_left)
{
        kit.header.has_deadline_us = 0;
        assert_fails(serve_content("x"), STATUS_DEADLINE_EXCEEDED, "deadline_exceeded");
        ck_assert_int_eq(n_run, 0);
}
END_TEST

TEST(an_absurd_deadline_is_only_a_long_one)
{
        static const uint64_t absurd[] = {INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
        for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
                kit.header.deadline_us = absurd[i];
                ck_assert_int_eq(serve_content("x").status, STATUS_OK);
        }
}
END_TEST

TEST(garbage_is_answered_with_an_error)
{
        static const struct {
                const char *bytes;
                size_t size;
        } garbage[] = {{"", 0}, {"\0", 1}, {"\0\1", 2}, {"\0\1\0\0", 4}, {"\0\2\0\0", 4}, {"\0\1\xff\xff", 4},
                {"\0\1\0\2\x0a\x7f", 6}, {"GET / HTTP/1.1\r\n\r\n", 18}, {"\xff\xff\xff\xff\xff\xff\xff\xff", 8}};
        for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
                struct client_reply reply = serve_bytes(garbage[i].bytes, garbage[i].size);
                ck_assert(reply.status == STATUS_INVALID_ARGUMENT || reply.status == STATUS_UNAUTHENTICATED);
        }
        ck_assert_int_eq(n_run, 0);
        ck_assert_int_eq(serve_content("x").status, STATUS_OK);
}
END_TEST

TEST(every_cut_and_every_changed_byte_of_a_request_is_survived)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = "some content";
        kit.header.method = CHECK_CONTENT;
        kit.header.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        struct message *request = kit_request(&kit, &in.base);
        size_t size = message_size(request);
        for (size_t cut = 0; cut < size; cut++)
                serve_bytes(message_bytes(request), cut);
        for (size_t i = 0; i < size; i++) {
                static const uint8_t changes[] = {0x01, 0x80, 0xff};
                for (size_t c = 0; c < sizeof changes; c++) {
                        message_bytes(request)[i] ^= changes[c];
                        serve_bytes(message_bytes(request), size);
                        message_bytes(request)[i] ^= changes[c];
                }
        }
        message_free(request);
}
END_TEST

static const char *metrics_text(void)
{
        struct buffer out = buffer_in(kit.arena);
        metrics_print(kit.service.metrics, METRICS_TEXT, &out);
        return buffer_text(&out);
}

TEST(what_is_not_proven_is_refused_and_counted)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        struct message *bare;
        in.content = "x";
        kit.header.method = CHECK_CONTENT;
        kit.header.caller = IDENTITY_GATEWAY;
        ck_assert_int_eq(frame_pack(&kit.header.base, &in.base, &bare), STATUS_OK);
        assert_fails(serve_message(bare, CHECK_CONTENT, 0), STATUS_UNAUTHENTICATED, NULL);
        struct message *changed = kit_request(&kit, &in.base);
        message_bytes(changed)[message_size(changed) - 1] = 'y';
        assert_fails(serve_message(changed, CHECK_CONTENT, 0), STATUS_UNAUTHENTICATED, NULL);
        ck_assert_int_eq(n_run, 0);
        ck_assert_ptr_nonnull(strstr(metrics_text(), "sfp_rpc_unproven_total 2\n"));
}
END_TEST

TEST(calls_and_garbage_are_counted)
{
        serve_content("x");
        serve_content("fail");
        serve_bytes("", 0);
        const char *text = metrics_text();
        ck_assert_ptr_nonnull(strstr(text,
                "rpc_server_call_duration_seconds_count{rpc_method=\"sfp.moderation.Moderation/CheckContent\","
                "rpc_system_name=\"sfp\",rpc_response_status_code=\"OK\"} 1\n"));
        ck_assert_ptr_nonnull(strstr(text,
                "rpc_server_call_duration_seconds_count{rpc_method=\"sfp.moderation.Moderation/CheckContent\","
                "rpc_system_name=\"sfp\",rpc_response_status_code=\"NOT_FOUND\",error_type=\"NOT_FOUND\"} 1\n"));
        ck_assert_ptr_nonnull(strstr(text, "sfp_rpc_garbage_total 1\n"));
        ck_assert_ptr_nonnull(strstr(text, "sfp_call_seconds_count 2\n"));
}
END_TEST

TEST(tables_that_do_not_pair_with_the_proto_are_refused)
{
        static const struct rpc missing[] = {
                {"Check", check_rpc, sizeof(Moderation__CheckRequest), sizeof(Moderation__CheckReply)}, {0}};
        static const struct rpc strange[] = {{"NoSuchMethod", check_rpc, 1, 1}, {0}};
        static const struct rpc other_input[] = {
                {"Check", check_rpc, sizeof(Moderation__CheckRequest) + 8, sizeof(Moderation__CheckReply)},
                {"CheckContent", check_content_rpc, sizeof(Moderation__CheckContentRequest),
                        sizeof(Moderation__CheckReply)},
                {0}};
        static const struct rpc other_output[] = {
                {"Check", check_rpc, sizeof(Moderation__CheckRequest), sizeof(Moderation__CheckReply)},
                {"CheckContent", check_content_rpc, sizeof(Moderation__CheckContentRequest), 1}, {0}};
        static const struct rpc *const served[] = {fake_rpcs, NULL};
        const struct rpc *rest = kit_rest(&kit, served);
        const struct rpc *const bad[][4] = {{rest, NULL}, {rest, missing, NULL}, {rest, fake_rpcs, strange, NULL},
                {rest, fake_rpcs, missing, NULL}, {rest, other_input, NULL}, {rest, other_output, NULL}};
        const struct rpc *const good[] = {rest, fake_rpcs, NULL};
        kit.definition.tables = good;
        struct dispatch *paired = dispatch_new(&kit.service);
        ck_assert_ptr_nonnull(paired);
        dispatch_free(paired);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                kit.definition.tables = bad[i];
                ck_assert_msg(dispatch_new(&kit.service) == NULL, "%zu", i);
        }
}
END_TEST

TEST(a_refusal_is_a_reply_like_any_other)
{
        struct client_reply reply;
        client_reply_read(kit.arena, schema_method_find(kit.service.schema, CHECK), STATUS_OK,
                reply_refuse(STATUS_RESOURCE_EXHAUSTED, "too many"), &reply);
        ck_assert_int_eq(reply.status, STATUS_RESOURCE_EXHAUSTED);
        ck_assert_str_eq(reply.header->message, "too many");
}
END_TEST

/* Its header begins as one for the control lane, which has no database, and ends as this one. */
TEST(a_method_is_not_run_in_the_lane_without_a_database)
{
        static const struct migration migrations[] = {{0}};
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = "fine";
        kit.definition.migrations = migrations;
        assert_fails(serve(CHECK_CONTENT, &in.base), STATUS_INVALID_ARGUMENT, NULL);
        ck_assert_int_eq(n_run, 0);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/dispatch", FORK, T(a_good_request_is_answered),
        T(an_unknown_method_is_unimplemented), T(every_user_has_the_role_user), T(roles_alone_are_nobody),
        T(nobody_is_not_let_in), T(a_method_for_services_is_for_those_named),
        T(a_service_does_not_borrow_its_users_role), T(a_broken_rule_is_said_with_its_field),
        T(a_payload_that_is_no_message_is_refused), T(what_a_handler_says_reaches_the_caller),
        T(a_handler_that_says_nothing_fails_with_the_status_own_words), T(a_handler_may_find_a_field_invalid),
        T(an_answer_over_the_limit_is_an_error_and_not_silence),
        T(a_request_that_waited_past_its_deadline_is_not_carried_out), T(a_request_without_a_deadline_has_none_left),
        T(an_absurd_deadline_is_only_a_long_one), T(garbage_is_answered_with_an_error),
        T(every_cut_and_every_changed_byte_of_a_request_is_survived), T(calls_and_garbage_are_counted),
        T(what_is_not_proven_is_refused_and_counted), T(tables_that_do_not_pair_with_the_proto_are_refused),
        T(a_method_is_not_run_in_the_lane_without_a_database), T(a_refusal_is_a_reply_like_any_other))
