/* SPDX-License-Identifier: Apache-2.0 */
/* Two replicas are replaced one after the other while calls that may not be repeated run: none is lost. */
#include "common/clock.h"
#include "common/rpc_call.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <unistd.h>

enum { SECOND_US = 1000000, CALLERS = 8, LINGER_MS = 2500 };

static struct kit kit;
static struct replica a, b;
static struct client *client;
static _Atomic bool is_over;
static _Atomic int n_asked, n_lost;

static void set_up(void)
{
        kit_open(&kit, "moderation", replica_tables);
        a = b = (struct replica){0};
        atomic_store(&is_over, false);
        atomic_store(&n_asked, 0);
        atomic_store(&n_lost, 0);
}

static void tear_down(void)
{
        client_free(client);
        replica_stop(&a);
        replica_stop(&b);
        kit_close(&kit);
}

static void call_two(const char *first, const char *second)
{
        replica_start(&a, &kit, "a", first);
        replica_start(&b, &kit, "b", second);
        client = kit_client(&kit, arena_printf(kit.arena, "%s,%s", first, second), "goals");
}

/* Asks over and over what must not be carried out twice; every other caller pauses for longer than a linger lasts. */
static void *ask_on(void *arg)
{
        struct asker asker;
        struct schema_method method = *schema_method_find(kit.service.schema, CHECK);
        Sfp__MethodRules rules = *method.rules;
        int64_t pause_us = arg == NULL ? 0 : 300000;
        rules.retry_safe = 0;
        method.rules = &rules;
        asker_open(&asker, &kit, client);
        while (!atomic_load(&is_over)) {
                struct answer answer = ANSWER_INIT;
                struct message *message;
                struct client_reply reply;
                struct call *call = asker_call(&asker, 10 * SECOND_US);
                client_start(client, NULL, &method, &asker.header, &check_request(call->arena, "sleep 2")->base,
                        answer_take, &answer);
                status code = answer_wait(&answer, &message);
                client_reply_read(call->arena, &method, code, message, &reply);
                atomic_fetch_add(&n_asked, 1);
                atomic_fetch_add(&n_lost, reply.status != STATUS_OK);
                usleep((useconds_t)pause_us);
        }
        asker_close(&asker);
        return NULL;
}

static void replace(struct replica *replica)
{
        server_leave(replica->server, 5000, LINGER_MS);
        replica_stop(replica);
        usleep(200000);
        replica_start(replica, &kit, replica->name, replica->url);
}

static void replace_both(void)
{
        pthread_t callers[CALLERS];
        for (int i = 0; i < CALLERS; i++)
                pthread_create(&callers[i], NULL, ask_on, i % 2 == 0 ? NULL : &kit);
        usleep(300000);
        replace(&a);
        usleep(2500000); /* until the probes have found it back */
        replace(&b);
        usleep(500000);
        atomic_store(&is_over, true);
        for (int i = 0; i < CALLERS; i++)
                pthread_join(callers[i], NULL);
        ck_assert_int_gt(atomic_load(&n_asked), 1000);
        ck_assert_int_eq(atomic_load(&n_lost), 0);
        ck_assert_int_eq(atomic_load(&n_asked), atomic_load(&a.n_ended) + atomic_load(&b.n_ended)); /* each once */
}

TEST(replacing_two_replicas_in_turn_loses_no_call_over_ipc)
{
        call_two(kit_ipc_url(&kit), kit_ipc_url(&kit));
        replace_both();
}
END_TEST

TEST(replacing_two_replicas_in_turn_loses_no_call_over_tcp)
{
        call_two(kit_tcp_url(&kit), kit_tcp_url(&kit));
        replace_both();
}
END_TEST

TEST(leaving_waits_for_what_runs_and_then_no_longer)
{
        struct asker asker;
        ProtobufCMessage *out;
        call_two(kit_ipc_url(&kit), kit_ipc_url(&kit));
        asker_open(&asker, &kit, client);
        struct call *call = asker_call(&asker, 20 * SECOND_US);
        struct rpc_pending *quick = rpc_start(call, NULL, CHECK, &check_request(call->arena, "nap 200")->base);
        while (atomic_load(&a.n_begun) + atomic_load(&b.n_begun) < 1)
                usleep(1000);
        struct replica *asked = atomic_load(&a.n_begun) > 0 ? &a : &b;
        server_leave(asked->server, 10000, 0);
        ck_assert_int_eq(rpc_wait(call, quick, &out), STATUS_OK);
        asked = asked == &a ? &b : &a;
        struct rpc_pending *slow = rpc_start(call, NULL, CHECK, &check_request(call->arena, "nap 15000")->base);
        while (atomic_load(&asked->n_begun) < 1)
                usleep(1000);
        int64_t begun_us = clock_now_us();
        server_leave(asked->server, 100, 0);
        ck_assert_int_eq(rpc_wait(call, slow, &out), STATUS_CANCELLED);
        ck_assert_int_lt(clock_now_us() - begun_us, 5 * SECOND_US);
        asker_close(&asker);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/drain", NO_FORK, T(replacing_two_replicas_in_turn_loses_no_call_over_ipc),
        T(replacing_two_replicas_in_turn_loses_no_call_over_tcp), T(leaving_waits_for_what_runs_and_then_no_longer))
