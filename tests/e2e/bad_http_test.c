/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are no good HTTP (RFC 9112), said by hand. */
#include "tests/e2e/refusal.h"
#include "tests/e2e/wire.h"

#include "common/buffer.h"

#include <stdio.h>
#include <string.h>

static const char body[] = "{" REST "}";

#define SHARES    "/api/v1/social/goal-sharing/"
#define POST      "POST " SHARES " HTTP/1.1"
#define GET       "GET " SHARES " HTTP/1.1"
#define JSON_TYPE "Content-Type: application/json\r\n"

static const char *with_token(const char *headers)
{
        return text("Authorization: Bearer %s\r\n%s", sender().token, headers);
}

static struct answer send_share(const char *headers, const char *bytes)
{
        return wire_request(POST, with_token(text(JSON_TYPE "%s", headers)), bytes, strlen(bytes));
}

/* Without it, the other tests would prove nothing. */
TEST(a_good_request_by_hand_is_answered)
{
        struct answer answer = wire_request(GET, with_token(""), "", 0);
        expect_status(answer, 200);
        ck_assert(has(answer, "items"));
        expect_no_effect();
}

static struct answer send_chunked(const char *headers)
{
        return send_share(headers, text("%zx\r\n%s\r\n0\r\n\r\n", strlen(body), body));
}

/* By us, or by the library under us, whose later versions see it first. */
static void expect_refused_for_good(struct answer answer, const char *what)
{
        ck_assert_msg(answer.status == 400, "%s: answered %d", what, answer.status);
        ck_assert_pstr_eq(header_of(answer, "Connection"), "close");
        expect_no_insight(answer);
}

