/* SPDX-License-Identifier: Apache-2.0 */
/* A moderation service with the test's own handlers, served and called over the mesh. */
#include "common/canary.h"
#include "common/client.h"
#include "common/clock.h"
#include "common/frame.h"
#include "common/metrics.h"
#include "common/rpc_call.h"
#include "common/server.h"
#include "common/transport.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FAKE_RPCS(RPC)                                                                                                 \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FAKE_RPCS)

#define CHECK         "sfp.moderation.Moderation.Check"
#define CHECK_CONTENT "sfp.moderation.Moderation.CheckContent"

enum { SECOND_US = 1000000, WORKERS = 4, QUEUE = 8 };

static struct kit kit;
static struct server *server;
static struct client *goals_client;
static const char *url;
static _Atomic int n_begun, n_ended;

/* Echoes the first text; "sleep <ms>" takes its time first. */
static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        int ms = 0;
        atomic_fetch_add(&n_begun, 1);
        if (sscanf(in->texts[0], "sleep %d", &ms) == 1)
                usleep((useconds_t)ms * 1000);
        out->verdict = arena_strdup(call->arena, in->texts[0]);
        atomic_fetch_add(&n_ended, 1);
        return STATUS_OK;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        (void)out;
        return call_problem(call, PROBLEM_CONTENT_BLOCKED, "not %s", in->content);
}

RPC_TABLE(fake_rpcs, FAKE_RPCS);
extern const struct rpc fake_rpcs[];

static void set_up(void)
{
        static const struct rpc *const tables[] = {fake_rpcs, NULL};
        kit_open(&kit, "moderation", tables);
        url = kit_ipc_url(&kit);
        const struct server_settings settings = {.url = url, .contexts = 64, .queue = QUEUE, .workers = WORKERS};
        ck_assert_int_eq(server_start(&kit.service, &settings, &server), STATUS_OK);
        kit.service.client = kit_client(&kit, url, "moderation");
        goals_client = kit_client(&kit, url, "goals");
        atomic_store(&n_begun, 0);
        atomic_store(&n_ended, 0);
}

static void tear_down(void)
{
        client_free(kit.service.client);
        client_free(goals_client);
        if (server != NULL)
                server_stop(server, 1000);
        kit_close(&kit);
}

/* A call by svc-goals, which may ask. */
static struct call *goals_call(int64_t deadline_us)
{
        struct call *call = kit_call(&kit, CHECK, deadline_us);
        static struct service caller;
        caller = kit.service;
        caller.client = goals_client;
        call->service = &caller;
        return call;
}

static struct rpc_pending *begin(struct call *call, const char *text)
{
        char *texts[] = {(char *)(size_t)text};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        return rpc_start(call, NULL, CHECK, &in.base);
}

static status ask(struct call *call, const char *text, ProtobufCMessage **out)
{
        return rpc_wait(call, begin(call, text), out);
}

static const char *verdict(const ProtobufCMessage *out)
{
        return ((const Moderation__CheckReply *)out)->verdict;
}

TEST(a_service_asks_another_and_gets_its_answer)
{
        ProtobufCMessage *out;
        for (int i = 0; i < 100; i++) {
                struct call *call = goals_call(5 * SECOND_US);
                const char *text = arena_printf(kit.arena, "text %d", i);
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
        struct call *call = kit_call(&kit, CHECK, 5 * SECOND_US); /* svc-moderation itself */
        ProtobufCMessage *out;
        ck_assert_int_eq(ask(call, "text", &out), STATUS_PERMISSION_DENIED);
        ck_assert_int_eq(call->problem, PROBLEM_FORBIDDEN);
        ck_assert_int_eq(atomic_load(&n_begun), 0);
}
END_TEST

TEST(a_call_is_given_up_at_its_deadline)
{
        ProtobufCMessage *out;
        ck_assert_int_eq(ask(goals_call(SECOND_US), "text", &out), STATUS_OK);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(goals_call(100000), "sleep 500", &out), STATUS_DEADLINE_EXCEEDED);
        ck_assert_int_lt(clock_now_us() - begun_us, 400000);
}
END_TEST

TEST(what_waited_past_its_deadline_is_not_carried_out)
{
        struct call *call = goals_call(SECOND_US);
        struct rpc_pending *busy[WORKERS];
        ProtobufCMessage *out;
        for (int i = 0; i < WORKERS; i++)
                busy[i] = begin(call, "sleep 400");
        while (atomic_load(&n_begun) < WORKERS)
                usleep(1000);
        struct call late = *call;
        late.deadline_us = clock_now_us() + 100000;
        ck_assert_int_eq(ask(&late, "late", &out), STATUS_DEADLINE_EXCEEDED);
        for (int i = 0; i < WORKERS; i++)
                ck_assert_int_eq(rpc_wait(call, busy[i], &out), STATUS_OK);
        ck_assert_int_eq(ask(goals_call(SECOND_US), "next", &out), STATUS_OK);
        ck_assert_int_eq(atomic_load(&n_begun), WORKERS + 1);
}
END_TEST

