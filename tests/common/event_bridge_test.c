/* SPDX-License-Identifier: Apache-2.0 */
/* A service whose events leave through a NATS server of the test's own. Where there is none, or the build has no
 * libnats, that is said and nothing is tested. */
#include "common/client.h"
#include "common/db.h"
#include "common/event_bridge.h"
#include "common/event_relay.h"
#include "common/events.h"
#include "common/server.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUERY_US = 20000000 };

extern char **environ;

static struct kit kit;
static struct server *server;
static struct db *db;
static pid_t broker;
static char *broker_url;

static bool start_broker(void)
{
        char *store = arena_printf(kit.arena, "%s/store", kit.directory);
        char *port = strrchr(broker_url, ':') + 1;
        char *program = access("/usr/sbin/nats-server", X_OK) == 0 ? "/usr/sbin/nats-server" : "/usr/bin/nats-server";
        char *const argv[] = {"setpriv", "--pdeathsig", "KILL", program, "-js", "-sd", store, "-a", "127.0.0.1", "-p",
                port, "-l", arena_printf(kit.arena, "%s/broker.log", kit.directory), NULL};
        return access(program, X_OK) == 0 && posix_spawnp(&broker, argv[0], NULL, NULL, argv, environ) == 0;
}

static void stop_broker(int signal)
{
        kill(broker, signal);
        waitpid(broker, NULL, 0);
        broker = 0;
}

/* The service, with the broker; false when there can be none. */
static bool is_open(void)
{
        struct event_bridge *probe = NULL;
        kit_open(&kit, "ledger", NULL);
        kit_database(&kit);
        broker_url = arena_printf(kit.arena, "nats%s", strchr(kit_tcp_url(&kit), ':'));
        if (event_bridge_open(broker_url, &probe) == STATUS_UNIMPLEMENTED || !start_broker()) {
                printf("no nats-server or no libnats here: nothing is tested\n");
                event_bridge_close(probe);
                kit_close(&kit);
                return false;
        }
        event_bridge_close(probe);
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        kit_sql(&kit, "CREATE TABLE effects (sequence bigint)");
        char *url = arena_printf(kit.arena, "ipc://%s/ledger.ipc", kit.directory);
        const struct event_relay_settings relay = {"", broker_url, kit.database_url, QUERY_US, 24, 24};
        const struct server_settings serving = {.url = url,
                .contexts = 16,
                .queue = 64,
                .workers = 4,
                .database_url = kit.database_url,
                .query_timeout_us = QUERY_US};
        kit.definition.migrations = kit_migrations;
        kit.service.client = kit_client(&kit, url, "ledger");
        ck_assert_int_eq(event_relay_start(&kit.service, &relay, &kit.service.relay), STATUS_OK);
        ck_assert_int_eq(server_start(&kit.service, &serving, &server), STATUS_OK);
        db = db_new(kit.database_url, QUERY_US);
        return true;
}

static void close_all(void)
{
        event_relay_stop(kit.service.relay);
        client_free(kit.service.client);
        server_stop(server, 0);
        db_free(db);
        kit.call.db = NULL;
        stop_broker(SIGKILL);
        kit_close(&kit);
}

static void published(int count)
{
        struct call *call = kit_call(&kit, NULL, QUERY_US);
        call->db = db;
        db_begin(call, true);
        for (int i = 0; i < count; i++) {
                Goals__ShareUpdated event = GOALS__SHARE_UPDATED__INIT;
                event.share_id = arena_printf(call->arena, "s%d", i);
                ck_assert_int_eq(event_publish(call, &event.base), STATUS_OK);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        event_relay_wake(kit.service.relay);
}

static void await(const char *query, const char *expected)
{
        for (int i = 0; i < 600 && strcmp(kit_sql(&kit, "%s", query), expected) != 0; i++)
                usleep(50000);
        ck_assert_str_eq(kit_sql(&kit, "%s", query), expected);
}

static const char carried[] = "SELECT coalesce(max(sequence), 0) FROM outbox_readers WHERE reader = 'bridge/nats'";

static _Atomic uint64_t last_heard;
static _Atomic int n_heard, n_unordered;

static void hear(void *owner, Events__CloudEvent *event)
{
        (void)owner;
        if (event_is_heartbeat(event))
                return;
        n_heard++;
        n_unordered += event->sequence != atomic_exchange(&last_heard, event->sequence) + 1;
}

TEST(the_broker_hands_on_every_event_in_order)
{
        if (!is_open())
                return;
        struct event_bridge *listening;
        const struct event_feed_settings settings = {.take = hear};
        n_heard = n_unordered = 0;
        last_heard = 0;
        ck_assert_int_eq(event_bridge_follow(broker_url, &settings, &listening), STATUS_OK);
        published(1);
        await(carried, "1"); /* the connection is made by now */
        published(700);
        await(carried, "701");
        for (int i = 0; i < 200 && n_heard < 701; i++)
                usleep(50000);
        ck_assert_int_eq(n_heard, 701);
        ck_assert_int_eq(n_unordered, 0);
        event_bridge_close(listening);
        close_all();
}
END_TEST

TEST(what_was_published_without_a_broker_is_carried_when_it_is_back)
{
        if (!is_open())
                return;
        published(10);
        await(carried, "10");
        stop_broker(SIGKILL);
        published(20);
        sleep(1);
        ck_assert_str_eq(kit_sql(&kit, "%s", carried), "10");
        ck_assert(start_broker());
        await(carried, "30");
        close_all();
}
END_TEST

static status apply(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)data;
        return db_later(call, NULL, "INSERT INTO effects VALUES ($1)", event->sequence);
}

TEST(consumers_apply_once_what_the_broker_pushes_or_loses)
{
        static const struct event_consumer rows[] = {{"effects", "ledger", "goals.share.", apply}, {0}};
        if (!is_open())
                return;
        struct events *events;
        const struct events_settings settings = {broker_url, {kit.database_url, QUERY_US, 2}};
        kit.definition.consumers = rows;
        ck_assert_int_eq(events_start(&kit.service, &settings, &events), STATUS_OK);
        published(50);
        await("SELECT count(*) || ' ' || count(DISTINCT sequence) FROM effects", "50 50");
        stop_broker(SIGKILL);
        published(50);
        await("SELECT count(*) || ' ' || count(DISTINCT sequence) FROM effects", "100 100");
        ck_assert(start_broker());
        await(carried, "100");
        published(50);
        await("SELECT count(*) || ' ' || count(DISTINCT sequence) FROM effects", "150 150");
        events_stop(events);
        close_all();
}
END_TEST

SUITE("common/event_bridge", NO_FORK, T(the_broker_hands_on_every_event_in_order),
        T(what_was_published_without_a_broker_is_carried_when_it_is_back),
        T(consumers_apply_once_what_the_broker_pushes_or_loses))
