/* SPDX-License-Identifier: Apache-2.0 */
/* One client and the replicas of a service: two well ones, or one of them stalled, lost, leaving, full or unwell. */
#include "common/client_target.h"
#include "common/clock.h"
#include "common/metrics.h"
#include "common/rpc_call.h"
#include "tests/common/keys.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000, PATIENCE_US = 20 * SECOND_US };

static struct kit kit;
static struct replica a, b;
static struct client *client;
static struct asker asker;

static void set_up(void)
{
        kit_open(&kit, "moderation", replica_tables);
        a = b = (struct replica){0};
        client = NULL;
}

static void tear_down(void)
{
        if (client != NULL)
                client_free(client);
        if (client != NULL)
                asker_close(&asker);
        replica_stop(&a);
        replica_stop(&b);
        kit_close(&kit);
}

static void call_at(const char *address)
{
        client = kit_client(&kit, address, "goals");
        asker_open(&asker, &kit, client);
}

/* Two replicas, one at each kind of address. */
static void call_two(void)
{
        replica_start(&a, &kit, "a", kit_ipc_url(&kit));
        replica_start(&b, &kit, "b", kit_tcp_url(&kit));
        call_at(arena_printf(kit.arena, "%s,%s", a.url, b.url));
        for (int64_t until = clock_now_us() + PATIENCE_US; clock_now_us() < until;) { /* both connections are made */
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
                if (atomic_load(&a.n_begun) > 0 && atomic_load(&b.n_begun) > 0)
                        break;
        }
}

static void wait_until_metrics_have(const char *line)
{
        for (int64_t until = clock_now_us() + PATIENCE_US; !metrics_have(&kit, line); usleep(10000))
                ck_assert_msg(clock_now_us() < until, "never: %s", line);
}

TEST(two_replicas_share_the_calls)
{
        call_two();
        for (int i = 0; i < 200; i++)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
        ck_assert_int_gt(atomic_load(&a.n_begun), 20);
        ck_assert_int_gt(atomic_load(&b.n_begun), 20);
}
END_TEST

TEST(the_busy_one_is_spared)
{
        struct rpc_pending *pending[3];
        call_two();
        struct asker other;
        asker_open(&other, &kit, client);
        struct call *call = asker_call(&other, 10 * SECOND_US);
        int before = atomic_load(&a.n_begun) + atomic_load(&b.n_begun);
        for (int i = 0; i < 3; i++)
                pending[i] = rpc_start(call, NULL, CHECK, &check_request(call->arena, "sleep 400")->base);
        while (atomic_load(&a.n_begun) + atomic_load(&b.n_begun) < before + 3)
                usleep(1000);
        struct replica *busy = atomic_load(&a.n_begun) - atomic_load(&a.n_ended) >= 2 ? &a : &b;
        before = atomic_load(&busy->n_begun);
        for (int i = 0; i < 20; i++)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
        ProtobufCMessage *out;
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(rpc_wait(call, pending[i], &out), STATUS_OK);
        ck_assert_int_le(atomic_load(&busy->n_begun), before + 1);
        asker_close(&other);
}
END_TEST

static void never_answer(void *owner, struct transport_request *request, struct message *message)
{
        (void)owner;
        (void)request;
        message_free(message);
}

TEST(a_stalled_replica_costs_few_calls)
{
        struct transport_listener *stalled;
        const char *url = kit_tcp_url(&kit);
        int n_failed = 0;
        ck_assert_int_eq(transport_listen(url, 256, never_answer, NULL, &stalled), STATUS_OK);
        replica_start(&a, &kit, "a", kit_ipc_url(&kit));
        call_at(arena_printf(kit.arena, "%s,%s", url, a.url));
        for (int i = 0; i < 400; i++)
                n_failed += asker_ask(&asker, "hello", 200000, NULL) != STATUS_OK;
        ck_assert_int_le(n_failed, 11); /* one in flight, and ten */
        wait_until_metrics_have("sfp_client_endpoints{target=\"moderation\",state=\"ejected\"} 1\n");
        client_free(client);
        client = NULL;
        asker_close(&asker);
        transport_stop(stalled, 0);
}
END_TEST

TEST(an_ejected_replica_that_is_well_again_is_asked_again)
{
        struct transport_listener *stalled;
        const char *url = kit_tcp_url(&kit);
        ck_assert_int_eq(transport_listen(url, 256, never_answer, NULL, &stalled), STATUS_OK);
        replica_start(&a, &kit, "a", kit_ipc_url(&kit));
        call_at(arena_printf(kit.arena, "%s,%s", url, a.url));
        while (!metrics_have(&kit, "state=\"ejected\"} 1\n"))
                (void)!asker_ask(&asker, "hello", 100000, NULL);
        transport_stop(stalled, 0);
        replica_start(&b, &kit, "b", url);
        wait_until_metrics_have("sfp_client_endpoints{target=\"moderation\",state=\"healthy\"} 2\n");
        while (atomic_load(&b.n_begun) == 0)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
}
END_TEST