static bool metrics_say(const char *line)
{
        struct buffer text = buffer_in(kit.arena);
        metrics_print(kit.service.metrics, METRICS_TEXT, &text);
        return strstr(buffer_text(&text), line) != NULL;
}

TEST(a_full_line_refuses_at_once)
{
        enum { OVER = 10, MANY = WORKERS + QUEUE + OVER };
        struct call *call = goals_call(5 * SECOND_US);
        struct rpc_pending *pending[MANY];
        ProtobufCMessage *out;
        int counts[STATUS_COUNT] = {0};
        for (int i = 0; i < WORKERS; i++)
                pending[i] = begin(call, "sleep 800");
        while (atomic_load(&n_begun) < WORKERS)
                usleep(1000);
        for (int i = WORKERS; i < MANY; i++)
                pending[i] = begin(call, "text");
        while (!metrics_say("sfp_rpc_refused_total{lane=\"calls\",reason=\"full\"} 10\n"))
                usleep(5000);
        ck_assert_int_eq(atomic_load(&n_ended), 0); /* nobody had to be ready for that */
        for (int i = 0; i < MANY; i++)
                counts[rpc_wait(call, pending[i], &out)]++;
        ck_assert_int_eq(counts[STATUS_OK], WORKERS + QUEUE);
        ck_assert_int_eq(counts[STATUS_RESOURCE_EXHAUSTED], OVER);
}
END_TEST

TEST(stopping_finishes_what_runs_and_what_waits)
{
        struct call *call = goals_call(5 * SECOND_US);
        struct rpc_pending *pending[WORKERS + QUEUE];
        ProtobufCMessage *out;
        for (int i = 0; i < WORKERS + QUEUE; i++) {
                pending[i] = begin(call, "sleep 100");
                while (i < WORKERS && atomic_load(&n_begun) <= i)
                        usleep(1000);
        }
        usleep(50000); /* the rest stands in line by now */
        server_stop(server, 1000);
        server = NULL;
        ck_assert_int_eq(atomic_load(&n_ended), WORKERS + QUEUE);
        for (int i = 0; i < WORKERS + QUEUE; i++)
                ck_assert_int_eq(rpc_wait(call, pending[i], &out), STATUS_OK);
}
END_TEST

TEST(a_service_that_is_away_is_unavailable)
{
        ProtobufCMessage *out;
        server_stop(server, 0);
        server = NULL;
        struct call *call = goals_call(5 * SECOND_US);
        int64_t begun_us = clock_now_us();
        ck_assert_int_eq(ask(call, "text", &out), STATUS_UNAVAILABLE);
        ck_assert_int_lt(clock_now_us() - begun_us, 700000);
        ck_assert_str_eq(call->failure, "moderation is out of reach");
}
END_TEST

TEST(an_environment_variable_redirects_one_service)
{
        struct client *away = kit_client(&kit, "ipc:///nowhere/{service}.ipc", "goals");
        struct call *call = goals_call(5 * SECOND_US);
        struct service service = *call->service;
        ProtobufCMessage *out;
        service.client = away;
        call->service = &service;
        setenv("MESH_URL_MODERATION", url, 1);
        ck_assert_int_eq(ask(call, "text", &out), STATUS_OK);
        unsetenv("MESH_URL_MODERATION");
        client_free(away);
}
END_TEST

TEST(the_name_of_the_service_is_filled_into_the_address)
{
        char pattern[256];
        server_stop(server, 0);
        snprintf(pattern, sizeof pattern, "ipc://%s/svc-{service}.sock", kit.directory);
        const char *own = arena_printf(kit.arena, "ipc://%s/svc-moderation.sock", kit.directory);
        const struct server_settings settings = {.url = own, .contexts = 4, .queue = QUEUE, .workers = 1};
        ck_assert_int_eq(server_start(&kit.service, &settings, &server), STATUS_OK);
        client_free(goals_client);
        goals_client = kit_client(&kit, pattern, "goals");
        ProtobufCMessage *out;
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
        const struct endpoint to = kit_endpoint(url);
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
                struct answer answer = ANSWER_INIT;
                struct client_reply reply;
                struct message *message = message_new(garbage[i].size);
                memcpy(message_bytes(message), garbage[i].bytes, garbage[i].size);
                transport_send(dialer, message, 5 * SECOND_US, answer_take_sent, &answer);
                ck_assert_int_eq(answer_wait(&answer, &message), STATUS_OK);
                client_reply_read(kit.arena, schema_method_find(kit.service.schema, CHECK), STATUS_OK, message, &reply);
                ck_assert_int_eq(reply.status, STATUS_INVALID_ARGUMENT);
        }
        int fd = kit_connect(url);
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
                client_reply_read(kit.arena, schema_method_find(kit.service.schema, CHECK), STATUS_OK, message, &reply);
                ck_assert_int_eq(reply.status, STATUS_INTERNAL);
                ck_assert_ptr_null(reply.header);
        }
}
END_TEST

