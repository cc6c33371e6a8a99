/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and answers over the mesh, where the other side is, and what is too large or none. */
#include "common/canary.h"
#include "common/clock.h"
#include "common/transport.h"
#include "tests/common/asked.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

TEST(a_service_asks_another_and_gets_its_answer)
{
        ProtobufCMessage *out;
        for (int i = 0; i < 100; i++) {
                struct call *call = goals_call(5 * SECOND_US);
                const char *text = arena_printf(asked.kit.arena, "text %d", i);
                ck_assert_int_eq(ask(call, text, &out), STATUS_OK);
                ck_assert_str_eq(verdict(out), text);
        }
}
END_TEST

TEST(several_questions_run_at_once)
{
        struct call *call = goals_call(5 * SECOND_US);
        struct rpc_pending *pending[WORKERS];
        ProtobufCMessage *out;
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < WORKERS; i++)
                pending[i] = begin(call, "sleep 200");
        for (int i = 0; i < WORKERS; i++)
                ck_assert_int_eq(rpc_wait(call, pending[i], &out), STATUS_OK);
        ck_assert_int_lt(clock_now_us() - begun_us, 600000);
}
END_TEST

TEST(a_refusal_is_handed_on_in_the_words_of_the_other_side)
{
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        struct call *call = goals_call(5 * SECOND_US);
        ProtobufCMessage *out;
        ck_assert_int_eq(rpc_call(call, CHECK, &in.base, &out), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(call->problem, PROBLEM_VALIDATION_FAILED);
        ck_assert_ptr_nonnull(call->failure);
}
END_TEST

TEST(a_caller_that_is_not_named_is_denied)
{
        struct call *call = kit_call(&asked.kit, CHECK, 5 * SECOND_US); /* svc-moderation itself */
        ProtobufCMessage *out;
        ck_assert_int_eq(ask(call, "text", &out), STATUS_PERMISSION_DENIED);
        ck_assert_int_eq(call->problem, PROBLEM_FORBIDDEN);
        ck_assert_int_eq(atomic_load(&asked.n_begun), 0);
}
END_TEST

TEST(a_service_that_is_away_is_unavailable)
{
        ProtobufCMessage *out;
        server_stop(asked.server, 0);
        asked.server = NULL;
        struct call *call = goals_call(5 * SECOND_US);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(call, "text", &out), STATUS_UNAVAILABLE);
        ck_assert_int_lt(clock_now_us() - begun_us, 700000);
        ck_assert_str_eq(call->failure, "moderation is out of reach");
}
END_TEST

TEST(an_environment_variable_redirects_one_service)
{
        struct client *away = kit_client(&asked.kit, "ipc:///nowhere/{service}.ipc", "goals");
        struct call *call = goals_call(5 * SECOND_US);
        struct service service = *call->service;
        ProtobufCMessage *out;
        service.client = away;
        call->service = &service;
        setenv("MESH_URL_MODERATION", asked.url, 1);
        ck_assert_int_eq(ask(call, "text", &out), STATUS_OK);
        unsetenv("MESH_URL_MODERATION");
        client_free(away);
}
END_TEST

TEST(the_name_of_the_service_is_filled_into_the_address)
{
        char pattern[256];
        server_stop(asked.server, 0);
        snprintf(pattern, sizeof pattern, "ipc://%s/svc-{service}.sock", asked.kit.directory);
        const char *own = arena_printf(asked.kit.arena, "ipc://%s/svc-moderation.sock", asked.kit.directory);
        const struct server_settings settings = {.url = own, .contexts = 4, .queue = QUEUE, .workers = 1};
        ck_assert_int_eq(server_start(&asked.kit.service, &settings, &asked.server), STATUS_OK);
        client_free(asked.goals);
        asked.goals = kit_client(&asked.kit, pattern, "goals");
        ProtobufCMessage *out;
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
}
END_TEST

TEST(a_second_server_of_one_address_is_refused)
{
        const struct server_settings settings = {.url = asked.url, .contexts = 4, .queue = 4, .workers = 2};
        struct server *second = NULL;
        ProtobufCMessage *out;
        ck_assert_int_eq(server_start(&asked.kit.service, &settings, &second), STATUS_ALREADY_EXISTS);
        ck_assert_ptr_null(second);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
}
END_TEST

