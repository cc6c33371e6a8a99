/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers who speak another language, too much, or without ever listening: they harm nobody but themselves. They are
 * plain sockets that speak as much of NNG's wire format as they must. */
#include "common/clock.h"
#include "tests/common/ends.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
        const char *url = kit_ipc_url(&ends.kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        int fd = stall(url);
        int64_t begun_us = clock_now_us();
        transport_stop(listener, 200);
        ck_assert_int_lt(clock_now_us() - begun_us, 2 * SECOND_US);
        close(fd);
}
END_TEST

SUITE_WITH(ends_begin, ends_end, "common/transport_stranger", NO_FORK, T(strangers_do_no_harm),
        T(a_frame_over_the_limit_costs_only_its_own_connection), T(a_peer_that_never_reads_does_not_stop_the_others),
        T(a_listener_stops_beside_a_peer_that_never_reads))
