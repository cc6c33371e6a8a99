/* SPDX-License-Identifier: Apache-2.0 */
/* Where a body ends, and whether there is one (RFC 9112, and 9110 where it says so), a rule a test. */
#include "tests/e2e/http1.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 6.1: who says 1.0 does not know Transfer-Encoding; the framing is faulty. */
TEST(version_1_0_has_no_chunks)
{
        expect_refused("POST " SHARES " HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "1.0");
}

/* 9110, 9.3.1: a body that nobody wants is read all the same, and is not the next request. */
TEST(a_body_that_is_not_wanted_is_not_taken_for_a_request)
{
        const char *hidden = "DELETE " SHARES " HTTP/1.1\r\nHost: x\r\n\r\n";
        struct answer answer = say(text("GET " LIVE " HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n%s"
                                        "GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n",
                strlen(hidden), hidden));
        expect_status(answer, 200);
        ck_assert_int_eq(count_of(heard(answer), "HTTP/1.1 200 "), 2);
        ck_assert_int_eq(count_of(heard(answer), "HTTP/1.1 "), 2);
}

/* The head of a draft in chunks, and what is answered. */
static struct answer send_chunks(const char *chunks)
{
        return say(text("POST " SHARES " HTTP/1.1\r\n" HOST CLOSE JSON_TYPE "%sTransfer-Encoding: chunked\r\n\r\n%s",
                token(), chunks));
}

/* 7.1 */
TEST(a_body_may_come_in_chunks)
{
        size_t half = strlen(draft) / 2;
        const char *second = draft + half;
        const char *const good[] = {text("%zx\r\n%s\r\n0\r\n\r\n", strlen(draft), draft),
                text("%zX\r\n%.*s\r\n000%zx\r\n%s\r\n0\r\n\r\n", half, (int)half, draft, strlen(second), second),
                text("%zx;a=b;c=\"d\"\r\n%s\r\n0;last\r\n\r\n", strlen(draft), draft),
                text("%zx\r\n%s\r\n0\r\nX-Trailer: 1\r\nAuthorization: none\r\n\r\n", strlen(draft), draft)};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                expect_status(send_chunks(good[i]), 201);
        char single[1024] = "";
        for (const char *at = draft; *at != '\0'; at++)
                snprintf(single + strlen(single), sizeof single - strlen(single), "1\r\n%c\r\n", *at);
        expect_status(send_chunks(text("%s0\r\n\r\n", single)), 201);
}

/* 7.1: a chunk's size is hexadecimal digits and no more than can be. */
TEST(a_chunk_has_a_size)
{
        static const char *const sizes[] = {"", "g", "-5", "+5", "0x5", " 5", "5 5", "FFFFFFFFFFFFFFFF",
                "10000000000000000", "FFFFFFFFFFFFFFFFFFFFFFFFF", "5\x01", "5\n", "\r\n5"};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                struct answer answer = send_chunks(text("%s\r\n%s\r\n0\r\n\r\n", sizes[i], draft));
                ck_assert_msg(answer.status == 0 || (answer.status >= 400 && answer.status < 500), "\"%s\": %d",
                        sizes[i], answer.status);
        }
        expect_no_effect();
}

/* 7.1: and ends where it says. */
TEST(a_chunk_ends_where_it_says)
{
        size_t size = strlen(draft);
        const char *const bad[] = {text("%zx\r\n%s\r\n0\r\n\r\n", size - 1, draft),
                text("%zx\r\n%s0\r\n\r\n", size, draft), text("%zx\r\n%sxx\r\n0\r\n\r\n", size, draft)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = send_chunks(bad[i]);
                ck_assert_msg(answer.status == 0 || (answer.status >= 400 && answer.status < 500), "%zu: %d", i,
                        answer.status);
        }
        expect_no_effect();
}

/* 6.3, 8: who goes away amid a body has asked nothing. */
TEST(a_body_that_is_cut_short_has_no_effect)
{
        const char *const cut[] = {
                text("Content-Length: %zu\r\n\r\n%.*s", strlen(draft), (int)strlen(draft) - 1, draft),
                text("Transfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n", strlen(draft), draft),
                text("Transfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n", strlen(draft), draft)};
        for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
                int fd = wire_connect();
                const char *request = text("POST " SHARES " HTTP/1.1\r\n" HOST JSON_TYPE "%s%s", token(), cut[i]);
                ck_assert_int_gt(send(fd, request, strlen(request), MSG_NOSIGNAL), 0);
                close(fd);
        }
        expect_status(get(sender(), "/goal-sharing/"), 200);
        expect_no_effect();
}

