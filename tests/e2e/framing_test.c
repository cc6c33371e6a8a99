/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6455, section by section: what a client may send over a WebSocket, and how it is told that it may not. */
#include "tests/e2e/raw_socket.h"

#include <string.h>

#define PING_MESSAGE JSON({"type" : "ping"})
#define PONG_MESSAGE "{\"type\":\"pong\"}"

static struct raw_socket *raw;

static void begin(void)
{
        scene_begin();
        raw = raw_open();
}

static void end(void)
{
        raw_close(raw);
        scene_end();
}

/* Is the socket as good as before? */
static void expect_service(void)
{
        raw_say_text(raw, FRAME_TEXT, PING_MESSAGE);
        ck_assert_msg(raw_hears(raw, FRAME_TEXT, PONG_MESSAGE), "it is not served");
}

/* The same offence on a socket of its own. */
static void expect_code_on_new(int first, const void *bytes, size_t size, int code)
{
        struct raw_socket *other = raw_open();
        raw_say(other, first, bytes, size);
        int given = raw_closing_code(other);
        ck_assert_msg(given == code, "first byte %02x, %zu bytes: closed with %d, not %d", (unsigned)first, size, given,
                code);
        raw_close(other);
}

TEST(s5_4_a_message_in_fragments_is_one_message)
{
        raw_say_text(raw, MORE_TEXT, "{\"type\"");
        raw_say_text(raw, MORE_CONTINUATION, "");
        raw_say_text(raw, MORE_CONTINUATION, ":\"pi");
        raw_say_text(raw, FRAME_CONTINUATION, "ng\"}");
        ck_assert(raw_hears(raw, FRAME_TEXT, PONG_MESSAGE));
        expect_service();
}
END_TEST

TEST(s5_4_control_frames_between_fragments_are_answered_at_once)
{
        raw_say_text(raw, MORE_TEXT, "{\"type\":");
        raw_say_text(raw, FRAME_PING, "are you there?");
        ck_assert(raw_hears(raw, FRAME_PONG, "are you there?"));
        raw_say_text(raw, FRAME_CONTINUATION, "\"ping\"}");
        ck_assert(raw_hears(raw, FRAME_TEXT, PONG_MESSAGE));
}
END_TEST

TEST(s5_4_a_continuation_of_nothing_is_an_error)
{
        raw_say_text(raw, FRAME_CONTINUATION, PING_MESSAGE);
        ck_assert_int_eq(raw_closing_code(raw), 1002);
}
END_TEST

TEST(s5_4_a_message_within_another_is_an_error)
{
        raw_say_text(raw, MORE_TEXT, "{\"type\":");
        raw_say_text(raw, FRAME_TEXT, PING_MESSAGE);
        ck_assert_int_eq(raw_closing_code(raw), 1002);
}
END_TEST

TEST(s5_1_a_frame_without_a_mask_is_an_error)
{
        static const char frame[] = "\x81\x0f{\"type\":\"ping\"}";
        raw_send(raw, frame, sizeof frame - 1);
        ck_assert_int_eq(raw_closing_code(raw), 1002);
}
END_TEST

TEST(s5_2_reserved_bits_are_an_error)
{
        for (int bit = 0x10; bit <= 0x40; bit <<= 1)
                expect_code_on_new(FRAME_TEXT | bit, PING_MESSAGE, strlen(PING_MESSAGE), 1002);
}
END_TEST

TEST(s5_2_reserved_opcodes_are_an_error)
{
        static const int reserved[] = {0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f};
        for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
                expect_code_on_new(reserved[i], "x", 1, 1002);
}
END_TEST

TEST(s5_2_a_length_longer_written_than_needed_is_an_error)
{
        static const char small_in_two[] = "\x81\xfe\x00\x05\x00\x00\x00\x00hello";
        struct raw_socket *other = raw_open();
        static const char small_in_eight[] = "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00hello";
        raw_send(raw, small_in_two, sizeof small_in_two - 1);
        ck_assert_int_eq(raw_closing_code(raw), 1002);
        raw_send(other, small_in_eight, sizeof small_in_eight - 1);
        ck_assert_int_eq(raw_closing_code(other), 1002);
        raw_close(other);
}
END_TEST

TEST(s5_2_a_length_with_its_highest_bit_set_is_an_error)
{
        static const char head[] = "\x81\xff\x80\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00";
        raw_send(raw, head, sizeof head - 1);
        ck_assert_int_eq(raw_closing_code(raw), 1002);
}
END_TEST

