/* SPDX-License-Identifier: Apache-2.0 */
/* Names whose server does not answer. */
#include "common/client.h"
#include "common/event_feed.h"
#include "common/rpc_call.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <netdb.h>
#include <stdatomic.h>
#include <unistd.h>

enum { SERVICES = 3, PATIENCE_US = 20000000, STEP_US = 10000 };

#define ADDRESS "tcp://svc-{service}.test:7000"

static const char *const services[SERVICES + 1] = {"goals", "forum", "feed"};
static _Atomic int n_lookups;
static _Atomic bool is_slow;

/* In the place of libc's: nobody knows a name, and while it is slow it does not even say so. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
        (void)node, (void)service, (void)hints, (void)out;
        atomic_fetch_add(&n_lookups, 1);
        for (int waited = 0; atomic_load(&is_slow) && waited < PATIENCE_US; waited += STEP_US)
                usleep(STEP_US);
        return EAI_AGAIN;
}

static void wait_for_lookups(int count)
{
        for (int waited = 0; atomic_load(&n_lookups) < count; waited += STEP_US) {
                ck_assert_int_lt(waited, PATIENCE_US);
                usleep(STEP_US);
        }
}

/* Has `leave` run while a name is looked up; how many are looked up from then on. */
static int lookups_to_leave(void *(*leave)(void *arg), void *arg)
{
        pthread_t thread;
        atomic_store(&is_slow, true);
        int before = atomic_load(&n_lookups);
        wait_for_lookups(before + 1);
        ck_assert_int_eq(pthread_create(&thread, NULL, leave, arg), 0);
        usleep(20 * STEP_US);
        atomic_store(&is_slow, false);
        pthread_join(thread, NULL);
        return atomic_load(&n_lookups) - before;
}

static void *free_client(void *client)
{
        client_free(client);
        return NULL;
}

TEST(a_client_that_ends_waits_for_one_name_and_not_for_all)
{
        struct kit kit;
        struct asker askers[SERVICES];
        struct rpc_pending *pending[SERVICES];
        ProtobufCMessage *out;
        kit_open(&kit, "moderation", replica_tables);
        struct client *client = kit_client(&kit, ADDRESS, "goals");
        for (int i = 0; i < SERVICES; i++) {
                asker_open(&askers[i], &kit, client);
                struct call *call = asker_call(&askers[i], PATIENCE_US);
                pending[i] = rpc_start(call, services[i], CHECK, &check_request(call->arena, "hello")->base);
        }
        wait_for_lookups(2 * SERVICES); /* by now all of them are asked for in one go */
        ck_assert_int_eq(lookups_to_leave(free_client, client), 1);
        for (int i = 0; i < SERVICES; i++) {
                ck_assert_int_eq(rpc_wait(&askers[i].call, pending[i], &out), STATUS_UNAVAILABLE);
                asker_close(&askers[i]);
        }
        kit_close(&kit);
}
END_TEST

static void *close_feed(void *feed)
{
        event_feed_close(feed);
        return NULL;
}

static void take_nothing(void *owner, Events__CloudEvent *event)
{
        (void)owner, (void)event;
}

TEST(a_feed_that_ends_waits_for_one_name_and_not_for_all)
{
        const struct event_feed_settings settings = {.pattern = ADDRESS, .sources = services, .take = take_nothing};
        struct event_feed *feed;
        ck_assert_int_eq(event_feed_open(&settings, &feed), STATUS_OK);
        wait_for_lookups(SERVICES);
        ck_assert_int_eq(lookups_to_leave(close_feed, feed), 1);
}
END_TEST

SUITE("common/slow_names", FORK, T(a_client_that_ends_waits_for_one_name_and_not_for_all),
        T(a_feed_that_ends_waits_for_one_name_and_not_for_all))
