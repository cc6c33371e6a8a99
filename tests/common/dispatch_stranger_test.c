/* SPDX-License-Identifier: Apache-2.0 */
/* Callers who may not, who prove nothing, and bytes that are no request: no handler is run for them. */
#include "common/frame.h"
#include "tests/common/door.h"

#include <string.h>

TEST(every_user_has_the_role_user)
{
        door.kit.caller.n_roles = 0;
        ck_assert_int_eq(serve_content("kind words").status, STATUS_OK);
        ck_assert_int_eq(door.n_run, 1);
}
END_TEST

TEST(roles_alone_are_nobody)
{
        door.kit.caller.user_id = NULL;
        assert_fails(serve_content("x"), STATUS_UNAUTHENTICATED, "unauthenticated");
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

TEST(nobody_is_not_let_in)
{
        door.kit.caller = (Sfp__Caller)SFP__CALLER__INIT;
        door.kit.caller.service = IDENTITY_GATEWAY;
        assert_fails(serve_content("x"), STATUS_UNAUTHENTICATED, "unauthenticated");
        ck_assert_int_eq(door.n_run, 0);
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
                door.kit.caller.service = callers[i].service;
                ck_assert_int_eq(serve(CHECK, &in.base).status, callers[i].status);
        }
        ck_assert_int_eq(door.n_run, 1);
}
END_TEST

TEST(a_service_does_not_borrow_its_users_role)
{
        door.kit.caller.service = "goals";
        assert_fails(serve_content("x"), STATUS_PERMISSION_DENIED, "forbidden");
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

TEST(what_is_not_proven_is_refused_and_counted)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        struct message *bare;
        in.content = "x";
        door.kit.header.method = CHECK_CONTENT;
        door.kit.header.caller = IDENTITY_GATEWAY;
        ck_assert_int_eq(frame_pack(&door.kit.header.base, &in.base, &bare), STATUS_OK);
        assert_fails(serve_message(bare, CHECK_CONTENT, 0), STATUS_UNAUTHENTICATED, NULL);
        struct message *changed = kit_request(&door.kit, &in.base);
        message_bytes(changed)[message_size(changed) - 1] = 'y';
        assert_fails(serve_message(changed, CHECK_CONTENT, 0), STATUS_UNAUTHENTICATED, NULL);
        ck_assert_int_eq(door.n_run, 0);
        ck_assert_ptr_nonnull(strstr(metrics_text(), "sfp_rpc_unproven_total 2\n"));
}
END_TEST

static bool is_always(const struct service *service)
{
        (void)service;
        return true;
}

/* Without a worker; true when there was a reply. */
static bool is_answered_at_once(struct message *request)
{
        struct message *reply = dispatch_at_once(door.dispatch, request);
        bool is_answered = reply != NULL;
        message_free(reply);
        message_free(request);
        return is_answered;
}

/* A worker refuses it; whoever receives it has better things to do. */
TEST(what_is_not_proven_is_not_answered_at_once)
{
        char *texts[] = {"x"};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        door.kit.definition.is_prompt = is_always;
        dispatch_free(door.dispatch);
        door.dispatch = dispatch_new(&door.kit.service);
        door.kit.header.method = CHECK;
        ck_assert(is_answered_at_once(kit_request(&door.kit, &in.base)));
        struct message *changed = kit_request(&door.kit, &in.base);
        message_bytes(changed)[message_size(changed) - 1] = 'y';
        ck_assert(!is_answered_at_once(changed));
        door.kit.header.method = CHECK_CONTENT; /* which is not prompt */
        ck_assert(!is_answered_at_once(kit_request(&door.kit, &in.base)));
        ck_assert_int_eq(door.n_run, 0); /* users may not ask for a Check */
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
        ck_assert_int_eq(door.n_run, 0);
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
        ck_assert_int_eq(door.n_run, 0);
        ck_assert_int_eq(serve_content("x").status, STATUS_OK);
}
END_TEST

TEST(every_cut_and_every_changed_byte_of_a_request_is_survived)
{
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = "some content";
        door.kit.header.method = CHECK_CONTENT;
        door.kit.header.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        struct message *request = kit_request(&door.kit, &in.base);
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

SUITE_WITH(door_begin, door_end, "common/dispatch_stranger", FORK, T(every_user_has_the_role_user),
        T(roles_alone_are_nobody), T(nobody_is_not_let_in), T(a_method_for_services_is_for_those_named),
        T(a_service_does_not_borrow_its_users_role), T(what_is_not_proven_is_refused_and_counted),
        T(what_is_not_proven_is_not_answered_at_once), T(a_payload_that_is_no_message_is_refused),
        T(garbage_is_answered_with_an_error), T(every_cut_and_every_changed_byte_of_a_request_is_survived),
        T(calls_and_garbage_are_counted))