TEST(s5_5_a_control_frame_has_at_most_125_bytes)
{
        char payload[126];
        memset(payload, 'p', sizeof payload);
        raw_say(raw, FRAME_PING, payload, 125);
        struct raw_frame pong = raw_hear(raw);
        ck_assert_int_eq(pong.first, FRAME_PONG);
        ck_assert_uint_eq(pong.size, 125);
        ck_assert_mem_eq(pong.bytes, payload, 125);
        static const int control[] = {FRAME_CLOSE, FRAME_PING, FRAME_PONG};
        for (size_t i = 0; i < sizeof control / sizeof *control; i++)
                expect_code_on_new(control[i], payload, 126, 1002);
}
END_TEST

TEST(s5_5_a_control_frame_is_not_fragmented)
{
        static const int control[] = {FRAME_CLOSE, FRAME_PING, FRAME_PONG};
        for (size_t i = 0; i < sizeof control / sizeof *control; i++)
                expect_code_on_new(control[i] & 0x0f, "", 0, 1002);
}
END_TEST

TEST(s5_5_2_a_ping_is_answered_with_what_it_carries)
{
        raw_say_text(raw, FRAME_PING, "");
        ck_assert(raw_hears(raw, FRAME_PONG, ""));
        raw_say(raw, FRAME_PING, "\x00\xff\x80", 3);
        struct raw_frame pong = raw_hear(raw);
        ck_assert_int_eq(pong.first, FRAME_PONG);
        ck_assert_uint_eq(pong.size, 3);
        ck_assert_mem_eq(pong.bytes, "\x00\xff\x80", 3);
}
END_TEST

TEST(s5_5_3_a_pong_that_nobody_asked_for_is_ignored)
{
        raw_say_text(raw, FRAME_PONG, "here I am");
        expect_service();
}
END_TEST

TEST(s5_6_a_binary_message_is_not_accepted)
{
        raw_say(raw, FRAME_BINARY, PING_MESSAGE, strlen(PING_MESSAGE));
        ck_assert_int_eq(raw_closing_code(raw), 1003);
}
END_TEST

TEST(s8_1_text_that_is_not_utf_8_is_an_error)
{
        static const char *const bad[] = {"\xff", "{\"\xc0\xaf\"", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80z"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_code_on_new(FRAME_TEXT, bad[i], strlen(bad[i]), 1007);
        expect_code_on_new(FRAME_TEXT, "\"\xc3", 2, 1007);
}
END_TEST

TEST(an_empty_message_says_nothing_to_us)
{
        raw_say_text(raw, FRAME_TEXT, "");
        ck_assert_int_eq(raw_closing_code(raw), 1008);
}
END_TEST

/* Told apart by the code: 1008 is for good text that says nothing to us. */
TEST(s8_1_a_character_may_be_split_between_fragments_and_must_be_whole_at_the_end)
{
        raw_say(raw, MORE_TEXT, "\"\xe2\x82", 3);
        raw_say(raw, FRAME_CONTINUATION, "\xac\"", 2);
        ck_assert_int_eq(raw_closing_code(raw), 1008);
        struct raw_socket *other = raw_open();
        raw_say(other, MORE_TEXT, "\"\xe2\x82", 3);
        raw_say(other, FRAME_CONTINUATION, "\"", 1);
        ck_assert_int_eq(raw_closing_code(other), 1007);
        raw_close(other);
}
END_TEST

TEST(s10_4_a_message_has_at_most_4096_bytes_however_it_comes)
{
        char spaces[4097];
        memset(spaces, ' ', sizeof spaces);
        memcpy(spaces, PING_MESSAGE, strlen(PING_MESSAGE));
        raw_say(raw, FRAME_TEXT, spaces, 4096);
        ck_assert(raw_hears(raw, FRAME_TEXT, PONG_MESSAGE));
        expect_code_on_new(FRAME_TEXT, spaces, 4097, 1009);
        raw_say(raw, MORE_TEXT, spaces, 4000);
        raw_say(raw, FRAME_CONTINUATION, spaces, 97);
        ck_assert_int_eq(raw_closing_code(raw), 1009);
}
END_TEST

TEST(s10_4_a_length_beyond_all_memory_is_too_large)
{
        static const char head[] = "\x81\xff\x00\x00\x7f\xff\xff\xff\xff\xff\x00\x00\x00\x00hello";
        raw_send(raw, head, sizeof head - 1);
        ck_assert_int_eq(raw_closing_code(raw), 1009);
}
END_TEST

TEST(frames_may_come_byte_by_byte)
{
        static const char frame[] = "\x81\x8f\x00\x00\x00\x00{\"type\":\"ping\"}";
        for (size_t i = 0; i < sizeof frame - 1; i++) {
                raw_send(raw, frame + i, 1);
                pause_ms(1);
        }
        ck_assert(raw_hears(raw, FRAME_TEXT, PONG_MESSAGE));
}
END_TEST

TEST(frames_may_come_many_at_a_time)
{
        static const char frames[] = "\x89\x81\x00\x00\x00\x00"
                                     "1\x81\x8f\x00\x00\x00\x00{\"type\":\"ping\"}\x89\x81\x00\x00\x00\x00"
                                     "2";
        raw_send(raw, frames, sizeof frames - 1);
        int n_pongs = 0, n_texts = 0;
        for (int i = 0; i < 3; i++) {
                struct raw_frame frame = raw_hear(raw);
                n_pongs += frame.first == FRAME_PONG;
                n_texts += frame.first == FRAME_TEXT;
        }
        ck_assert_int_eq(n_pongs, 2);
        ck_assert_int_eq(n_texts, 1);
        expect_service();
}
END_TEST

TEST(s7_1_a_close_is_answered_and_then_the_connection_ends)
{
        raw_say(raw, FRAME_CLOSE, "\x03\xe8", 2);
        ck_assert_int_eq(raw_closing_code(raw), 1000);
}
END_TEST

TEST(s7_1_5_a_close_without_a_code_is_answered_without_one)
{
        raw_say(raw, FRAME_CLOSE, "", 0);
        ck_assert_int_eq(raw_closing_code(raw), 1005);
}
END_TEST

TEST(s7_4_codes_that_may_be_sent_are_answered_with_the_same)
{
        static const int good[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                const char bytes[] = {(char)(good[i] >> 8), (char)good[i], 'b', 'y', 'e'};
                expect_code_on_new(FRAME_CLOSE, bytes, sizeof bytes, good[i]);
        }
}
END_TEST

TEST(s7_4_codes_that_may_not_be_sent_are_an_error)
{
        static const int bad[] = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                const char bytes[] = {(char)(bad[i] >> 8), (char)bad[i]};
                expect_code_on_new(FRAME_CLOSE, bytes, sizeof bytes, 1002);
        }
        expect_code_on_new(FRAME_CLOSE, "\x03", 1, 1002);
}
END_TEST

