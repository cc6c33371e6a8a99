/* SPDX-License-Identifier: Apache-2.0 */
#include "common/frame.h"
#include "common/transport.h"
#include "sfp/moderation.pb-c.h"
#include "sfp/rpc.pb-c.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

/* Splits a copy that ends where its memory ends, so that a sanitizer sees every read behind it. */
static status split_exact(const void *bytes, size_t size, struct frame *out)
{
        uint8_t *copy = malloc(size > 0 ? size : 1);
        memcpy(copy, bytes, size);
        status result = frame_split(copy, size, out);
        free(copy);
        return result;
}

TEST(what_was_packed_is_split_and_unpacked)
{
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Moderation__CheckRequest payload = MODERATION__CHECK_REQUEST__INIT;
        header.method = "sfp.moderation.Moderation.Check";
        payload.context = "topic";
        struct message *message;
        struct frame frame;
        ProtobufCMessage *read;
        ck_assert_int_eq(frame_pack(&header.base, &payload.base, &message), STATUS_OK);
        ck_assert_int_eq(frame_split(message_bytes(message), message_size(message), &frame), STATUS_OK);
        ck_assert_int_eq(
                frame_unpack(arena, header.base.descriptor, frame.header, frame.header_size, &read), STATUS_OK);
        ck_assert_str_eq(((Sfp__RequestHeader *)read)->method, header.method);
        ck_assert_int_eq(
                frame_unpack(arena, payload.base.descriptor, frame.payload, frame.payload_size, &read), STATUS_OK);
        ck_assert_str_eq(((Moderation__CheckRequest *)read)->context, "topic");
        message_free(message);
}
END_TEST

TEST(a_frame_may_be_without_payload)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        struct message *message;
        struct frame frame;
        ck_assert_int_eq(frame_pack(&header.base, NULL, &message), STATUS_OK);
        ck_assert_uint_eq(message_size(message), FRAME_PREFIX);
        ck_assert_mem_eq(message_bytes(message), "\0\1\0\0", FRAME_PREFIX);
        ck_assert_int_eq(frame_split(message_bytes(message), message_size(message), &frame), STATUS_OK);
        ck_assert_uint_eq(frame.header_size, 0);
        ck_assert_uint_eq(frame.payload_size, 0);
        message_free(message);
}
END_TEST

TEST(bytes_that_are_no_frame_are_refused)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"", 0}, {"\0", 1}, {"\0\1\0", 3}, {"\0\0\0\0", 4}, {"\0\2\0\0", 4}, {"\1\0\0\0", 4},
                {"\1\1\0\0", 4}, {"\0\1\0\1", 4}, {"\0\1\0\5abcd", 8}, {"\0\1\xff\xff", 4}, {"\0\1\xff\xff....", 8}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct frame frame;
                ck_assert_msg(split_exact(bad[i].bytes, bad[i].size, &frame) == STATUS_INVALID_ARGUMENT, "%zu", i);
        }
}
END_TEST

TEST(every_cut_of_a_frame_is_refused_or_shorter)
{
        static const char whole[] = "\0\1\0\3abcdefg";
        for (size_t size = 0; size < sizeof whole; size++) {
                struct frame frame;
                status result = split_exact(whole, size, &frame);
                ck_assert_int_eq(result, size < 7 ? STATUS_INVALID_ARGUMENT : STATUS_OK);
                if (result == STATUS_OK)
                        ck_assert_uint_eq(frame.payload_size, size - 7);
        }
}
END_TEST

TEST(a_payload_over_the_limit_is_not_packed)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        Moderation__CheckContentRequest payload = MODERATION__CHECK_CONTENT_REQUEST__INIT;
        struct message *message = NULL;
        payload.content = arena_zalloc(arena, TRANSPORT_MESSAGE_MAX + 1);
        memset(payload.content, 'x', TRANSPORT_MESSAGE_MAX);
        ck_assert_int_eq(frame_pack(&header.base, &payload.base, &message), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_ptr_null(message);
        payload.content[TRANSPORT_MESSAGE_MAX - 100] = '\0';
        ck_assert_int_eq(frame_pack(&header.base, &payload.base, &message), STATUS_OK);
        message_free(message);
}
END_TEST

TEST(a_header_over_64_kib_is_not_packed)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        struct message *message = NULL;
        header.message = arena_zalloc(arena, UINT16_MAX + 1);
        memset(header.message, 'x', UINT16_MAX);
        ck_assert_int_eq(frame_pack(&header.base, NULL, &message), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_ptr_null(message);
}
END_TEST

TEST(bytes_that_are_no_message_are_not_unpacked)
{
        static const struct {
                const char *bytes;
                size_t size;
        } bad[] = {{"\x0a", 1}, {"\x0a\x05hi", 4}, {"\x0a\xff\xff\xff\xff\x0f", 6}, {"\x07", 1},
                {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11}, {"\x0a\x02\x0a\x7f", 4}};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                ProtobufCMessage *out = NULL;
                ck_assert_msg(frame_unpack(arena, &sfp__principal__descriptor, (const uint8_t *)bad[i].bytes,
                                      bad[i].size, &out) == STATUS_INVALID_ARGUMENT,
                        "%zu", i);
                ck_assert_ptr_null(out);
        }
}
END_TEST

TEST(a_message_larger_than_the_arena_is_refused)
{
        struct arena *small = arena_new(1000);
        uint8_t bytes[2000];
        ProtobufCMessage *out = NULL;
        memset(bytes, 0, sizeof bytes);
        bytes[0] = 0x0a; /* one text of 1,990 bytes */
        bytes[1] = 0xc6;
        bytes[2] = 0x0f;
        ck_assert_int_eq(
                frame_unpack(small, &sfp__request_header__descriptor, bytes, 1993, &out), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(frame_unpack(arena, &sfp__request_header__descriptor, bytes, 1993, &out), STATUS_OK);
        arena_free(small);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/frame", FORK, T(what_was_packed_is_split_and_unpacked),
        T(a_frame_may_be_without_payload), T(bytes_that_are_no_frame_are_refused),
        T(every_cut_of_a_frame_is_refused_or_shorter), T(a_payload_over_the_limit_is_not_packed),
        T(a_header_over_64_kib_is_not_packed), T(bytes_that_are_no_message_are_not_unpacked),
        T(a_message_larger_than_the_arena_is_refused))