TEST(garbage_gets_an_error_and_the_canary_sings_on)
{
        static const struct {
                const char *bytes;
                size_t size;
        } garbage[] = {{"", 0}, {"\0\1", 2}, {"\0\1\xff\xff", 4}, {"\0\1\0\2\x0a\x7f", 6}, {"no frame at all", 15}};
        struct canary *canary = canary_start();
        struct transport_dialer *dialer;
        ProtobufCMessage *out;
        const struct endpoint to = kit_endpoint(asked.url);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
                struct answer answer = ANSWER_INIT;
                struct client_reply reply;
                struct message *message = message_new(garbage[i].size);
                memcpy(message_bytes(message), garbage[i].bytes, garbage[i].size);
                transport_send(dialer, message, 5 * SECOND_US, answer_take_sent, &answer);
                ck_assert_int_eq(answer_wait(&answer, &message), STATUS_OK);
                client_reply_read(asked.kit.arena, schema_method_find(asked.kit.service.schema, CHECK), STATUS_OK,
                        message, &reply);
                ck_assert_int_eq(reply.status, STATUS_INVALID_ARGUMENT);
        }
        int fd = kit_connect(asked.url);
        ck_assert_int_eq(write(fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
        close(fd);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
        ck_assert(canary_is_alive(canary));
        transport_hang_up(dialer);
        canary_stop(canary);
}
END_TEST

TEST(a_reply_that_is_garbage_is_an_internal_error)
{
        static const char *const garbage[] = {"", "no frame at all", "\1\1\1\1"};
        for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
                struct client_reply reply;
                struct message *message = message_new(strlen(garbage[i]));
                memcpy(message_bytes(message), garbage[i], strlen(garbage[i]));
                client_reply_read(asked.kit.arena, schema_method_find(asked.kit.service.schema, CHECK), STATUS_OK,
                        message, &reply);
                ck_assert_int_eq(reply.status, STATUS_INTERNAL);
                ck_assert_ptr_null(reply.header);
        }
}
END_TEST

TEST(a_message_too_large_is_an_error_on_either_side_and_the_connection_stays)
{
        ProtobufCMessage *out;
        static char text[TRANSPORT_MESSAGE_MAX + 1];
        memset(text, 'x', sizeof text - 1);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), text, &out), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
        ck_assert_int_eq(atomic_load(&asked.n_begun), 1);
}
END_TEST

static void *ask_often(void *arg)
{
        struct arena *arena = arena_new(0);
        int n_wrong = 0;
        const Sfp__Caller nobody = SFP__CALLER__INIT;
        struct service service = asked.kit.service;
        service.client = asked.goals;
        for (int i = 0; i < 300; i++) {
                Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
                struct call call;
                ProtobufCMessage *out;
                char text[32];
                header.has_deadline_us = 1;
                header.deadline_us = 10 * SECOND_US;
                snprintf(text, sizeof text, "%s/%d", (const char *)arg, i);
                call_init(&call, arena, &service, &header, &nobody);
                n_wrong += ask(&call, text, &out) != STATUS_OK || strcmp(verdict(out), text) != 0;
                arena_reset(arena);
        }
        arena_free(arena);
        return n_wrong == 0 ? NULL : arg;
}

TEST(many_threads_ask_and_each_gets_its_own_answers)
{
        pthread_t threads[8];
        static char *const names[8] = {"a", "b", "c", "d", "e", "f", "g", "h"};
        for (int i = 0; i < 8; i++)
                pthread_create(&threads[i], NULL, ask_often, names[i]);
        for (int i = 0; i < 8; i++) {
                void *wrong;
                pthread_join(threads[i], &wrong);
                ck_assert_ptr_null(wrong);
        }
}
END_TEST

SUITE_WITH(asked_begin, asked_end, "common/server", NO_FORK, T(a_service_asks_another_and_gets_its_answer),
        T(several_questions_run_at_once), T(a_refusal_is_handed_on_in_the_words_of_the_other_side),
        T(a_caller_that_is_not_named_is_denied), T(a_service_that_is_away_is_unavailable),
        T(an_environment_variable_redirects_one_service), T(the_name_of_the_service_is_filled_into_the_address),
        T(a_second_server_of_one_address_is_refused), T(garbage_gets_an_error_and_the_canary_sings_on),
        T(a_reply_that_is_garbage_is_an_internal_error),
        T(a_message_too_large_is_an_error_on_either_side_and_the_connection_stays),
        T(many_threads_ask_and_each_gets_its_own_answers))
