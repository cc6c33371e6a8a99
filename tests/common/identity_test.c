/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "tests/common/keys.h"
#include "tests/suite.h"

static struct arena *arena;
static struct identity *gateway, *goals, *moderation;
static Sfp__RequestHeader header;

static void set_up(void)
{
        arena = arena_new(0);
        gateway = keys_identity(IDENTITY_GATEWAY);
        goals = keys_identity("goals");
        moderation = keys_identity("moderation");
        header = (Sfp__RequestHeader)SFP__REQUEST_HEADER__INIT;
        header.method = "sfp.moderation.Moderation.Check";
}

static void tear_down(void)
{
        identity_free(gateway);
        identity_free(goals);
        identity_free(moderation);
        arena_free(arena);
}

static void vouch(int64_t now_s)
{
        Sfp__Caller user = SFP__CALLER__INIT;
        user.user_id = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        user.service = "goals"; /* nothing that a principal says about processes counts */
        header.has_principal = 1;
        header.principal = keys_vouch(arena, &user, now_s);
}

static int64_t now_s(void)
{
        return clock_unix_us() / 1000000;
}

static status check(struct message *request, Sfp__Caller **out)
{
        struct frame frame;
        ck_assert_int_eq(frame_split(message_bytes(request), message_size(request), &frame), STATUS_OK);
        const Sfp__RequestHeader *received =
                sfp__request_header__unpack(arena_protobuf_allocator(arena), frame.header_size, frame.header);
        return identity_check(moderation, arena, &frame, received, out);
}

static status send(struct identity *from, Sfp__Caller **out)
{
        struct message *request;
        ck_assert_int_eq(identity_pack(from, "moderation", &header, NULL, &request), STATUS_OK);
        status result = check(request, out);
        message_free(request);
        return result;
}

TEST(a_process_that_calls_for_itself_is_nobody_else)
{
        Sfp__Caller *caller;
        ck_assert_int_eq(send(goals, &caller), STATUS_OK);
        ck_assert_str_eq(caller->service, "goals");
        ck_assert_ptr_null(caller->user_id);
        ck_assert_uint_eq(caller->n_roles, 0);
}
END_TEST

TEST(a_user_comes_with_the_process_that_brings_them)
{
        Sfp__Caller *caller;
        vouch(now_s());
        ck_assert_int_eq(send(gateway, &caller), STATUS_OK);
        ck_assert_str_eq(caller->service, IDENTITY_GATEWAY);
        ck_assert_str_eq(caller->user_id, "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11");
}
END_TEST

TEST(an_old_word_for_a_user_is_refused)
{
        Sfp__Caller *caller;
        vouch(now_s() - 3600);
        ck_assert_int_eq(send(gateway, &caller), STATUS_UNAUTHENTICATED);
}
END_TEST

TEST(a_word_of_ones_own_making_is_refused)
{
        Sfp__Caller *caller;
        static uint8_t bytes[] = "made up";
        header.has_principal = 1;
        header.principal = (ProtobufCBinaryData){sizeof bytes, bytes};
        ck_assert_int_eq(send(goals, &caller), STATUS_UNAUTHENTICATED);
        header.principal.len = 0;
        ck_assert_int_eq(send(goals, &caller), STATUS_UNAUTHENTICATED);
}
END_TEST

TEST(a_request_that_only_says_who_it_is_from_is_refused)
{
        Sfp__Caller *caller;
        struct message *request;
        header.caller = IDENTITY_GATEWAY;
        ck_assert_int_eq(frame_pack(&header.base, NULL, &request), STATUS_OK);
        ck_assert_int_eq(check(request, &caller), STATUS_UNAUTHENTICATED);
        message_free(request);
}
END_TEST

TEST(a_process_that_nobody_calls_believes_nobody)
{
        struct identity *lonely = identity_new("moderation", keys_mesh_key(arena, "moderation"), "", "");
        Sfp__Caller *caller;
        identity_free(moderation);
        moderation = lonely;
        ck_assert_ptr_nonnull(lonely);
        ck_assert_int_eq(send(goals, &caller), STATUS_UNAUTHENTICATED);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/identity", NO_FORK, T(a_process_that_calls_for_itself_is_nobody_else),
        T(a_user_comes_with_the_process_that_brings_them), T(an_old_word_for_a_user_is_refused),
        T(a_word_of_ones_own_making_is_refused), T(a_request_that_only_says_who_it_is_from_is_refused),
        T(a_process_that_nobody_calls_believes_nobody))