static _Atomic bool is_stopped;

static void *stop_soon(void *arg)
{
        usleep(100000);
        replica_stop(arg);
        atomic_store(&is_stopped, true);
        return NULL;
}

TEST(a_lost_replica_costs_no_call_that_is_safe_to_repeat)
{
        pthread_t thread;
        call_two();
        pthread_create(&thread, NULL, stop_soon, &b);
        for (int i = 0; i < 600 || !atomic_load(&is_stopped); i++)
                ck_assert_int_eq(asker_ask(&asker, "sleep 1", 5 * SECOND_US, NULL), STATUS_OK);
        pthread_join(thread, NULL);
        for (int i = 0; i < 50; i++)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
}
END_TEST

/* The method as if it were not safe to repeat. */
static status ask_unsafe(const char *text, int64_t deadline_us)
{
        struct schema_method method = *schema_method_find(kit.service.schema, CHECK);
        Sfp__MethodRules rules = *method.rules;
        struct answer answer = ANSWER_INIT;
        struct message *message;
        struct client_reply reply;
        rules.retry_safe = 0;
        method.rules = &rules;
        struct call *call = asker_call(&asker, deadline_us);
        client_start(
                client, NULL, &method, &asker.header, &check_request(call->arena, text)->base, answer_take, &answer);
        status code = answer_wait(&answer, &message);
        client_reply_read(call->arena, &method, code, message, &reply);
        return reply.status;
}

TEST(what_may_have_been_carried_out_is_not_repeated)
{
        call_two();
        replica_stop(&b);
        int before = atomic_load(&a.n_begun);
        ck_assert_int_eq(ask_unsafe("fail 14", 5 * SECOND_US), STATUS_UNAVAILABLE);
        ck_assert_int_eq(atomic_load(&a.n_begun), before + 1);
}
END_TEST

TEST(what_was_never_sent_goes_elsewhere_whatever_it_is)
{
        replica_start(&a, &kit, "a", kit_ipc_url(&kit));
        call_at(arena_printf(kit.arena, "%s,%s", kit_tcp_url(&kit), a.url));
        for (int i = 0; i < 20; i++)
                ck_assert_int_eq(ask_unsafe("hello", 5 * SECOND_US), STATUS_OK);
}
END_TEST

TEST(what_a_leaving_replica_refuses_goes_elsewhere_whatever_it_is)
{
        call_two();
        server_drain(b.server);
        for (int i = 0; i < 50; i++)
                ck_assert_int_eq(ask_unsafe("hello", 5 * SECOND_US), STATUS_OK);
        wait_until_metrics_have("sfp_client_endpoints{target=\"moderation\",state=\"not_serving\"} 1\n");
}
END_TEST

TEST(a_failing_service_is_not_asked_much_more_often_for_that)
{
        enum { CALLS = 300 };
        call_two();
        int before = atomic_load(&a.n_begun) + atomic_load(&b.n_begun);
        for (int i = 0; i < CALLS; i++)
                ck_assert_int_eq(asker_ask(&asker, "fail 14", 5 * SECOND_US, NULL), STATUS_UNAVAILABLE);
        int asked = atomic_load(&a.n_begun) + atomic_load(&b.n_begun) - before;
        ck_assert_int_gt(asked, CALLS);
        ck_assert_int_le(asked, CALLS + CALLS / 2); /* without a budget twice as often */
        for (int i = 0; i < CALLS; i++)             /* what is left of it is half, and that is not spent */
                ck_assert_int_eq(asker_ask(&asker, "fail 5", 5 * SECOND_US, NULL), STATUS_NOT_FOUND);
}
END_TEST

TEST(one_call_more_than_may_be_under_way_fails_at_once)
{
        enum { MAX = 3 };
        struct rpc_pending *pending[MAX + 1];
        ProtobufCMessage *out;
        replica_start(&a, &kit, "a", kit_ipc_url(&kit));
        struct identity *goals = keys_identity("goals");
        const struct client_settings settings = {a.url, goals, MAX};
        client = client_new(&settings, kit.service.metrics);
        asker_open(&asker, &kit, client);
        struct call *call = asker_call(&asker, 5 * SECOND_US);
        for (int i = 0; i <= MAX; i++)
                pending[i] = rpc_start(call, NULL, CHECK, &check_request(call->arena, "sleep 200")->base);
        ck_assert_int_eq(rpc_wait(call, pending[MAX], &out), STATUS_RESOURCE_EXHAUSTED);
        ck_assert_int_eq(atomic_load(&a.n_ended), 0);
        for (int i = 0; i < MAX; i++)
                ck_assert_int_eq(rpc_wait(call, pending[i], &out), STATUS_OK);
        ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
        ck_assert(metrics_have(&kit, "sfp_client_in_flight{target=\"moderation\"} 0\n"));
        ck_assert(metrics_have(&kit, "sfp_client_failures_total{target=\"moderation\"} 1\n"));
        client_free(client);
        client = NULL;
        asker_close(&asker);
        identity_free(goals);
}
END_TEST

