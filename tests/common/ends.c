/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/ends.h"

#include <string.h>
#include <unistd.h>

enum { CONTEXTS = 16 };

struct ends ends;

void ends_begin(void)
{
        kit_open(&ends.kit, "kit", NULL);
}

void ends_end(void)
{
        kit_close(&ends.kit);
}

void over_both(void (*body)(const char *url))
{
        body(kit_ipc_url(&ends.kit));
        body(kit_tcp_url(&ends.kit));
}

struct message *message_of(const char *text)
{
        struct message *message = message_new(strlen(text));
        memcpy(message_bytes(message), text, strlen(text));
        return message;
}

void echo(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        transport_reply(request, message);
}

void hold(void *owner, struct transport_request *request, struct message *message)
{
        struct held *held = owner;
        message_free(atomic_exchange(&held->message, message));
        atomic_store(&held->request, request);
        atomic_fetch_add(&held->count, 1);
}

struct transport_request *held_request(struct held *held)
{
        while (atomic_load(&held->request) == NULL)
                usleep(1000);
        return atomic_load(&held->request);
}

struct transport_listener *listen_on(const char *url, transport_receive receive, void *owner)
{
        struct transport_listener *listener = NULL;
        ck_assert_int_eq(transport_listen(url, CONTEXTS, receive, owner, &listener), STATUS_OK);
        return listener;
}

struct transport_dialer *dial(const char *url)
{
        struct transport_dialer *dialer = NULL;
        const struct endpoint to = kit_endpoint(url);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        return dialer;
}

status ask(struct transport_dialer *dialer, const char *text, int64_t timeout_us, struct message **reply)
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

void assert_answers(struct transport_dialer *dialer)
{
        struct message *reply = NULL;
        ck_assert_int_eq(ask(dialer, "hello", 5 * SECOND_US, &reply), STATUS_OK);
        ck_assert_uint_eq(message_size(reply), 5);
        ck_assert_mem_eq(message_bytes(reply), "hello", 5);
        message_free(reply);
}

void ask_an_echo(const char *url)
{
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        for (int i = 0; i < 100; i++)
                assert_answers(dialer);
        transport_hang_up(dialer);
        transport_stop(listener, 100);
}
