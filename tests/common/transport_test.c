/* SPDX-License-Identifier: Apache-2.0 */
/* What a call that finds its peer may rely on, and what is no call at all. */
#include "tests/common/ends.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
        const char *url = kit_ipc_url(&ends.kit);
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

TEST(no_time_left_is_no_call)
{
        const char *url = kit_ipc_url(&ends.kit);
        struct transport_listener *listener = listen_on(url, echo, NULL);
        struct transport_dialer *dialer = dial(url);
        assert_answers(dialer);
        ck_assert_int_eq(ask(dialer, "hello", 0, NULL), STATUS_DEADLINE_EXCEEDED);
        ck_assert_int_eq(ask(dialer, "hello", -1, NULL), STATUS_DEADLINE_EXCEEDED);
        transport_hang_up(dialer);
        transport_stop(listener, 0);
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
        ask_by_many(kit_ipc_url(&ends.kit));
        n_calls = 100;
        ask_by_many(kit_tcp_url(&ends.kit));
}
END_TEST

SUITE_WITH(ends_begin, ends_end, "common/transport", NO_FORK, T(a_request_is_answered),
        T(a_reply_may_come_later_from_another_thread), T(an_empty_message_and_one_of_nearly_the_limit_pass),
        T(a_message_over_the_limit_is_refused_before_it_is_sent), T(no_time_left_is_no_call),
        T(many_callers_at_once_each_get_their_own_answers))