TEST(s7_1_6_a_reason_that_is_not_utf_8_is_an_error)
{
        raw_say(raw, FRAME_CLOSE, "\x03\xe8\xff\xfe", 4);
        ck_assert_int_eq(raw_closing_code(raw), 1007);
}
END_TEST

TEST(s5_5_1_nothing_is_answered_behind_a_close)
{
        static const char frames[] = "\x88\x82\x00\x00\x00\x00\x03\xe8\x89\x81\x00\x00\x00\x00p";
        raw_send(raw, frames, sizeof frames - 1);
        ck_assert_int_eq(raw_closing_code(raw), 1000);
}
END_TEST

TEST(pings_count_among_what_a_client_may_send)
{
        for (int i = 0; i < 60; i++)
                raw_say_text(raw, FRAME_PING, "p");
        ck_assert_int_eq(raw_closing_code(raw), 4429);
}
END_TEST

SUITE_WITH(begin, end, "e2e/framing", NO_FORK, T(s5_4_a_message_in_fragments_is_one_message),
        T(s5_4_control_frames_between_fragments_are_answered_at_once), T(s5_4_a_continuation_of_nothing_is_an_error),
        T(s5_4_a_message_within_another_is_an_error), T(s5_1_a_frame_without_a_mask_is_an_error),
        T(s5_2_reserved_bits_are_an_error), T(s5_2_reserved_opcodes_are_an_error),
        T(s5_2_a_length_longer_written_than_needed_is_an_error), T(s5_2_a_length_with_its_highest_bit_set_is_an_error),
        T(s5_5_a_control_frame_has_at_most_125_bytes), T(s5_5_a_control_frame_is_not_fragmented),
        T(s5_5_2_a_ping_is_answered_with_what_it_carries), T(s5_5_3_a_pong_that_nobody_asked_for_is_ignored),
        T(s5_6_a_binary_message_is_not_accepted), T(s8_1_text_that_is_not_utf_8_is_an_error),
        T(s8_1_a_character_may_be_split_between_fragments_and_must_be_whole_at_the_end),
        T(s10_4_a_message_has_at_most_4096_bytes_however_it_comes), T(s10_4_a_length_beyond_all_memory_is_too_large),
        T(frames_may_come_byte_by_byte), T(frames_may_come_many_at_a_time),
        T(s7_1_a_close_is_answered_and_then_the_connection_ends),
        T(s7_1_5_a_close_without_a_code_is_answered_without_one),
        T(s7_4_codes_that_may_be_sent_are_answered_with_the_same), T(s7_4_codes_that_may_not_be_sent_are_an_error),
        T(s7_1_6_a_reason_that_is_not_utf_8_is_an_error), T(s5_5_1_nothing_is_answered_behind_a_close),
        T(an_empty_message_says_nothing_to_us), T(pings_count_among_what_a_client_may_send))