TEST(a_second_server_of_one_address_is_refused)
{
        const struct server_settings settings = {.url = url, .contexts = 4, .queue = 4, .workers = 2};
        struct server *second = NULL;
        ProtobufCMessage *out;
        ck_assert_int_eq(server_start(&kit.service, &settings, &second), STATUS_ALREADY_EXISTS);
        ck_assert_ptr_null(second);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
}
END_TEST

/* Sent at once: one runs. */
TEST(a_second_call_of_a_running_id_is_refused_and_counted)
{
        enum { TIMES = 4 };
        struct transport_dialer *dialer;
        const struct endpoint to = kit_endpoint(url);
        struct answer answers[TIMES];
        int counts[STATUS_COUNT] = {0};
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        kit_call(&kit, NULL, 5 * SECOND_US);
        char *texts[] = {"sleep 300"};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        kit.caller.service = "goals";
        kit.header.method = CHECK;
        kit.header.has_call_id = 1;
        kit.header.call_id = 7;
        for (int i = 0; i < TIMES; i++) {
                answers[i] = (struct answer)ANSWER_INIT;
                transport_send(dialer, kit_request(&kit, &in.base), 5 * SECOND_US, answer_take_sent, &answers[i]);
                while (atomic_load(&n_begun) == 0)
                        usleep(1000);
        }
        for (int i = 0; i < TIMES; i++) {
                struct message *message;
                struct client_reply reply;
                status code = answer_wait(&answers[i], &message);
                client_reply_read(kit.arena, schema_method_find(kit.service.schema, CHECK), code, message, &reply);
                counts[reply.status]++;
        }
        ck_assert_int_eq(counts[STATUS_OK], 1);
        ck_assert_int_eq(counts[STATUS_ALREADY_EXISTS], TIMES - 1);
        ck_assert(metrics_say("sfp_rpc_duplicates_total 3\n"));
        transport_hang_up(dialer);
}
END_TEST

/* As many calls as workers and line hold, and a new one for each that ends: nobody gets through quickly any more. */
TEST(a_line_that_stands_refuses_before_any_work)
{
        enum { HELD = WORKERS + QUEUE, CALLS = 20 * HELD };
        ProtobufCMessage *out;
        struct rpc_pending *pending[HELD];
        int n_refused = 0;
        struct call *call = goals_call(60 * SECOND_US);
        static const char standing[] = "sfp_rpc_refused_total{lane=\"calls\",reason=\"standing\"} ";
        for (int i = 0; i < CALLS && (n_refused == 0 || !metrics_say(standing)); i++) {
                if (i >= HELD)
                        n_refused += rpc_wait(call, pending[i % HELD], &out) == STATUS_RESOURCE_EXHAUSTED;
                pending[i % HELD] = begin(call, "sleep 130");
                while (i < WORKERS && atomic_load(&n_begun) <= i)
                        usleep(1000);
        }
        ck_assert_int_gt(n_refused, 0);
        ck_assert(metrics_say(standing));
}
END_TEST

TEST(a_message_too_large_is_an_error_on_either_side_and_the_connection_stays)
{
        ProtobufCMessage *out;
        static char text[TRANSPORT_MESSAGE_MAX + 1];
        memset(text, 'x', sizeof text - 1);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), text, &out), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_int_eq(ask(goals_call(5 * SECOND_US), "text", &out), STATUS_OK);
        ck_assert_int_eq(atomic_load(&n_begun), 1);
}
END_TEST

static void *ask_often(void *arg)
{
        struct arena *arena = arena_new(0);
        int n_wrong = 0;
        const Sfp__Caller nobody = SFP__CALLER__INIT;
        struct service service = kit.service;
        service.client = goals_client;
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

SUITE_WITH(set_up, tear_down, "common/server", NO_FORK, T(a_service_asks_another_and_gets_its_answer),
        T(several_questions_run_at_once), T(a_refusal_is_handed_on_in_the_words_of_the_other_side),
        T(a_caller_that_is_not_named_is_denied), T(a_call_is_given_up_at_its_deadline),
        T(what_waited_past_its_deadline_is_not_carried_out), T(a_full_line_refuses_at_once),
        T(stopping_finishes_what_runs_and_what_waits), T(a_service_that_is_away_is_unavailable),
        T(an_environment_variable_redirects_one_service), T(the_name_of_the_service_is_filled_into_the_address),
        T(garbage_gets_an_error_and_the_canary_sings_on), T(a_reply_that_is_garbage_is_an_internal_error),
        T(a_second_call_of_a_running_id_is_refused_and_counted), T(a_line_that_stands_refuses_before_any_work),
        T(a_message_too_large_is_an_error_on_either_side_and_the_connection_stays),
        T(a_second_server_of_one_address_is_refused), T(many_threads_ask_and_each_gets_its_own_answers))
