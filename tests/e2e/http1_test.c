/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 as it is spoken on the wire (RFC 9112, and 9110 where it says so), a rule a test: lines, fields,
 * connections. Bodies are in http1_body_test.c, and what is plainly bad in bad_http_test.c. */
#include "tests/e2e/http1.h"

#include "common/buffer.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 3.2: a server must respond 400 to a request without Host, with more than one, or with one that is not valid. */
TEST(a_request_has_one_good_host)
{
        static const char *const bad[] = {"", HOST "Host: localhost\r\n", HOST "Host: elsewhere\r\n", "Host: a b\r\n",
                "Host: a/b\r\n", "Host: a@b\r\n", "Host: a,b\r\n", "Host: a\tb\r\n", "Host: http://a\r\n"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = say(text("GET " LIVE " HTTP/1.1\r\n%s" CLOSE "\r\n", bad[i]));
                ck_assert_msg(answer.status == 400, "%s: %d", bad[i], answer.status);
        }
        static const char *const good[] = {
                "Host: localhost:8000\r\n", "Host: [::1]:8000\r\n", "Host:\r\n", "hOST:   x_y-z.example   \r\n"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                expect_status(say(text("GET " LIVE " HTTP/1.1\r\n%s" CLOSE "\r\n", good[i])), 200);
}

/* 9110, 2.5 and 9112, 9.3: the older version needs no Host, and its connection ends. */
TEST(version_1_0_is_answered_and_closed)
{
        struct answer answer = say("GET " LIVE " HTTP/1.0\r\n\r\nGET " LIVE " HTTP/1.0\r\n\r\n");
        expect_status(answer, 200);
        ck_assert_int_eq(count_of(heard(answer), "{\"status\":\"alive\"}"), 1);
        ck_assert_ptr_null(header_of(answer, "Transfer-Encoding"));
}

/* 2.3 */
TEST(another_version_is_refused)
{
        static const char *const versions[] = {"HTTP/2.0", "HTTP/3.0", "http/1.1", "HTTP/1,1", "HTTP/1", "HTTP/11.1",
                "HTTX/1.1", "HTTP/1.1x", "HTTP /1.1"};
        for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
                expect_refused(text("GET " LIVE " %s\r\n" HOST "\r\n", versions[i]), versions[i]);
}

/* 3: what stands between the parts of the line is one space. */
TEST(a_request_line_has_three_parts)
{
        static const char *const lines[] = {"GET", "GET " LIVE, "GET " LIVE " x HTTP/1.1", "GET\t" LIVE "\tHTTP/1.1",
                " GET " LIVE " HTTP/1.1", "GET " LIVE "#part HTTP/1.1", " "};
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
                expect_refused(text("%s\r\n" HOST CLOSE "\r\n", lines[i]), lines[i]);
}

/* 2.2: an empty line in front, which old clients sent behind a body, is passed over. */
TEST(an_empty_line_in_front_is_passed_over)
{
        expect_status(say("\r\nGET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n"), 200);
}

/* 3.2.2: the absolute form is taken, and its authority is not mixed up with the path. */
TEST(the_absolute_form_is_taken)
{
        static const char *const forms[] = {"http://elsewhere.example", "HTTP://x:80", "https://x"};
        for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
                expect_status(say(text("GET %s" LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n", forms[i])), 200);
        expect_status(say("GET http://x HTTP/1.1\r\n" HOST CLOSE "\r\n"), 404);
}

/* 3.2.4 */
TEST(a_star_asks_about_the_server)
{
        struct answer answer = say("OPTIONS * HTTP/1.1\r\n" HOST CLOSE "\r\n");
        expect_status(answer, 204);
        ck_assert_ptr_nonnull(strstr(header_of(answer, "Allow"), "PATCH"));
        expect_refused("GET * HTTP/1.1\r\n" HOST CLOSE "\r\n", "GET *");
}

/* 3.2.3, and what is no proxy. */
TEST(nobody_is_tunnelled)
{
        expect_refused("CONNECT localhost:22 HTTP/1.1\r\n" HOST CLOSE "\r\n", "CONNECT");
        expect_refused("TRACE " LIVE " HTTP/1.1\r\n" HOST CLOSE "X-Secret: 1\r\n\r\n", "TRACE");
}

/* 9110, 9.1 and 15.5.6: verbs have a case, and one that is not had is answered with those that are. */
TEST(a_verb_that_is_not_had_is_answered_405)
{
        static const char *const verbs[] = {"BREW", "get", "GETT", "PROPFIND", "M-SEARCH", "DELETE"};
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
                struct answer answer = say(text("%s " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n", verbs[i]));
                expect_bad(answer, verbs[i], 405, "method_not_allowed", NULL, NULL);
                ck_assert_pstr_eq(header_of(answer, "Allow"), "GET, HEAD, OPTIONS");
        }
}

/* 9.3 */
TEST(a_connection_stays_open_for_the_next_request)
{
        int fd = wire_connect();
        for (int i = 0; i < 5; i++) {
                char piece[4096];
                const char *request =
                        i < 4 ? "GET " LIVE " HTTP/1.1\r\n" HOST "\r\n" : "GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n";
                ck_assert_int_gt(send(fd, request, strlen(request), MSG_NOSIGNAL), 0);
                ssize_t size = recv(fd, piece, sizeof piece - 1, 0);
                ck_assert_int_gt(size, 0);
                piece[size] = '\0';
                ck_assert(strncmp(piece, "HTTP/1.1 200 ", 13) == 0);
        }
        char byte;
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        ck_assert(poll(&poll_fd, 1, 10000) == 1);
        while (recv(fd, &byte, 1, 0) > 0)
                ;
        close(fd);
}

/* 9.3.2: answers come in the order of the requests, whoever is quicker. */
TEST(pipelined_requests_are_answered_in_order)
{
        const char *all = text("GET " LIVE " HTTP/1.1\r\n" HOST "X-Request-Id: n1\r\n\r\n"
                               "POST " SHARES " HTTP/1.1\r\n" HOST "%s" JSON_TYPE "X-Request-Id: n2\r\n"
                               "Content-Length: %zu\r\n\r\n%s"
                               "HEAD " LIVE " HTTP/1.1\r\n" HOST "X-Request-Id: n3\r\n\r\n"
                               "GET " SHARES "?owner=me HTTP/1.1\r\n" HOST "%sX-Request-Id: n4\r\n" CLOSE "\r\n",
                token(), strlen(draft), draft, token());
        const char *at = heard(say(all));
        for (int i = 1; i <= 4; i++) {
                at = strstr(at, text("X-Request-Id: n%d\r\n", i));
                ck_assert_msg(at != NULL, "no answer to the %d. request", i);
        }
        ck_assert_ptr_nonnull(strstr(at, "A boat"));
}

/* 5.1, 5.2, 2.2: names are tokens; a line that goes on is refused or is one value; a bare CR ends nothing. */
TEST(a_field_is_a_name_and_a_value_in_one_line)
{
        static const char *const bad[] = {"Host: x\r\nbad name: 1", "Host: x\r\n(bad): 1", "Host: x\r\nno colon",
                " Host: x", "Host: x\r\nX-A : 1", "Host: x\r\nX-A: a\rHost: y", "Host: x\r\nX-A: a\rb"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_refused(text("GET " LIVE " HTTP/1.1\r\n%s\r\n" CLOSE "\r\n", bad[i]), bad[i]);
}

/* What the library hides from us is a NUL in a value: it ends there. */
TEST(a_nul_in_an_address_or_a_name_is_refused)
{
        static const char *const heads[] = {"GET " LIVE "$ HTTP/1.1\r\n" HOST CLOSE "\r\n",
                "GET " LIVE "$/../live HTTP/1.1\r\n" HOST CLOSE "\r\n",
                "GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "X-$A: 1\r\n\r\n"};
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
                size_t size = strlen(heads[i]);
                char *bytes = text("%s", heads[i]);
                *strchr(bytes, '$') = '\0';
                struct answer answer = wire_ask(bytes, size);
                ck_assert_msg(answer.status == 0 || answer.status == 400, "%s: %d", heads[i], answer.status);
        }
}

/* 9110, 7.8: an upgrade that is not offered is passed over. */
TEST(an_upgrade_that_is_not_offered_is_passed_over)
{
        expect_status(say("GET " LIVE " HTTP/1.1\r\n" HOST "Connection: Upgrade, HTTP2-Settings, close\r\n"
                          "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"),
                200);
}

/* 9110, 5.4, 15.5.15 and RFC 6585, 5 */
TEST(lines_and_heads_have_bounds)
{
        struct buffer many = buffer_in(scene_arena());
        for (int i = 0; i < 1200; i++)
                buffer_printf(&many, "X-%d: filler\r\n", i);
        expect_status(say(text("GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "%s\r\n", buffer_text(&many))), 431);
        char *name = text("%0*d", 20000, 0);
        expect_refused(text("GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "X%s: 1\r\n\r\n", name), "a long name");
        expect_refused(text("%s " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n", name), "a long verb");
        expect_bad(say(text("GET /%s HTTP/1.1\r\n" HOST CLOSE "\r\n", name)), "a long path", 414, "uri_too_long", NULL,
                NULL);
}

/* 9.6: a client that is done asking still hears the answer. */
TEST(who_has_said_all_is_still_answered)
{
        int fd = wire_connect();
        char piece[1024];
        const char *request = "GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n";
        ck_assert_int_gt(send(fd, request, strlen(request), MSG_NOSIGNAL), 0);
        shutdown(fd, SHUT_WR);
        ssize_t size = recv(fd, piece, sizeof piece - 1, 0);
        ck_assert_int_gt(size, 0);
        ck_assert(strncmp(piece, "HTTP/1.1 200 ", 13) == 0);
        close(fd);
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/http1", NO_FORK, T(a_request_has_one_good_host),
        T(version_1_0_is_answered_and_closed), T(another_version_is_refused), T(a_request_line_has_three_parts),
        T(an_empty_line_in_front_is_passed_over), T(the_absolute_form_is_taken), T(a_star_asks_about_the_server),
        T(nobody_is_tunnelled), T(a_verb_that_is_not_had_is_answered_405),
        T(a_connection_stays_open_for_the_next_request), T(pipelined_requests_are_answered_in_order),
        T(a_field_is_a_name_and_a_value_in_one_line), T(a_nul_in_an_address_or_a_name_is_refused),
        T(an_upgrade_that_is_not_offered_is_passed_over), T(lines_and_heads_have_bounds),
        T(who_has_said_all_is_still_answered))
