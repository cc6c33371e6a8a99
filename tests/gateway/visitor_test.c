/* SPDX-License-Identifier: Apache-2.0 */
/* Who opens a WebSocket or a stream at the whole gateway, which has room for two. */
#include "tests/gateway/whole.h"

#include <string.h>
#include <unistd.h>

#define UPGRADE                                                                                                        \
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"                                   \
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* A request for a socket: `query` behind the path, `headers` beside those it needs. */
static const char *for_socket(const char *query, const char *headers)
{
        return arena_printf(
                whole.arena, "GET " BASE "/ws/" SUB "%s HTTP/1.1\r\n" HOST UPGRADE "%s\r\n", query, headers);
}

static const char *for_stream(const char *query, const char *headers)
{
        return arena_printf(whole.arena, "GET " BASE "/events%s HTTP/1.1\r\n" HOST "%s\r\n", query, headers);
}

static int open_with(const char *request, const char *status_line)
{
        int fd = dial();
        say(fd, request, strlen(request));
        const char *response = hear(fd);
        ck_assert_msg(strncmp(response, status_line, strlen(status_line)) == 0, "%s", response);
        return fd;
}

static const char *new_ticket(void)
{
        const char *response = talk(arena_printf(
                whole.arena, "POST " BASE "/ws/tickets HTTP/1.1\r\n" HOST "%sContent-Length: 0\r\n\r\n", whole.bearer));
        const char *at = strstr(response, "{\"ticket\":\"");
        ck_assert_msg(at != NULL, "%s", response);
        at += strlen("{\"ticket\":\"");
        return arena_strndup(whole.arena, at, strcspn(at, "\""));
}

static const char *by_ticket(const char *ticket)
{
        return arena_printf(whole.arena, "?ticket=%s", ticket);
}

TEST(a_page_that_is_listed_opens_a_socket_and_no_other_does)
{
        close(open_with(for_socket(by_ticket(new_ticket()), "Origin: https://app.example\r\n"), "HTTP/1.1 101 "));
        assert_problem(
                talk(for_socket(by_ticket(new_ticket()), "Origin: https://other.example\r\n")), 403, "forbidden");
        assert_problem(
                talk(for_stream("", arena_printf(whole.arena, "%sOrigin: null\r\n", whole.bearer))), 403, "forbidden");
}
END_TEST

/* Tried again and again: that somebody has left is noticed a little later. */
static const char *until_there_is_room(const char *request)
{
        const char *response = "";
        for (int i = 0; i < 600; i++) {
                response = talk(request);
                if (strstr(response, " 503 ") == NULL)
                        break;
                usleep(5000);
        }
        return response;
}

TEST(without_room_all_are_told_to_come_back_and_no_ticket_is_used_up)
{
        const char *ticket = new_ticket();
        int stream = open_with(for_stream("", whole.bearer), "HTTP/1.1 200 ");
        int socket = open_with(for_socket("", whole.bearer), "HTTP/1.1 101 ");
        const char *response = talk(for_stream("", whole.bearer));
        assert_problem(response, 503, "overloaded");
        ck_assert_ptr_nonnull(strstr(response, "\r\nRetry-After: "));
        assert_problem(talk(for_socket(by_ticket(ticket), "")), 503, "overloaded");
        close(socket);
        response = until_there_is_room(for_socket(by_ticket(ticket), ""));
        ck_assert_msg(strncmp(response, "HTTP/1.1 101 ", 13) == 0, "%s", response);
        close(stream);
}
END_TEST

TEST(a_stream_outlives_the_time_that_a_request_may_take)
{
        int stream = open_with(for_stream("", whole.bearer), "HTTP/1.1 200 ");
        sleep(TIMEOUT_S + 1);
        gateway_stop(whole.gateway, PATIENCE_MS);
        whole.gateway = NULL;
        const char *rest = hear_all(stream);
        ck_assert_msg(strstr(rest, "{\"type\":\"closing\",\"code\":1012}\n\n") != NULL, "%s", rest);
        ck_assert_msg(strstr(rest, "\r\n0\r\n\r\n") != NULL, "it is not whole: %s", rest);
        close(stream);
}
END_TEST

TEST(the_head_of_a_stream_takes_no_room)
{
        for (int i = 0; i < 3; i++) {
                int fd = dial();
                const char *request = arena_printf(whole.arena,
                        "HEAD " BASE "/events HTTP/1.1\r\n" HOST "%sConnection: close\r\n\r\n", whole.bearer);
                say(fd, request, strlen(request));
                const char *response = hear_all(fd);
                ck_assert_msg(strncmp(response, "HTTP/1.1 200 ", 13) == 0, "%s", response);
                ck_assert_ptr_nonnull(strstr(response, "\r\nContent-Type: text/event-stream\r\n"));
                close(fd);
        }
}
END_TEST

SUITE_WITH(whole_begin, whole_end, "gateway/visitor", NO_FORK,
        T(a_page_that_is_listed_opens_a_socket_and_no_other_does),
        T(without_room_all_are_told_to_come_back_and_no_ticket_is_used_up),
        T(a_stream_outlives_the_time_that_a_request_may_take), T(the_head_of_a_stream_takes_no_room))
