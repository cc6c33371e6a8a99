/* SPDX-License-Identifier: Apache-2.0 */
/* Most cases run twice, over both kinds of addresses. Strangers and broken peers are plain sockets that speak as much
 * of NNG's wire format as they must. No case hangs up while the connection is being made: NNG 1.10 then loses some
 * memory now and then, which is no fault of ours but a leak to the sanitizer. */
#include "common/clock.h"
#include "common/transport.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SECOND_US = 1000000, CONTEXTS = 16 };

static struct kit kit;

static void set_up(void)
{
        kit_open(&kit, "kit", NULL);
}

static void tear_down(void)
{
        kit_close(&kit);
}

static struct message *message_of(const char *text)
{
        struct message *message = message_new(strlen(text));
        memcpy(message_bytes(message), text, strlen(text));
        return message;
}

/* --- those who answer --- */

static void echo(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        transport_reply(request, message);
}

static void drop(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        message_free(message);
        transport_reply(request, NULL);
}

/* Holds requests until somebody else answers the last of them; the others are forgotten. */
struct held {
        _Atomic int count;
        struct transport_request *_Atomic request;
        struct message *_Atomic message;
};

static void hold(void *owner, struct transport_request *request, struct message *message)
{
        struct held *held = owner;
        message_free(atomic_exchange(&held->message, message));
        atomic_store(&held->request, request);
        atomic_fetch_add(&held->count, 1);
}

static struct transport_request *held_request(struct held *held)
{
        while (atomic_load(&held->request) == NULL)
                usleep(1000);
        return atomic_load(&held->request);
}

static struct transport_listener *listen_on(const char *url, transport_receive receive, void *owner)
{
        struct transport_listener *listener = NULL;
        ck_assert_int_eq(transport_listen(url, CONTEXTS, receive, owner, &listener), STATUS_OK);
        return listener;
}

static struct transport_dialer *dial(const char *url)
{
        struct transport_dialer *dialer = NULL;
        const struct endpoint to = kit_endpoint(url);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        return dialer;
}

/* Asks and waits; the reply is dropped when `reply` is NULL. */
static status ask(struct transport_dialer *dialer, const char *text, int64_t timeout_us, struct message **reply)
{
        struct answer answer = ANSWER_INIT;
        struct message *got;
        transport_send(dialer, message_of(text), timeout_us, answer_take_sent, &answer);
        status code = answer_wait(&answer, &got);
        if (reply == NULL)
                message_free(got);
        else
                *reply = got;
        return code;
}

static void assert_answers(struct transport_dialer *dialer)
{
        struct message *reply = NULL;
        ck_assert_int_eq(ask(dialer, "hello", 5 * SECOND_US, &reply), STATUS_OK);
        ck_assert_uint_eq(message_size(reply), 5);
        ck_assert_mem_eq(message_bytes(reply), "hello", 5);
        message_free(reply);
}

static void over_both(void (*body)(const char *url))
{
        body(kit_ipc_url(&kit));
        body(kit_tcp_url(&kit));
}

/* --- good days --- */

