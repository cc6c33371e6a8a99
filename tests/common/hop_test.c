/* SPDX-License-Identifier: Apache-2.0 */
#include "common/hop.h"
#include "sfp/rpc.pb-c.h"
#include "tests/common/keys.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static struct hop_keys *goals;      /* calls */
static struct hop_keys *moderation; /* is called */

static char *callers(const char *target, const char *name)
{
        return arena_printf(arena, "%s=%s", name, hop_derive(arena, keys_mesh_key(arena, name), target));
}

static void set_up(void)
{
        arena = arena_new(0);
        goals = hop_keys_new(keys_mesh_key(arena, "goals"), "");
        moderation = hop_keys_new(keys_mesh_key(arena, "moderation"), callers("moderation", "goals"));
        ck_assert_ptr_nonnull(goals);
        ck_assert_ptr_nonnull(moderation);
}

static void tear_down(void)
{
        hop_keys_free(goals);
        hop_keys_free(moderation);
        arena_free(arena);
}

static struct message *request_for(const char *target)
{
        uint8_t room[HOP_PROOF_SIZE] = {0};
        struct message *request;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Sfp__FieldError payload = SFP__FIELD_ERROR__INIT;
        header.method = "sfp.moderation.Moderation.Check";
        header.has_proof = 1;
        header.proof = (ProtobufCBinaryData){sizeof room, room};
        payload.message = "what is asked";
        ck_assert_int_eq(frame_pack(&header.base, &payload.base, &request), STATUS_OK);
        hop_prove(goals, target, request);
        return request;
}

static bool is_believed(const struct hop_keys *keys, const char *caller, struct message *request)
{
        struct frame frame;
        return frame_split(message_bytes(request), message_size(request), &frame) == STATUS_OK &&
               hop_check(keys, caller, &frame);
}

TEST(a_caller_is_believed_by_the_one_it_calls)
{
        struct message *request = request_for("moderation");
        ck_assert(is_believed(moderation, "goals", request));
        ck_assert(!is_believed(moderation, "feed", request));
        ck_assert(!is_believed(moderation, "", request));
        message_free(request);
}
END_TEST

TEST(what_one_was_shown_does_not_pass_before_another)
{
        struct hop_keys *feed = hop_keys_new(keys_mesh_key(arena, "feed"), callers("feed", "goals"));
        struct message *request = request_for("moderation");
        ck_assert(!is_believed(feed, "goals", request));
        message_free(request);
        request = request_for("feed");
        ck_assert(is_believed(feed, "goals", request));
        message_free(request);
        hop_keys_free(feed);
}
END_TEST

TEST(every_changed_byte_of_a_request_is_noticed)
{
        struct message *request = request_for("moderation");
        for (size_t i = 0; i < message_size(request); i++) {
                message_bytes(request)[i] ^= 0x04;
                ck_assert_msg(!is_believed(moderation, "goals", request), "byte %zu", i);
                message_bytes(request)[i] ^= 0x04;
        }
        ck_assert(is_believed(moderation, "goals", request));
        message_free(request);
}
END_TEST

TEST(a_request_without_a_proof_is_not_believed)
{
        struct message *request;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        ck_assert_int_eq(frame_pack(&header.base, NULL, &request), STATUS_OK);
        ck_assert(!is_believed(moderation, "goals", request));
        message_free(request);
        header.request_id = "an id of some length, so that the header is longer than a proof is";
        ck_assert_int_eq(frame_pack(&header.base, NULL, &request), STATUS_OK);
        ck_assert(!is_believed(moderation, "goals", request));
        message_free(request);
}
END_TEST

TEST(while_a_key_is_changed_both_count)
{
        struct hop_keys *both = hop_keys_new(keys_mesh_key(arena, "moderation"),
                arena_printf(arena, "goals=%s,%s,feed=%s", hop_derive(arena, keys_mesh_key(arena, "new"), "moderation"),
                        callers("moderation", "goals"), hop_derive(arena, keys_mesh_key(arena, "feed"), "moderation")));
        struct message *request = request_for("moderation");
        ck_assert(is_believed(both, "goals", request));
        ck_assert(!is_believed(both, "feed", request));
        message_free(request);
        hop_keys_free(both);
}
END_TEST

TEST(texts_that_are_no_keys_are_refused)
{
        static const char *const bad_lists[] = {"goals", "goals=", "=AAAA", "goals=AAAA", ",", "goals=x,"};
        ck_assert_ptr_null(hop_keys_new("", ""));
        ck_assert_ptr_null(hop_keys_new("AAAA", ""));
        ck_assert_ptr_null(hop_derive(arena, "AAAA", "goals"));
        for (size_t i = 0; i < sizeof bad_lists / sizeof *bad_lists; i++)
                ck_assert_msg(hop_keys_new(keys_mesh_key(arena, "goals"), bad_lists[i]) == NULL, "%s", bad_lists[i]);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/hop", NO_FORK, T(a_caller_is_believed_by_the_one_it_calls),
        T(what_one_was_shown_does_not_pass_before_another), T(every_changed_byte_of_a_request_is_noticed),
        T(a_request_without_a_proof_is_not_believed), T(while_a_key_is_changed_both_count),
        T(texts_that_are_no_keys_are_refused))
