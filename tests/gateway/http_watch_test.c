/* SPDX-License-Identifier: Apache-2.0 */
/* Who is late is found at the end of their patience, the others are not; nothing here says how soon. */
#include "gateway/http_watch.h"
#include "tests/suite.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_US = 50000, LONG = 1 << 30 };

static struct http_watch *watch;
static int ours[3], theirs[3];
static struct http_watched *watched[3];

static void set_up(void)
{
        watch = http_watch_new(PATIENCE_US);
        for (int i = 0; i < 3; i++) {
                int ends[2];
                ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
                ours[i] = ends[0];
                theirs[i] = ends[1];
                watched[i] = http_watch_add(watch, ours[i]);
                http_watch_whole(watched[i]);
        }
}

static void tear_down(void)
{
        for (int i = 0; i < 3; i++) {
                http_watch_remove(watch, watched[i]);
                close(ours[i]);
                close(theirs[i]);
        }
        http_watch_free(watch);
}

static bool is_cut(int i, int patience_ms)
{
        char byte;
        struct pollfd poll_fd = {.fd = theirs[i], .events = POLLIN};
        return poll(&poll_fd, 1, patience_ms) == 1 && recv(theirs[i], &byte, 1, 0) == 0;
}

TEST(who_begins_and_does_not_end_is_cut_off)
{
        http_watch_begin(watch, watched[1]);
        ck_assert(is_cut(1, 20000));
        ck_assert(!is_cut(0, 0));
        ck_assert(!is_cut(2, 0));
}
END_TEST

TEST(who_does_not_even_begin_is_cut_off)
{
        http_watch_free_again(watch, watched[2]);
        ck_assert(is_cut(2, 20000));
        ck_assert(!is_cut(0, 0));
}
END_TEST

TEST(who_does_not_take_the_answer_is_cut_off)
{
        http_watch_send(watch, watched[0], 0);
        http_watch_send(watch, watched[1], LONG); /* takes long by itself */
        ck_assert(is_cut(0, 20000));
        ck_assert(!is_cut(1, 0));
}
END_TEST

TEST(who_is_whole_is_not_late_any_more)
{
        http_watch_begin(watch, watched[0]);
        http_watch_whole(watched[0]);
        http_watch_begin(watch, watched[1]);
        ck_assert(is_cut(1, 20000));
        ck_assert(!is_cut(0, 0));
}
END_TEST

TEST(who_has_gone_is_not_looked_at)
{
        http_watch_begin(watch, watched[1]);
        http_watch_remove(watch, watched[1]);
        watched[1] = NULL;
        http_watch_begin(watch, watched[0]);
        ck_assert(is_cut(0, 20000));
        ck_assert(!is_cut(1, 0));
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/http_watch", FORK, T(who_begins_and_does_not_end_is_cut_off),
        T(who_does_not_even_begin_is_cut_off), T(who_does_not_take_the_answer_is_cut_off),
        T(who_is_whole_is_not_late_any_more), T(who_has_gone_is_not_looked_at))