static void ask_an_echo(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        for (int i = 0; i < 100; i++)
                assert_answers(dialer);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(a_request_is_answered)
{
        over_both(ask_an_echo);
}
END_TEST

static void *reply_later(void *arg)
{
        struct held *held = arg;
        struct transport_request *request = held_request(held);
        usleep(20000);
        transport_reply(request, atomic_load(&held->message));
        return NULL;
}

static void ask_a_slow_one(const char *url)
{
        struct held held = {0};
        pthread_t thread;
        struct transport_listener *listener = listen_on(url, hold, &held);
        struct transport_dialer *dialer = dial(url);
        pthread_create(&thread, NULL, reply_later, &held);
        assert_answers(dialer);
        pthread_join(thread, NULL);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(a_reply_may_come_later_from_another_thread)
{
        over_both(ask_a_slow_one);
}
END_TEST

TEST(an_empty_message_and_one_of_nearly_the_limit_pass)
{
        const char *url = kit_ipc_url(&kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        static const size_t sizes[] = {0, 1, 100000, TRANSPORT_MESSAGE_MAX};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
                struct answer answer = ANSWER_INIT;
                struct message *message = message_new(sizes[i]);
                memset(message_bytes(message), 'x', sizes[i]);
                transport_send(dialer, message, 5 * SECOND_US, answer_take_sent, &answer);
                ck_assert_int_eq(answer_wait(&answer, &message), STATUS_OK);
                ck_assert_uint_eq(message_size(message), sizes[i]);
                message_free(message);
        }
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}
END_TEST

enum { CALLERS = 64 };
static int n_calls; /* of each */

/* A caller asks again from within the answer, as often as it is to. */
struct caller {
        struct transport_dialer *dialer;
        int number;
        int n_asked;
        int n_wrong;
        struct answer done;
};

static void ask_next(struct caller *caller);

static void check_and_ask_next(void *arg, status code, bool was_sent, struct message *reply)
{
        (void)was_sent;
        struct caller *caller = arg;
        char expected[32];
        int length = snprintf(expected, sizeof expected, "%d/%d", caller->number, caller->n_asked);
        caller->n_wrong += code != STATUS_OK || message_size(reply) != (size_t)length ||
                           memcmp(message_bytes(reply), expected, (size_t)length) != 0;
        message_free(reply);
        if (++caller->n_asked == n_calls)
                answer_take(&caller->done, STATUS_OK, NULL);
        else
                ask_next(caller);
}

static void ask_next(struct caller *caller)
{
        char text[32];
        snprintf(text, sizeof text, "%d/%d", caller->number, caller->n_asked);
        transport_send(caller->dialer, message_of(text), 20 * SECOND_US, check_and_ask_next, caller);
}

static void ask_by_many(const char *url)
{
        static struct caller callers[CALLERS];
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        struct message *none;
        assert_answers(dialer);
        for (int i = 0; i < CALLERS; i++) {
                callers[i] = (struct caller){.dialer = dialer, .number = i, .done = ANSWER_INIT};
                ask_next(&callers[i]);
        }
        for (int i = 0; i < CALLERS; i++) {
                answer_wait(&callers[i].done, &none);
                ck_assert_int_eq(callers[i].n_wrong, 0);
        }
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(many_callers_at_once_each_get_their_own_answers)
{
        n_calls = 1000;
        ask_by_many(kit_ipc_url(&kit));
        n_calls = 100;
        ask_by_many(kit_tcp_url(&kit));
}
END_TEST

/* --- peers that fail --- */

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
        wait_in_vain(kit_ipc_url(&kit));
}
END_TEST

TEST(a_dropped_request_costs_the_deadline)
{
        const char *url = kit_ipc_url(&kit);
        struct transport_listener *listener = listen_on(url, drop, NULL);
        struct transport_dialer *dialer = dial(url);
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(ask(dialer, "hello", 100000, NULL), STATUS_DEADLINE_EXCEEDED);
        transport_hang_up(dialer);
        transport_stop(listener, 0);
}
END_TEST

TEST(no_time_left_is_no_call)
{
        const char *url = kit_ipc_url(&kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        assert_answers(dialer);
        ck_assert_int_eq(ask(dialer, "hello", 0, NULL), STATUS_DEADLINE_EXCEEDED);
        ck_assert_int_eq(ask(dialer, "hello", -1, NULL), STATUS_DEADLINE_EXCEEDED);
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
        const char *url = kit_ipc_url(&kit);
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
        const char *url = kit_ipc_url(&kit);
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
        stop_and_start(kit_ipc_url(&kit));
}
END_TEST

TEST(hanging_up_ends_the_calls_under_way)
{
        const char *url = kit_ipc_url(&kit);
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
        struct transport_dialer *dialer = dial(kit_ipc_url(&kit));
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

/* --- addresses --- */

static void listen_twice(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL), *second = NULL;
        struct transport_dialer *dialer = dial(url);
        ck_assert_int_eq(transport_listen(url, 1, echo, NULL, &second), STATUS_ALREADY_EXISTS);
        ck_assert_ptr_null(second);
        assert_answers(dialer);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
        transport_stop(listen_on(url, echo, NULL), 0);
}

TEST(an_address_has_one_listener)
{
        over_both(listen_twice);
}
END_TEST

TEST(what_a_dead_process_left_is_no_hindrance)
{
        const char *url = kit_ipc_url(&kit);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int dead = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(address.sun_path, sizeof address.sun_path, "%s", url + 6);
        ck_assert_int_eq(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
        close(dead);
        close(open(arena_printf(kit.arena, "%s.lock", url + 6), O_CREAT | O_RDWR, 0600));
        ask_an_echo(url);
}
END_TEST

TEST(an_address_that_is_none_is_refused)
{
        static const char *const bad[] = {"", "nonsense", "http://x", "tcp//127.0.0.1:80"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct transport_listener *listener = NULL;
                struct transport_dialer *dialer = NULL;
                ck_assert_msg(transport_listen(bad[i], 1, echo, NULL, &listener) != STATUS_OK, "%s", bad[i]);
                const struct endpoint to = kit_endpoint(bad[i]);
                ck_assert_msg(transport_dial(&to, &dialer) == STATUS_INVALID_ARGUMENT, "%s", bad[i]);
        }
}
END_TEST

TEST(a_directory_that_is_not_there_is_unavailable_and_not_taken)
{
        struct transport_listener *listener = NULL;
        ck_assert_int_eq(transport_listen("ipc:///nowhere/at/all.ipc", 1, echo, NULL, &listener), STATUS_UNAVAILABLE);
}
END_TEST

TEST(a_path_too_long_for_a_socket_is_refused)
{
        struct transport_listener *listener = NULL;
        char url[400];
        memset(url, 'x', sizeof url);
        int length = snprintf(url, sizeof url, "ipc://%s/", kit.directory);
        url[length] = 'x';
        url[sizeof url - 1] = '\0';
        ck_assert_int_ne(transport_listen(url, 1, echo, NULL, &listener), STATUS_OK);
}
END_TEST

TEST(a_socket_is_for_its_owner_alone)
{
        const char *url = kit_ipc_url(&kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct stat facts;
        ck_assert_int_eq(stat(url + 6, &facts), 0);
        ck_assert_uint_eq(facts.st_mode & 0777, 0600);
        transport_stop(listener, 0);
}
END_TEST

/* --- strangers --- */

static void send_all(int fd, const void *bytes, size_t size)
{
        for (const char *at = bytes; size > 0;) {
                ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
                if (sent <= 0)
                        return; /* thrown out: as it should be */
                at += sent;
                size -= (size_t)sent;
        }
}

/* Greetings and heads of messages, good and bad; each stands at the beginning of a connection of its own. */
static const struct {
        const char *bytes;
        size_t size;
} strange[] = {
        {"", 0}, {"\0", 1}, {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27}, {"\0SP\0\0\x30\0", 7}, {"\0SP\1\0\x30\0\0", 8},
        {"\0SP\0\0\x10\0\0", 8},                                    /* another protocol */
        {"\0SP\0\0\x30\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff", 17}, /* a length without end */
        {"\0SP\0\0\x30\0\0\1\0\0\0\0\x7f\xff\xff\xff", 17},         /* 2 GiB */
        {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\0", 17},                 /* no request id */
        {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\2ab", 19},               /* half of one */
        {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\4\0\0\0\1", 21},         /* a hop, then no request id */
        {"\0SP\0\0\x30\0\0\7\0\0\0\0\0\0\0\4\x80\0\0\1", 21},       /* another kind of message */
        {"\0SP\0\0\x30\0\0\1\0\0\0\0\0\0\0\x10\x80\0\0\1", 21},     /* less than said */
};

static void meet_strangers(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        uint8_t noise[4096];
        for (size_t i = 0; i < sizeof noise; i++)
                noise[i] = (uint8_t)(i * 167 + i / 256);
        for (int round = 0; round < 5; round++) {
                for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
                        int fd = kit_connect(url);
                        send_all(fd, strange[i].bytes, strange[i].size);
                        if (round % 2 == 1)
                                send_all(fd, noise, sizeof noise);
                        if (round % 3 == 1)
                                usleep(5000);
                        close(fd);
                }
                assert_answers(dialer);
        }
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(strangers_do_no_harm)
{
        over_both(meet_strangers);
}
END_TEST

static void send_too_much(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        struct answer answer = ANSWER_INIT;
        struct message *message = message_new(TRANSPORT_MESSAGE_MAX + 1);
        memset(message_bytes(message), 'x', message_size(message));
        assert_answers(dialer);
        transport_send(dialer, message, 3 * SECOND_US, answer_take_sent, &answer);
        ck_assert_int_eq(answer_wait(&answer, &message), STATUS_RESOURCE_EXHAUSTED);
        ck_assert(!answer.was_sent);
        assert_answers(dialer);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(a_message_over_the_limit_is_refused_before_it_is_sent)
{
        over_both(send_too_much);
}
END_TEST

/* A stranger's frame of five megabytes: its connection goes, nobody else's does. */
static void receive_too_much(const char *url)
{
        static char block[64 << 10];
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        int fd = kit_connect(url);
        send_all(fd, "\0SP\0\0\x30\0\0", 8);
        send_all(fd, strncmp(url, "ipc", 3) == 0 ? "\1\0\0\0\0\0\x50\0\0" : "\0\0\0\0\0\x50\0\0",
                strncmp(url, "ipc", 3) == 0 ? 9 : 8);
        for (int i = 0; i < 16 && send(fd, block, sizeof block, MSG_NOSIGNAL) > 0; i++)
                ;
        assert_answers(dialer);
        close(fd);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(a_frame_over_the_limit_costs_only_its_own_connection)
{
        over_both(receive_too_much);
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

/* Asks for large answers over and over and reads none: fills its own line and no other. Returns its socket. */
static int stall(const char *url)
{
        enum { ASKED = 200, SIZE = 64 << 10 };
        static char request[1 + 8 + 4 + SIZE];
        int fd = kit_connect(url);
        send_all(fd, "\0SP\0\0\x30\0\0", 8);
        memcpy(request, "\1\0\0\0\0\0\1\0\4\x80\0\0\1", 13);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        for (int i = 0; i < ASKED; i++) {
                size_t sent = 0;
                while (sent < sizeof request) {
                        ssize_t now = send(fd, request + sent, sizeof request - sent, MSG_NOSIGNAL);
                        struct pollfd poll_for = {.fd = fd, .events = POLLOUT};
                        if (now > 0)
                                sent += (size_t)now;
                        else if (errno != EAGAIN || poll(&poll_for, 1, 200) <= 0)
                                return fd; /* its line is full, or it was thrown out */
                }
        }
        return fd;
}

static void stand_a_stalled_peer(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        assert_answers(dialer);
        int fd = stall(url);
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < 100; i++)
                assert_answers(dialer);
        ck_assert_int_lt(clock_now_us() - begun_us, 2 * SECOND_US);
        close(fd);
        for (int i = 0; i < 100; i++)
                assert_answers(dialer);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}

TEST(a_peer_that_never_reads_does_not_stop_the_others)
{
        over_both(stand_a_stalled_peer);
}
END_TEST

TEST(a_listener_stops_beside_a_peer_that_never_reads)
{
        const char *url = kit_ipc_url(&kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        int fd = stall(url);
        int64_t begun_us = clock_now_us();
        transport_stop(listener, 200);
        ck_assert_int_lt(clock_now_us() - begun_us, 2 * SECOND_US);
        close(fd);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/transport", NO_FORK, T(a_request_is_answered),
        T(a_reply_may_come_later_from_another_thread), T(an_empty_message_and_one_of_nearly_the_limit_pass),
        T(many_callers_at_once_each_get_their_own_answers),
        T(a_peer_that_does_not_answer_costs_the_deadline_and_no_more), T(a_dropped_request_costs_the_deadline),
        T(no_time_left_is_no_call), T(a_peer_that_is_away_is_soon_unavailable),
        T(a_call_begun_while_the_peer_was_away_may_take_its_time_once_it_is_there),
        T(a_peer_that_dies_during_a_call_is_unavailable_at_once), T(a_peer_that_is_started_again_is_found_again),
        T(hanging_up_ends_the_calls_under_way), T(more_calls_than_a_dialer_carries_are_refused_at_once),
        T(an_address_has_one_listener), T(what_a_dead_process_left_is_no_hindrance),
        T(an_address_that_is_none_is_refused), T(a_directory_that_is_not_there_is_unavailable_and_not_taken),
        T(a_path_too_long_for_a_socket_is_refused), T(a_socket_is_for_its_owner_alone), T(strangers_do_no_harm),
        T(a_message_over_the_limit_is_refused_before_it_is_sent),
        T(a_frame_over_the_limit_costs_only_its_own_connection), T(what_was_never_sent_is_said_so),
        T(what_may_have_been_carried_out_is_said_so), T(a_peer_that_never_reads_does_not_stop_the_others),
        T(a_listener_stops_beside_a_peer_that_never_reads))
