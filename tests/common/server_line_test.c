/* SPDX-License-Identifier: Apache-2.0 */
/* More to do than there are workers: what stands in line, for how long, and what is refused instead. */
#include "common/clock.h"
#include "common/metrics.h"
#include "common/transport.h"
#include "tests/common/asked.h"

#include <string.h>
#include <unistd.h>

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
        while (atomic_load(&asked.n_begun) < WORKERS)
                usleep(1000);
        struct call late = *call;
        late.deadline_us = clock_now_us() + 100000;
        ck_assert_int_eq(ask(&late, "late", &out), STATUS_DEADLINE_EXCEEDED);
        for (int i = 0; i < WORKERS; i++)
                ck_assert_int_eq(rpc_wait(call, busy[i], &out), STATUS_OK);
        ck_assert_int_eq(ask(goals_call(SECOND_US), "next", &out), STATUS_OK);
        ck_assert_int_eq(atomic_load(&asked.n_begun), WORKERS + 1);
}
END_TEST

static bool metrics_say(const char *line)
{
        struct buffer text = buffer_in(asked.kit.arena);
        metrics_print(asked.kit.service.metrics, METRICS_TEXT, &text);
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
        while (atomic_load(&asked.n_begun) < WORKERS)
                usleep(1000);
        for (int i = WORKERS; i < MANY; i++)
                pending[i] = begin(call, "text");
        while (!metrics_say("sfp_rpc_refused_total{lane=\"calls\",reason=\"full\"} 10\n"))
                usleep(5000);
        ck_assert_int_eq(atomic_load(&asked.n_ended), 0); /* nobody had to be ready for that */
        for (int i = 0; i < MANY; i++)
                counts[rpc_wait(call, pending[i], &out)]++;
        ck_assert_int_eq(counts[STATUS_OK], WORKERS + QUEUE);
        ck_assert_int_eq(counts[STATUS_RESOURCE_EXHAUSTED], OVER);
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
                while (i < WORKERS && atomic_load(&asked.n_begun) <= i)
                        usleep(1000);
        }
        ck_assert_int_gt(n_refused, 0);
        ck_assert(metrics_say(standing));
}
END_TEST

TEST(stopping_finishes_what_runs_and_what_waits)
{
        struct call *call = goals_call(5 * SECOND_US);
        struct rpc_pending *pending[WORKERS + QUEUE];
        ProtobufCMessage *out;
        for (int i = 0; i < WORKERS + QUEUE; i++) {
                pending[i] = begin(call, "sleep 100");
                while (i < WORKERS && atomic_load(&asked.n_begun) <= i)
                        usleep(1000);
        }
        usleep(50000); /* the rest stands in line by now */
        server_stop(asked.server, 1000);
        asked.server = NULL;
        ck_assert_int_eq(atomic_load(&asked.n_ended), WORKERS + QUEUE);
        for (int i = 0; i < WORKERS + QUEUE; i++)
                ck_assert_int_eq(rpc_wait(call, pending[i], &out), STATUS_OK);
}
END_TEST

/* Sent at once: one runs. */
TEST(a_second_call_of_a_running_id_is_refused_and_counted)
{
        enum { TIMES = 4 };
        struct transport_dialer *dialer;
        const struct endpoint to = kit_endpoint(asked.url);
        struct answer answers[TIMES];
        int counts[STATUS_COUNT] = {0};
        ck_assert_int_eq(transport_dial(&to, &dialer), STATUS_OK);
        kit_call(&asked.kit, NULL, 5 * SECOND_US);
        char *texts[] = {"sleep 300"};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        asked.kit.caller.service = "goals";
        asked.kit.header.method = CHECK;
        asked.kit.header.has_call_id = 1;
        asked.kit.header.call_id = 7;
        for (int i = 0; i < TIMES; i++) {
                answers[i] = (struct answer)ANSWER_INIT;
                transport_send(dialer, kit_request(&asked.kit, &in.base), 5 * SECOND_US, answer_take_sent, &answers[i]);
                while (atomic_load(&asked.n_begun) == 0)
                        usleep(1000);
        }
        for (int i = 0; i < TIMES; i++) {
                struct message *message;
                struct client_reply reply;
                status code = answer_wait(&answers[i], &message);
                client_reply_read(
                        asked.kit.arena, schema_method_find(asked.kit.service.schema, CHECK), code, message, &reply);
                counts[reply.status]++;
        }
        ck_assert_int_eq(counts[STATUS_OK], 1);
        ck_assert_int_eq(counts[STATUS_ALREADY_EXISTS], TIMES - 1);
        ck_assert(metrics_say("sfp_rpc_duplicates_total 3\n"));
        transport_hang_up(dialer);
}
END_TEST

SUITE_WITH(asked_begin, asked_end, "common/server_line", NO_FORK, T(a_call_is_given_up_at_its_deadline),
        T(what_waited_past_its_deadline_is_not_carried_out), T(a_full_line_refuses_at_once),
        T(a_line_that_stands_refuses_before_any_work), T(stopping_finishes_what_runs_and_what_waits),
        T(a_second_call_of_a_running_id_is_refused_and_counted))
