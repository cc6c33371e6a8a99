/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that are away, silent, slow, dead or left: a call ends in time, and says whether it may have been carried out.
 * A broken peer is a plain socket that speaks as much of NNG's wire format as it must. */
#include "common/clock.h"
#include "tests/common/ends.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void wait_in_vain(const char *url)
{
        struct held held = {0};
        struct transport_listener *listener = listen_on(url, hold, &held);
        struct transport_dialer *dialer = dial(url);
        struct message *warm_up;
        struct answer answer = ANSWER_INIT;
        transport_send(dialer, message_of("first"), 100000, answer_take_sent, &answer); /* makes the connection */
        ck_assert_int_ne(answer_wait(&answer, &warm_up), STATUS_OK);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(dialer, "hello", 200000, NULL), STATUS_DEADLINE_EXCEEDED);
        int64_t took_us = clock_now_us() - begun_us;
        ck_assert_int_ge(took_us, 190000);
        ck_assert_int_lt(took_us, 600000);
        transport_hang_up(dialer);
        message_free(atomic_load(&held.message));
        transport_stop(listener, 0);
}

TEST(a_peer_that_does_not_answer_costs_the_deadline_and_no_more)
{
        wait_in_vain(kit_ipc_url(&ends.kit));
}
END_TEST

static void drop(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        message_free(message);
        transport_reply(request, NULL);
}

TEST(a_dropped_request_costs_the_deadline)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct transport_listener *listener = listen_on(url, drop, NULL);
        struct transport_dialer *dialer = dial(url);
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(ask(dialer, "hello", 100000, NULL), STATUS_DEADLINE_EXCEEDED);
        transport_hang_up(dialer);
        transport_stop(listener, 0);
}
END_TEST

static void ask_nobody(const char *url)
{
        struct transport_dialer *dialer = dial(url);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(dialer, "hello", 30 * SECOND_US, NULL), STATUS_UNAVAILABLE);
        ck_assert_int_lt(clock_now_us() - begun_us, 700000);
        begun_us = clock_now_us();
        ck_assert_int_eq(ask(dialer, "hello", 50000, NULL), STATUS_UNAVAILABLE);
        ck_assert_int_lt(clock_now_us() - begun_us, 300000);
        transport_hang_up(dialer);
}

TEST(a_peer_that_is_away_is_soon_unavailable)
{
        over_both(ask_nobody);
}
END_TEST

static void *answer_late(void *arg)
{
        struct held *held = arg;
        struct transport_request *request = held_request(held);
        usleep(400000);
        transport_reply(request, atomic_load(&held->message));
        return NULL;
}

TEST(a_call_begun_while_the_peer_was_away_may_take_its_time_once_it_is_there)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct transport_dialer *dialer = dial(url);
        struct answer answer = ANSWER_INIT;
        struct message *reply;
        struct held held = {0};
        pthread_t thread;
        transport_send(dialer, message_of("hello"), 5 * SECOND_US, answer_take_sent, &answer);
        struct transport_listener *listener = listen_on(url, hold, &held);
        pthread_create(&thread, NULL, answer_late, &held);
        ck_assert_int_eq(answer_wait(&answer, &reply), STATUS_OK);
        message_free(reply);
        pthread_join(thread, NULL);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}
END_TEST

static void reads_exactly(int fd, size_t size)
{
        char bytes[64];
        while (size > 0) {
                ssize_t got = read(fd, bytes, size < sizeof bytes ? size : sizeof bytes);
                ck_assert_int_gt(got, 0);
                size -= (size_t)got;
        }
}

/* A peer that takes one request (of five bytes) and dies: its end of the connection closes. */
static void *take_and_die(void *arg)
{
        int server = *(int *)arg;
        int fd = accept(server, NULL, NULL);
        ck_assert_int_eq(write(fd, "\0SP\0\0\x31\0\0", 8), 8);
        reads_exactly(fd, 8);             /* the dialer's greeting */
        reads_exactly(fd, 1 + 8 + 4 + 5); /* kind, length, request id, text */
        close(fd);
        close(server);
        return NULL;
}

TEST(a_peer_that_dies_during_a_call_is_unavailable_at_once)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        pthread_t thread;
        int server = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(address.sun_path, sizeof address.sun_path, "%s", url + 6);
        ck_assert_int_eq(bind(server, (struct sockaddr *)&address, sizeof address), 0);
        ck_assert_int_eq(listen(server, 4), 0);
        pthread_create(&thread, NULL, take_and_die, &server);
        struct transport_dialer *dialer = dial(url);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(dialer, "hello", 30 * SECOND_US, NULL), STATUS_UNAVAILABLE);
        ck_assert_int_lt(clock_now_us() - begun_us, SECOND_US);
        pthread_join(thread, NULL);
        transport_hang_up(dialer);
}
END_TEST