TEST(a_replica_that_does_not_serve_is_left_alone_until_it_does)
{
        call_two();
        atomic_store(&b.is_unready, true);
        wait_until_metrics_have("state=\"not_serving\"} 1\n");
        int before = atomic_load(&b.n_begun);
        for (int i = 0; i < 50; i++)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
        ck_assert_int_eq(atomic_load(&b.n_begun), before);
        atomic_store(&b.is_unready, false);
        wait_until_metrics_have("state=\"healthy\"} 2\n");
}
END_TEST

TEST(a_host_name_stands_for_its_addresses)
{
        const char *url = kit_tcp_url(&kit);
        replica_start(&a, &kit, "a", url);
        call_at(arena_printf(kit.arena, "tcp://localhost%s", strrchr(url, ':')));
        for (int i = 0; i < 20; i++)
                ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_OK);
}
END_TEST

TEST(an_address_that_stands_for_nothing_is_unavailable)
{
        call_at("");
        ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_UNAVAILABLE);
        ck_assert_int_eq(asker_ask(&asker, "hello", 5 * SECOND_US, NULL), STATUS_UNAVAILABLE);
}
END_TEST

TEST(an_endpoint_that_goes_is_let_go_after_its_last_call)
{
        const char *first = kit_ipc_url(&kit), *second = kit_ipc_url(&kit);
        struct client_target *target = client_target_new("x", first, kit.service.identity, kit.service.metrics);
        client_target_refresh(target);
        struct client_endpoint *endpoint = client_target_pick(target, 0);
        ck_assert_ptr_nonnull(endpoint);
        strcpy(target->address, second); /* allow(strcpy): as the names' server would */
        client_target_refresh(target);
        ck_assert_int_eq(atomic_load(&endpoint->state), CLIENT_ENDPOINT_GONE);
        ck_assert_str_eq(client_target_pick(target, 0)->at.url, second);
        client_target_refresh(target);
        ck_assert_int_eq(atomic_load(&endpoint->state), CLIENT_ENDPOINT_GONE);
        client_endpoint_leave(endpoint, true);
        client_target_refresh(target);
        ck_assert_int_eq(atomic_load(&endpoint->state), CLIENT_ENDPOINT_NONE);
        usleep(100000); /* no hanging up while NNG connects */
        client_target_free(target);
}
END_TEST

TEST(freeing_ends_what_is_under_way)
{
        struct answer answer = ANSWER_INIT;
        struct message *message;
        call_two();
        struct call *call = asker_call(&asker, 5 * SECOND_US);
        client_start(client, NULL, schema_method_find(kit.service.schema, CHECK), &asker.header,
                &check_request(call->arena, "sleep 300")->base, answer_take, &answer);
        while (atomic_load(&a.n_begun) == atomic_load(&a.n_ended) && atomic_load(&b.n_begun) == atomic_load(&b.n_ended))
                usleep(1000);
        client_free(client);
        client = NULL;
        ck_assert_int_eq(answer_wait(&answer, &message), STATUS_UNAVAILABLE);
        asker_close(&asker);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/client", NO_FORK, T(two_replicas_share_the_calls), T(the_busy_one_is_spared),
        T(a_stalled_replica_costs_few_calls), T(an_ejected_replica_that_is_well_again_is_asked_again),
        T(a_lost_replica_costs_no_call_that_is_safe_to_repeat), T(what_may_have_been_carried_out_is_not_repeated),
        T(what_was_never_sent_goes_elsewhere_whatever_it_is),
        T(what_a_leaving_replica_refuses_goes_elsewhere_whatever_it_is),
        T(a_failing_service_is_not_asked_much_more_often_for_that),
        T(one_call_more_than_may_be_under_way_fails_at_once),
        T(a_replica_that_does_not_serve_is_left_alone_until_it_does), T(a_host_name_stands_for_its_addresses),
        T(an_address_that_stands_for_nothing_is_unavailable), T(an_endpoint_that_goes_is_let_go_after_its_last_call),
        T(freeing_ends_what_is_under_way))
