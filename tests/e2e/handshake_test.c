/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6455, section 4: what opens a WebSocket, and what does not. */
#include "tests/e2e/listening.h"
#include "tests/e2e/wire.h"

#include <string.h>

#define UPGRADE "Connection: Upgrade\r\nUpgrade: websocket\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static struct user ann;

static void begin(void)
{
        scene_begin();
        ann = new_user();
}

static struct answer with(const char *headers)
{
        return ear_handshake(ann, ann.id, headers);
}

/* 426 names the protocol and the version there are (RFC 9110, section 15.5.22; RFC 6455, section 4.4). */
static void expect_upgrade_required(struct answer answer)
{
        expect_problem(answer, 426, "upgrade_required");
        ck_assert_str_eq(header_of(answer, "Upgrade"), "websocket");
        ck_assert_str_eq(header_of(answer, "Sec-WebSocket-Version"), "13");
}

TEST(s4_2_2_a_good_handshake_is_answered_with_the_key_proven)
{
        struct answer answer = with(UPGRADE VERSION KEY);
        expect_status(answer, 101);
        ck_assert_str_eq(header_of(answer, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        ck_assert_ptr_null(header_of(answer, "Sec-WebSocket-Extensions"));
        ck_assert_ptr_null(header_of(answer, "Sec-WebSocket-Protocol"));
}
END_TEST

TEST(s4_2_1_upgrade_is_read_whatever_its_case)
{
        expect_status(with("Connection: keep-alive, UPGRADE\r\nUpgrade: WebSocket\r\n" VERSION KEY), 101);
}
END_TEST

TEST(s4_4_another_version_is_told_which_one_there_is)
{
        expect_upgrade_required(with(UPGRADE KEY "Sec-WebSocket-Version: 8\r\n"));
        expect_upgrade_required(with(UPGRADE KEY "Sec-WebSocket-Version: 130\r\n"));
        expect_upgrade_required(with(UPGRADE KEY));
}
END_TEST

TEST(s4_2_1_what_asks_for_no_websocket_gets_none)
{
        expect_upgrade_required(with(""));
        expect_upgrade_required(with("Connection: Upgrade\r\nUpgrade: h2c\r\n" VERSION KEY));
        expect_upgrade_required(with("Connection: Upgrade\r\n" VERSION KEY));
}
END_TEST

TEST(s4_2_1_a_key_is_sixteen_bytes_in_base64)
{
        static const char *const bad[] = {"", "Sec-WebSocket-Key: \r\n", "Sec-WebSocket-Key: c2hvcnQ=\r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\n", "Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ==\r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_problem(with(text(UPGRADE VERSION "%s", bad[i])), 400, "malformed_request");
}
END_TEST

TEST(s4_1_only_get_opens_a_websocket)
{
        const char *path = text("/ws/%s", ann.id);
        expect_problem(post(ann, path, JSON({})), 405, "method_not_allowed");
        expect_problem(put(ann, path, JSON({})), 405, "method_not_allowed");
        expect_problem(del(ann, path), 405, "method_not_allowed");
}
END_TEST

TEST(a_header_of_the_handshake_is_sent_once)
{
        expect_problem(with(UPGRADE VERSION KEY KEY), 400, "malformed_request");
        expect_problem(with(UPGRADE VERSION VERSION KEY), 400, "malformed_request");
}
END_TEST

TEST(extensions_and_protocols_that_are_offered_are_not_taken)
{
        struct answer answer = with(UPGRADE VERSION KEY "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                                                        "Sec-WebSocket-Protocol: chat, superchat\r\n");
        expect_status(answer, 101);
        ck_assert_ptr_null(header_of(answer, "Sec-WebSocket-Extensions"));
        ck_assert_ptr_null(header_of(answer, "Sec-WebSocket-Protocol"));
}
END_TEST

TEST(a_socket_of_nobody_is_forbidden_not_missing)
{
        expect_problem(ear_handshake(ann, "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11", NULL), 403, "forbidden");
        expect_problem(ear_handshake(ann, "tickets", NULL), 405, "method_not_allowed");
}
END_TEST

SUITE_WITH(begin, scene_end, "e2e/handshake", NO_FORK, T(s4_2_2_a_good_handshake_is_answered_with_the_key_proven),
        T(s4_2_1_upgrade_is_read_whatever_its_case), T(s4_4_another_version_is_told_which_one_there_is),
        T(s4_2_1_what_asks_for_no_websocket_gets_none), T(s4_2_1_a_key_is_sixteen_bytes_in_base64),
        T(s4_1_only_get_opens_a_websocket), T(a_header_of_the_handshake_is_sent_once),
        T(extensions_and_protocols_that_are_offered_are_not_taken), T(a_socket_of_nobody_is_forbidden_not_missing))