TEST(where_a_body_ends_is_said_once)
{
        static const char *const bad[] = {"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 10\r\n", "Content-Length: 10\r\nContent-Length: 11\r\n",
                "Content-Length: 10\r\nContent-Length: 10\r\n", "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: xchunked\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_refused_for_good(send_chunked(bad[i]), bad[i]);
        expect_no_effect();
}

/* RFC 9112, section 5.1: a proxy in front may read such a header, and see a body where we see a second request. */
TEST(a_space_before_a_colon_is_refused)
{
        static const char *const bad[] = {
                "Transfer-Encoding : chunked\r\n", "Transfer-Encoding\t: chunked\r\n", "Content-Length : 5\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(send_chunked(bad[i]).status == 400, "%s is taken", bad[i]);
        expect_no_effect();
}

/* The HTTP library answers these itself, before the gateway hears of them. */
TEST(a_length_is_a_number)
{
        static const char *const bad[] = {"Content-Length: -1\r\n", "Content-Length: +10\r\n",
                "Content-Length: 1 0\r\n", "Content-Length: 0x10\r\n", "Content-Length: ten\r\n",
                "Content-Length: 10, 10\r\n", "Content-Length: 99999999999999999999999\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = send_chunked(bad[i]);
                ck_assert_msg(answer.status == 400 || answer.status == 413, "%s: %d", bad[i], answer.status);
                ck_assert_pstr_eq(header_of(answer, "Connection"), "close");
                expect_no_insight(answer);
        }
        expect_no_effect();
}

TEST(a_second_request_cannot_hide_in_a_body)
{
        const char *hidden = text("0\r\n\r\nDELETE %s HTTP/1.1\r\nHost: x\r\n\r\n", SHARES);
        struct answer answer =
                send_share(text("Content-Length: %zu\r\nTransfer-Encoding: chunked\r\n", strlen(hidden)), hidden);
        expect_refused_for_good(answer, "two lengths");
        ck_assert_ptr_null(strstr(answer.body, "HTTP/1.1"));
}

TEST(a_header_that_may_come_once_comes_once)
{
        const char *const bad[] = {with_token(with_token("")), with_token("Host: elsewhere\r\n"),
                with_token("Content-Type: text/plain\r\n" JSON_TYPE)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_bad(wire_request(GET, bad[i], "", 0), bad[i], 400, "malformed_request", NULL, NULL);
}

static char *filled(size_t size)
{
        char *out = arena_alloc(scene_arena(), size + 1);
        memset(out, 'a', size);
        out[size] = '\0';
        return out;
}

TEST(headers_have_a_greatest_size)
{
        struct answer answer = wire_request(GET, with_token(text("X-Filler: %s\r\n", filled(20000))), "", 0);
        expect_bad(answer, "20 kB of headers", 431, "headers_too_large", NULL, NULL);
}

TEST(an_endless_header_ends_the_connection)
{
        struct answer answer = wire_request(GET, with_token(text("X-Filler: %s\r\n", filled(1000000))), "", 0);
        ck_assert_msg(answer.status == 431 || answer.status == 0, "%d %s", answer.status, answer.body);
        expect_no_effect();
}

TEST(an_address_has_a_greatest_length)
{
        struct answer answer = wire_request(text("GET %s?q=%s HTTP/1.1", SHARES, filled(12000)), with_token(""), "", 0);
        expect_bad(answer, "12 kB of address", 414, "uri_too_long", NULL, NULL);
}

TEST(control_bytes_in_a_head_reach_nothing)
{
        static const char *const lines[] = {"GET " SHARES "\x01 HTTP/1.1", "GET " SHARES "\x7F HTTP/1.1",
                "GET " SHARES "\xC3\xA9 HTTP/1.1", "GET " SHARES "? q=1 HTTP/1.1", "G\x01T " SHARES " HTTP/1.1"};
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
                struct answer answer = wire_request(lines[i], with_token(""), "", 0);
                ck_assert_msg(answer.status == 0 || (answer.status >= 400 && answer.status < 500), "%s: %d", lines[i],
                        answer.status);
        }
        expect_no_effect();
}

TEST(what_is_no_http_is_dropped_or_refused)
{
        static const char *const bad[] = {"GET\r\n\r\n", "GET /\r\n\r\n", "HELO mail\r\n\r\n",
                "\x16\x03\x01\x02\x04\x01\x04\x01\xFC\x03\x03\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\n: no name\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = wire_ask(bad[i], strlen(bad[i]));
                ck_assert_msg(answer.status == 0 || answer.status >= 400, "%s: %d", bad[i], answer.status);
        }
        expect_no_effect();
}

TEST(a_body_that_never_comes_is_not_waited_for_by_others)
{
        const char *head = text(POST "\r\nHost: x\r\n%sContent-Length: 1000\r\n\r\n{", with_token(JSON_TYPE));
        struct answer answer = wire_ask(head, strlen(head));
        ck_assert_int_eq(answer.status, 0);
        expect_status(get(sender(), "/goal-sharing/"), 200);
        expect_no_effect();
}

TEST(noise_is_survived)
{
        unsigned state = 20240229;
        char noise[512];
        for (int round = 0; round < 200; round++) {
                for (size_t i = 0; i < sizeof noise; i++) {
                        state = state * 1664525 + 1013904223;
                        noise[i] = (char)(state >> 24);
                }
                memcpy(noise, "GET / ", round % 2 == 0 ? 6 : 0);
                memcpy(noise + sizeof noise - 4, "\r\n\r\n", 4);
                struct answer answer = wire_ask(noise, sizeof noise);
                ck_assert_int_lt(answer.status, 500);
        }
        expect_no_effect();
        expect_status(get(sender(), "/goal-sharing/"), 200);
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/bad_http", NO_FORK, T(a_good_request_by_hand_is_answered),
        T(where_a_body_ends_is_said_once), T(a_space_before_a_colon_is_refused), T(a_length_is_a_number),
        T(a_second_request_cannot_hide_in_a_body), T(a_header_that_may_come_once_comes_once),
        T(headers_have_a_greatest_size), T(an_endless_header_ends_the_connection), T(an_address_has_a_greatest_length),
        T(control_bytes_in_a_head_reach_nothing), T(what_is_no_http_is_dropped_or_refused),
        T(a_body_that_never_comes_is_not_waited_for_by_others), T(noise_is_survived))
