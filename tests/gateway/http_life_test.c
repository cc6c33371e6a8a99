/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that are slow, or leave; more than can be carried; and the end of the gateway. */
#include "tests/gateway/whole.h"

#include "common/clock.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TEST(a_client_may_leave_at_any_byte)
{
        const char *request = post_share("", SHARE);
        fake_answer(whole.client, FAKE_THREAD, STATUS_OK, NULL, NULL);
        for (size_t size = 0; size <= strlen(request); size += 7) {
                int fd = dial();
                say(fd, request, size);
                close(fd);
        }
        wait_until_idle();
}
END_TEST

TEST(a_client_may_leave_during_its_call)
{
        fake_answer(whole.client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                int fd = dial();
                struct linger reset = {.l_onoff = 1, .l_linger = 0};
                if (i % 2 == 0)
                        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
                say(fd, get_share(), strlen(get_share()));
                wait_for_calls(i + 1);
                close(fd);
        }
        ck_assert_int_eq(meter_in_flight(whole.gateway->meter), REQUESTS_MAX);
        fake_release(whole.client);
        wait_until_idle();
        fake_answer(whole.client, FAKE_THREAD, STATUS_OK, NULL, NULL);
        ck_assert_ptr_nonnull(strstr(talk(get_share()), "HTTP/1.1 200 OK"));
}
END_TEST

TEST(more_than_can_be_carried_is_refused)
{
        int fds[REQUESTS_MAX];
        fake_answer(whole.client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                fds[i] = dial();
                say(fds[i], get_share(), strlen(get_share()));
        }
        wait_for_calls(REQUESTS_MAX);
        const char *response = talk(get_share());
        assert_problem(response, 503, "overloaded");
        ck_assert_ptr_nonnull(strstr(response, "Retry-After: 1\r\n"));
        ck_assert_ptr_nonnull(strstr(talk("GET " BASE "/status/live HTTP/1.1\r\n" HOST "\r\n"), "alive"));
        fake_release(whole.client);
        for (int i = 0; i < REQUESTS_MAX; i++) {
                ck_assert_ptr_nonnull(strstr(hear(fds[i]), "HTTP/1.1 200 OK"));
                close(fds[i]);
        }
}
END_TEST

/* One byte a tenth of a second is never idle; after twice the time that is given it is over all the same. */
static void expect_cut_off(const char *begin, const char *trickle)
{
        int fd = dial();
        int64_t until_us = clock_now_us() + 20000000;
        bool is_over = false;
        say(fd, begin, strlen(begin));
        for (size_t i = 0; !is_over && clock_now_us() < until_us; i++) {
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
                say(fd, trickle + i % strlen(trickle), 1);
                is_over = poll(&poll_fd, 1, 100) == 1;
        }
        ck_assert_msg(is_over && is_closed(fd), "%s goes on for ever", begin);
        close(fd);
}

TEST(a_request_line_that_trickles_in_is_cut_off)
{
        expect_cut_off("GET /", "a");
}
END_TEST

TEST(a_head_that_trickles_in_is_cut_off)
{
        expect_cut_off("GET / HTTP/1.1\r\n" HOST, "X-A: b\r\n");
}
END_TEST

TEST(a_chunk_that_trickles_in_is_cut_off)
{
        expect_cut_off("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n5;", "a");
}
END_TEST

TEST(an_answer_that_is_slow_in_coming_is_waited_for)
{
        fake_answer(whole.client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        usleep(2600000); /* longer than a request may take to arrive */
        fake_release(whole.client);
        ck_assert_ptr_nonnull(strstr(hear(fd), "HTTP/1.1 200 OK"));
        close(fd);
}
END_TEST

TEST(a_body_that_does_not_come_is_not_waited_for)
{
        int fd = dial();
        const char *request = "POST " BASE "/goal-sharing HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n";
        say(fd, request, strlen(request));
        for (int i = 0; i < 30; i++) { /* never idle for long, and yet never done */
                say(fd, " ", 1);
                usleep(100000);
        }
        ck_assert(is_closed(fd));
        close(fd);
}
END_TEST

static void *stop(void *arg)
{
        gateway_stop(whole.gateway, *(const int *)arg);
        return NULL;
}

TEST(a_stop_lets_calls_finish)
{
        pthread_t thread;
        int patience_ms = PATIENCE_MS;
        fake_answer(whole.client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        pthread_create(&thread, NULL, stop, &patience_ms);
        while (gateway_is_ready(whole.gateway))
                usleep(1000);
        usleep(50000);
        fake_release(whole.client);
        const char *response = hear(fd);
        ck_assert_ptr_nonnull(strstr(response, "HTTP/1.1 200 OK"));
        ck_assert_ptr_nonnull(strstr(response, "Connection: close"));
        pthread_join(thread, NULL);
        whole.gateway = NULL;
        close(fd);
}
END_TEST

TEST(a_stop_ends_calls_that_do_not_finish)
{
        pthread_t thread;
        int patience_ms = 100;
        fake_answer(whole.client, FAKE_HOLD, STATUS_OK, NULL, NULL);
        int fd = dial();
        say(fd, get_share(), strlen(get_share()));
        wait_for_calls(1);
        pthread_create(&thread, NULL, stop, &patience_ms);
        assert_problem(hear(fd), 503, "unavailable");
        pthread_join(thread, NULL);
        whole.gateway = NULL;
        close(fd);
}
END_TEST

SUITE_WITH(whole_begin, whole_end, "gateway/http_life", FORK, T(a_client_may_leave_at_any_byte),
        T(a_client_may_leave_during_its_call), T(more_than_can_be_carried_is_refused),
        T(a_request_line_that_trickles_in_is_cut_off), T(a_head_that_trickles_in_is_cut_off),
        T(a_chunk_that_trickles_in_is_cut_off), T(an_answer_that_is_slow_in_coming_is_waited_for),
        T(a_body_that_does_not_come_is_not_waited_for), T(a_stop_lets_calls_finish),
        T(a_stop_ends_calls_that_do_not_finish))