/* 6.1: a coding in front of chunked, a name that is not quite it, or the same said twice in other words. */
TEST(a_transfer_coding_is_chunked_and_nothing_else)
{
        static const char *const bad[] = {"Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked;x=1",
                "Transfer-Encoding: \x0B"
                "chunked",
                "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked,", "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: gzip", "Transfer-Encoding: x",
                "Transfer-Encoding:", "Transfer-Encoding: chunked\r\n , identity",
                "Transfer-Encoding: x\r\nTransfer-Encoding: chunked", "transfer-encoding: chunke\r\n d"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_refused(text("POST " SHARES " HTTP/1.1\r\n" HOST JSON_TYPE "%s%s\r\n\r\n%zx\r\n%s\r\n0\r\n\r\n"
                                    "GET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n",
                                       token(), bad[i], strlen(draft), draft),
                        bad[i]);
        expect_no_effect();
}

/* 6.3: with both lengths, whichever another reader believes, there is no second request here. */
TEST(two_lengths_are_an_attack)
{
        static const char *const heads[] = {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "Content-Length: 4\r\nContent-Length: 4\r\n",
                "Content-Length: 4, 4\r\n", "Content-Length: 4\r\n content-length: 9\r\n",
                "Content-Length: 4\r\ncontent-length: 0\r\n", "Content-Length: 04\r\nTransfer-encoding: chunked\r\n"};
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
                expect_refused(text("POST " SHARES " HTTP/1.1\r\n" HOST "%s\r\n"
                                    "0\r\n\r\nGET " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n",
                                       heads[i]),
                        heads[i]);
        expect_no_effect();
}

/* 9110, 10.1.1: whoever asks first is told to go on, or at once why not. */
TEST(who_expects_to_be_told_to_go_on_is_told)
{
        int fd = wire_connect();
        char piece[1024];
        const char *head = text("POST " SHARES " HTTP/1.1\r\n" HOST CLOSE JSON_TYPE
                                "%sExpect: 100-continue\r\nContent-Length: %zu\r\n\r\n",
                token(), strlen(draft));
        ck_assert_int_gt(send(fd, head, strlen(head), MSG_NOSIGNAL), 0);
        ssize_t size = recv(fd, piece, sizeof piece - 1, 0);
        ck_assert_int_gt(size, 0);
        piece[size] = '\0';
        ck_assert_str_eq(piece, "HTTP/1.1 100 Continue\r\n\r\n");
        ck_assert_int_gt(send(fd, draft, strlen(draft), MSG_NOSIGNAL), 0);
        size = recv(fd, piece, sizeof piece - 1, 0);
        ck_assert_int_gt(size, 0);
        piece[size] = '\0';
        ck_assert_msg(strncmp(piece, "HTTP/1.1 201 ", 13) == 0, "%s", piece);
        close(fd);
}

TEST(who_would_send_too_much_is_not_told_to_go_on)
{
        struct answer answer = say("POST " SHARES " HTTP/1.1\r\n" HOST CLOSE JSON_TYPE
                                   "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
        expect_bad(answer, "too much", 413, "payload_too_large", NULL, NULL);
}

/* 6.3: answers that have no body say nothing of one, and the next answer begins behind their head. */
TEST(answers_without_a_body_have_none)
{
        const char *tag = header_of(get(nobody, "/status/live"), "ETag");
        struct answer answer = say(text("GET " LIVE " HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n"
                                        "OPTIONS " LIVE " HTTP/1.1\r\n" HOST "\r\n"
                                        "HEAD " LIVE " HTTP/1.1\r\n" HOST CLOSE "\r\n",
                tag));
        expect_status(answer, 304);
        ck_assert(strncmp(answer.body, "HTTP/1.1 204 ", 13) == 0);
        const char *end = strstr(answer.body, "\r\n\r\n");
        ck_assert_ptr_nonnull(end);
        ck_assert(strncmp(end + 4, "HTTP/1.1 200 ", 13) == 0);
        const char *length = strstr(answer.body, "Content-Length");
        ck_assert_msg(length == NULL || length > end, "204 says a length");
        ck_assert_ptr_null(strstr(answer.body, "alive"));
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/http1_body", NO_FORK, T(version_1_0_has_no_chunks),
        T(a_body_that_is_not_wanted_is_not_taken_for_a_request), T(a_body_may_come_in_chunks), T(a_chunk_has_a_size),
        T(a_chunk_ends_where_it_says), T(a_body_that_is_cut_short_has_no_effect),
        T(a_transfer_coding_is_chunked_and_nothing_else), T(two_lengths_are_an_attack),
        T(who_expects_to_be_told_to_go_on_is_told), T(who_would_send_too_much_is_not_told_to_go_on),
        T(answers_without_a_body_have_none))