static void stop_and_start(const char *url)
{
        struct transport_dialer *dialer = dial(url);
        for (int i = 0; i < 2; i++) {
                struct transport_listener *listener = listen_on(url, echo, NULL);
                int64_t begun_us = clock_now_us();
                while (ask(dialer, "hello", SECOND_US, NULL) != STATUS_OK)
                        ck_assert_int_lt(clock_now_us() - begun_us, 3 * SECOND_US);
                assert_answers(dialer);
                transport_stop(listener, 100);
                ck_assert_int_eq(ask(dialer, "hello", SECOND_US, NULL), STATUS_UNAVAILABLE);
        }
        transport_hang_up(dialer);
}

TEST(a_peer_that_is_started_again_is_found_again)
{
        stop_and_start(kit_ipc_url(&ends.kit));
}
END_TEST

TEST(hanging_up_ends_the_calls_under_way)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct held held = {0};
        struct transport_listener *listener = listen_on(url, hold, &held);
        struct transport_dialer *dialer = dial(url);
        struct answer answers[8];
        struct message *reply;
        for (int i = 0; i < 8; i++) {
                answers[i] = (struct answer)ANSWER_INIT;
                transport_send(dialer, message_of("hello"), 30 * SECOND_US, answer_take_sent, &answers[i]);
        }
        while (atomic_load(&held.count) < 8)
                usleep(1000);
        transport_hang_up(dialer);
        for (int i = 0; i < 8; i++)
                ck_assert_int_eq(answer_wait(&answers[i], &reply), STATUS_UNAVAILABLE);
        message_free(atomic_load(&held.message));
        transport_stop(listener, 0);
}
END_TEST

TEST(more_calls_than_a_dialer_carries_are_refused_at_once)
{
        enum { TOO_MANY = 1100 };
        static struct answer answers[TOO_MANY];
        struct transport_dialer *dialer = dial(kit_ipc_url(&ends.kit));
        int n_refused = 0;
        for (int i = 0; i < TOO_MANY; i++) {
                answers[i] = (struct answer)ANSWER_INIT;
                transport_send(dialer, message_of("hello"), 200000, answer_take_sent, &answers[i]);
        }
        for (int i = 0; i < TOO_MANY; i++) {
                struct message *reply;
                status code = answer_wait(&answers[i], &reply);
                ck_assert(code == STATUS_UNAVAILABLE || code == STATUS_RESOURCE_EXHAUSTED);
                n_refused += code == STATUS_RESOURCE_EXHAUSTED;
        }
        ck_assert_int_gt(n_refused, 0);
        transport_hang_up(dialer);
}
END_TEST

static void ask_before_anybody_is_there(const char *url)
{
        struct transport_dialer *dialer = dial(url);
        struct answer answer = ANSWER_INIT;
        struct message *reply;
        transport_send(dialer, message_of("hello"), 5 * SECOND_US, answer_take_sent, &answer);
        ck_assert_int_eq(answer_wait(&answer, &reply), STATUS_UNAVAILABLE);
        ck_assert(!answer.was_sent);
        transport_hang_up(dialer);
}

TEST(what_was_never_sent_is_said_so)
{
        over_both(ask_before_anybody_is_there);
}
END_TEST

static void lose_the_peer(const char *url)
{
        struct held held = {0};
        struct transport_listener *listener = listen_on(url, hold, &held);
        struct transport_dialer *dialer = dial(url);
        struct answer answer = ANSWER_INIT;
        struct message *reply;
        transport_send(dialer, message_of("hello"), 5 * SECOND_US, answer_take_sent, &answer);
        held_request(&held);
        transport_stop(listener, 0);
        ck_assert_int_eq(answer_wait(&answer, &reply), STATUS_UNAVAILABLE);
        ck_assert(answer.was_sent);
        message_free(atomic_load(&held.message));
        transport_hang_up(dialer);
}

TEST(what_may_have_been_carried_out_is_said_so)
{
        over_both(lose_the_peer);
}
END_TEST

SUITE_WITH(ends_begin, ends_end, "common/transport_loss", NO_FORK,
        T(a_peer_that_does_not_answer_costs_the_deadline_and_no_more), T(a_dropped_request_costs_the_deadline),
        T(a_peer_that_is_away_is_soon_unavailable),
        T(a_call_begun_while_the_peer_was_away_may_take_its_time_once_it_is_there),
        T(a_peer_that_dies_during_a_call_is_unavailable_at_once), T(a_peer_that_is_started_again_is_found_again),
        T(hanging_up_ends_the_calls_under_way), T(more_calls_than_a_dialer_carries_are_refused_at_once),
        T(what_was_never_sent_is_said_so), T(what_may_have_been_carried_out_is_said_so))
