/* SPDX-License-Identifier: Apache-2.0 */
/* Where one may listen: whose an address is, what is none, and who may come in by it. */
#include "tests/common/ends.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
        const char *url = kit_ipc_url(&ends.kit);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int dead = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(address.sun_path, sizeof address.sun_path, "%s", url + 6);
        ck_assert_int_eq(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
        close(dead);
        close(open(arena_printf(ends.kit.arena, "%s.lock", url + 6), O_CREAT | O_RDWR, 0600));
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
        int length = snprintf(url, sizeof url, "ipc://%s/", ends.kit.directory);
        url[length] = 'x';
        url[sizeof url - 1] = '\0';
        ck_assert_int_ne(transport_listen(url, 1, echo, NULL, &listener), STATUS_OK);
}
END_TEST

TEST(a_socket_is_for_its_owner_alone)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct stat facts;
        ck_assert_int_eq(stat(url + 6, &facts), 0);
        ck_assert_uint_eq(facts.st_mode & 0777, 0600);
        transport_stop(listener, 0);
}
END_TEST

SUITE_WITH(ends_begin, ends_end, "common/transport_address", NO_FORK, T(an_address_has_one_listener),
        T(what_a_dead_process_left_is_no_hindrance), T(an_address_that_is_none_is_refused),
        T(a_directory_that_is_not_there_is_unavailable_and_not_taken), T(a_path_too_long_for_a_socket_is_refused),
        T(a_socket_is_for_its_owner_alone))
