/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides show a certificate of the platform's authority, or they do not meet. The certificates are the process's,
 * so a stranger is this same process with others, set between the listening and the dialling. */
#include "common/transport.h"
#include "common/transport_tls.h"
#include "tests/common/certificate.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000 };

static struct kit kit;
static const char *authority, *own, *other_authority, *other_own, *url;

static const char *file(const char *name)
{
        return arena_printf(kit.arena, "%s/%s", kit.directory, name);
}

static void set_up(void)
{
        kit_open(&kit, "kit", NULL);
        authority = file("ca.pem");
        own = file("own.pem");
        other_authority = file("other-ca.pem");
        other_own = file("other-own.pem");
        certificate_make("localhost", authority, own);
        certificate_make("localhost", other_authority, other_own);
        url = arena_printf(kit.arena, "tls+%s", kit_tcp_url(&kit));
        ck_assert_int_eq(transport_tls_set(authority, own), STATUS_OK);
}

static void tear_down(void)
{
        ck_assert_int_eq(transport_tls_set("", ""), STATUS_OK);
        kit_close(&kit);
}

static void echo(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        transport_reply(request, message);
}

static struct transport_listener *listen_here(void)
{
        struct transport_listener *listener = NULL;
        ck_assert_int_eq(transport_listen(url, 16, echo, NULL, &listener), STATUS_OK);
        return listener;
}

static struct transport_dialer *dial_as(const char *server_name)
{
        struct transport_dialer *dialer = NULL;
        struct endpoint to = kit_endpoint(url);
        snprintf(to.server_name, sizeof to.server_name, "%s", server_name);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        return dialer;
}

static status ask(struct transport_dialer *dialer)
{
        struct answer answer = ANSWER_INIT;
        struct message *message = message_new(5);
        memcpy(message_bytes(message), "hello", 5);
        transport_send(dialer, message, 10 * SECOND_US, answer_take_sent, &answer);
        status code = answer_wait(&answer, &message);
        message_free(message);
        return code;
}

/* A handshake may take longer than a call waits for a connection. */
static status ask_patiently(struct transport_dialer *dialer)
{
        status code = STATUS_UNAVAILABLE;
        for (int i = 0; i < 50 && code == STATUS_UNAVAILABLE; i++)
                code = ask(dialer);
        return code;
}

TEST(two_of_one_authority_speak)
{
        struct transport_listener *listener = listen_here();
        struct transport_dialer *dialer = dial_as("localhost");
        ck_assert_int_eq(ask_patiently(dialer), STATUS_OK);
        for (int i = 0; i < 100; i++)
                ck_assert_int_eq(ask(dialer), STATUS_OK);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}
END_TEST

static void assert_refused(struct transport_dialer *dialer)
{
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(ask(dialer), STATUS_UNAVAILABLE);
        transport_hang_up(dialer);
}

TEST(a_server_of_another_name_is_not_trusted)
{
        struct transport_listener *listener = listen_here();
        assert_refused(dial_as("somebody-else"));
        transport_stop(listener, 100);
}
END_TEST

TEST(a_caller_of_another_authority_is_not_let_in)
{
        struct transport_listener *listener = listen_here();
        ck_assert_int_eq(transport_tls_set(authority, other_own), STATUS_OK); /* it would trust us */
        assert_refused(dial_as("localhost"));
        transport_stop(listener, 100);
}
END_TEST

TEST(without_certificates_there_is_no_such_address)
{
        struct transport_listener *listener = NULL;
        struct transport_dialer *dialer = NULL;
        const struct endpoint to = kit_endpoint(url);
        ck_assert_int_eq(transport_tls_set("", ""), STATUS_OK);
        ck_assert_int_eq(transport_listen(url, 16, echo, NULL, &listener), STATUS_UNAVAILABLE);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_UNAVAILABLE);
}
END_TEST

TEST(half_of_the_files_is_none)
{
        ck_assert_int_eq(transport_tls_set(authority, ""), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(transport_tls_set("", own), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(transport_tls_set(authority, file("not there")), STATUS_INVALID_ARGUMENT);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/transport_tls", NO_FORK, T(two_of_one_authority_speak),
        T(a_server_of_another_name_is_not_trusted), T(a_caller_of_another_authority_is_not_let_in),
        T(without_certificates_there_is_no_such_address), T(half_of_the_files_is_none))
