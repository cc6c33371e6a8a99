/* SPDX-License-Identifier: Apache-2.0 */
/* Good requests, what becomes of their deadlines and of what handlers say, and the tables of handlers. */
#include "common/reply.h"
#include "tests/common/door.h"

TEST(a_good_request_is_answered)
{
        struct client_reply reply = serve_content("kind words");
        ck_assert_int_eq(reply.status, STATUS_OK);
        ck_assert_str_eq(((Moderation__CheckReply *)reply.payload)->verdict, "allow");
        ck_assert(reply.header->has_server_us);
        ck_assert_int_eq(door.n_run, 1);
}
END_TEST

TEST(an_unknown_method_is_unimplemented)
{
        static const char *const unknown[] = {NULL, "", "Check", "sfp.moderation.Moderation.NoSuchMethod",
                "sfp.moderation.Moderation.", "sfp.goals.Goals.GetShare"};
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
                door.kit.header.method = (char *)(size_t)unknown[i];
                assert_fails(serve_message(kit_request(&door.kit, NULL), CHECK, 0), STATUS_UNIMPLEMENTED, NULL);
        }
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

TEST(a_broken_rule_is_said_with_its_field)
{
        struct client_reply reply = serve_content("");
        assert_fails(reply, STATUS_INVALID_ARGUMENT, "validation_failed");
        ck_assert_uint_eq(reply.header->n_errors, 1);
        ck_assert_str_eq(reply.header->errors[0]->field, "content");
        ck_assert_int_eq(door.n_run, 0);
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
        door.kit.header.method = CHECK_CONTENT;
        assert_fails(serve_message(kit_request(&door.kit, &in.base), CHECK_CONTENT, 2 * SECOND_US),
                STATUS_DEADLINE_EXCEEDED, "deadline_exceeded");
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

TEST(a_request_without_a_deadline_has_none_left)
{
        door.kit.header.has_deadline_us = 0;
        assert_fails(serve_content("x"), STATUS_DEADLINE_EXCEEDED, "deadline_exceeded");
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

TEST(an_absurd_deadline_is_only_a_long_one)
{
        static const uint64_t absurd[] = {INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
        for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
                door.kit.header.deadline_us = absurd[i];
                ck_assert_int_eq(serve_content("x").status, STATUS_OK);
        }
}
END_TEST

TEST(a_refusal_is_a_reply_like_any_other)
{
        struct client_reply reply;
        client_reply_read(door.kit.arena, schema_method_find(door.kit.service.schema, CHECK), STATUS_OK,
                reply_refuse(STATUS_RESOURCE_EXHAUSTED, "too many"), &reply);
        ck_assert_int_eq(reply.status, STATUS_RESOURCE_EXHAUSTED);
        ck_assert_str_eq(reply.header->message, "too many");
}
END_TEST

/* The handler of rows that no table may have. */
static status never(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out)
{
        (void)call;
        (void)in;
        (void)out;
        return STATUS_INTERNAL;
}

TEST(tables_that_do_not_pair_with_the_proto_are_refused)
{
        static const struct rpc missing[] = {
                {"Check", never, sizeof(Moderation__CheckRequest), sizeof(Moderation__CheckReply)}, {0}};
        static const struct rpc strange[] = {{"NoSuchMethod", never, 1, 1}, {0}};
        static const struct rpc other_input[] = {
                {"Check", never, sizeof(Moderation__CheckRequest) + 8, sizeof(Moderation__CheckReply)},
                {"CheckContent", never, sizeof(Moderation__CheckContentRequest), sizeof(Moderation__CheckReply)}, {0}};
        static const struct rpc other_output[] = {
                {"Check", never, sizeof(Moderation__CheckRequest), sizeof(Moderation__CheckReply)},
                {"CheckContent", never, sizeof(Moderation__CheckContentRequest), 1}, {0}};
        static const struct rpc *const served[] = {fake_rpcs, NULL};
        const struct rpc *rest = kit_rest(&door.kit, served);
        const struct rpc *const bad[][4] = {{rest, NULL}, {rest, missing, NULL}, {rest, fake_rpcs, strange, NULL},
                {rest, fake_rpcs, missing, NULL}, {rest, other_input, NULL}, {rest, other_output, NULL}};
        const struct rpc *const good[] = {rest, fake_rpcs, NULL};
        door.kit.definition.tables = good;
        struct dispatch *paired = dispatch_new(&door.kit.service);
        ck_assert_ptr_nonnull(paired);
        dispatch_free(paired);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                door.kit.definition.tables = bad[i];
                ck_assert_msg(dispatch_new(&door.kit.service) == NULL, "%zu", i);
        }
}
END_TEST

/* Its header begins as one for the control lane, which has no database, and ends as this one. */
TEST(a_method_is_not_run_in_the_lane_without_a_database)
{
        static const struct migration migrations[] = {{0}};
        Moderation__CheckContentRequest in = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        in.content = "fine";
        door.kit.definition.migrations = migrations;
        assert_fails(serve(CHECK_CONTENT, &in.base), STATUS_INVALID_ARGUMENT, NULL);
        ck_assert_int_eq(door.n_run, 0);
}
END_TEST

SUITE_WITH(door_begin, door_end, "common/dispatch", FORK, T(a_good_request_is_answered),
        T(an_unknown_method_is_unimplemented), T(a_broken_rule_is_said_with_its_field),
        T(what_a_handler_says_reaches_the_caller), T(a_handler_that_says_nothing_fails_with_the_status_own_words),
        T(a_handler_may_find_a_field_invalid), T(an_answer_over_the_limit_is_an_error_and_not_silence),
        T(a_request_that_waited_past_its_deadline_is_not_carried_out), T(a_request_without_a_deadline_has_none_left),
        T(an_absurd_deadline_is_only_a_long_one), T(a_refusal_is_a_reply_like_any_other),
        T(tables_that_do_not_pair_with_the_proto_are_refused), T(a_method_is_not_run_in_the_lane_without_a_database))
