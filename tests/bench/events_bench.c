/* SPDX-License-Identifier: Apache-2.0 */
/* Events from the outbox to subscribers, in a schema of its own of the database SFP_DATABASE_URL names; relay, server
 * and subscribers are those of a service, in one process: events_bench latency SECONDS             one event a
 * transaction, 50 a second: p50 and p99 in us from the commit's return to the subscriber events_bench rate SUBSCRIBERS
 * SECONDS    4 writers as fast as they can, 20 events a transaction: events/s until the slowest subscriber has all, and
 * how many of them were read, not pushed events_bench replay EVENTS               events/s by Events.Read, 500 a call
 */
#include "common/client.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/event_feed.h"
#include "common/event_follower.h"
#include "common/event_relay.h"
#include "common/server.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES_MAX = 100000, WRITERS = 4, PER_TRANSACTION = 20, QUERY_US = 30000000, SUBSCRIBERS_MAX = 16 };

struct subscriber {
        struct event_follower follower;
        struct event_feed_settings settings;
        struct event_feed *feed;
        _Atomic uint64_t n_taken;
};

static struct kit kit;
static struct server *server;
static const char *sources[] = {"ledger", NULL};
static _Atomic bool must_stop;
static _Atomic uint64_t n_written;
static int64_t committed_us[SAMPLES_MAX]; /* by sequence */
static int64_t taken_us[SAMPLES_MAX];
static struct subscriber subscribers[SUBSCRIBERS_MAX];

static void require(bool is_good, const char *what)
{
        if (is_good)
                return;
        fprintf(stderr, "events_bench: %s failed\n", what);
        exit(EXIT_FAILURE);
}

static void open_service(void)
{
        kit_open(&kit, "ledger", NULL);
        kit_database(&kit);
        kit.definition.migrations = kit_migrations;
        require(migrate_run(kit.database_url, kit_migrations) == STATUS_OK, "migration");
        const char *url = arena_printf(kit.arena, "ipc://%s/ledger.ipc", kit.directory);
        const char *events = arena_printf(kit.arena, "ipc://%s/ledger.events.ipc", kit.directory);
        kit.service.client = kit_client(&kit, url, "ledger");
        const struct event_relay_settings relay = {events, "", kit.database_url, QUERY_US, 24, 24};
        const struct server_settings serving = {.url = url,
                .contexts = 64,
                .queue = 64,
                .workers = 4,
                .database_url = kit.database_url,
                .query_timeout_us = QUERY_US};
        require(event_relay_start(&kit.service, &relay, &kit.service.relay) == STATUS_OK, "relay");
        require(server_start(&kit.service, &serving, &server) == STATUS_OK, "server");
}

static void close_service(void)
{
        event_relay_stop(kit.service.relay);
        client_free(kit.service.client);
        server_stop(server, 0);
        kit_close(&kit);
}

/* One transaction with `count` events. */
static void write_events(struct db *db, struct arena *arena, int count)
{
        struct call call;
        Goals__ReactionSet event = GOALS__REACTION_SET__INIT;
        char share[40];
        static _Atomic unsigned next;
        call_init_own(&call, arena, &kit.service, NULL, QUERY_US);
        call.db = db;
        db_begin(&call, true);
        for (int i = 0; i < count; i++) {
                snprintf(share, sizeof share, "share %u", atomic_fetch_add(&next, 1) % 1000);
                event.share_id = share;
                event.kind = (char *)(size_t) "like";
                require(event_publish(&call, &event.base) == STATUS_OK, "event_publish");
        }
        require(db_end(&call, true) == STATUS_OK, "commit");
        event_relay_wake(kit.service.relay);
        arena_reset(arena);
}

static void note_taken(void *owner, size_t count, Events__CloudEvent *const *events)
{
        struct subscriber *subscriber = owner;
        for (size_t i = 0; i < count; i++)
                if (events[i]->sequence < SAMPLES_MAX && subscriber == subscribers)
                        taken_us[events[i]->sequence] = clock_now_us();
        atomic_fetch_add(&subscriber->n_taken, count);
}

static void hear(void *owner, Events__CloudEvent *event)
{
        struct subscriber *subscriber = owner;
        event_follower_hear(&subscriber->follower, event);
}

static void subscribe(int count)
{
        for (int i = 0; i < count; i++) {
                struct subscriber *subscriber = &subscribers[i];
                subscriber->follower = (struct event_follower){
                        .service = &kit.service, .source = "ledger", .take = note_taken, .owner = subscriber};
                subscriber->settings = (struct event_feed_settings){
                        arena_printf(kit.arena, "ipc://%s/{service}.events.ipc", kit.directory), sources, hear,
                        subscriber};
                require(event_feed_open(&subscriber->settings, &subscriber->feed) == STATUS_OK, "subscribing");
        }
        sleep(1);
}

static void unsubscribe(int count)
{
        for (int i = 0; i < count; i++)
                event_feed_close(subscribers[i].feed);
}

static int compare(const void *left, const void *right)
{
        int64_t difference = *(const int64_t *)left - *(const int64_t *)right;
        return difference < 0 ? -1 : difference > 0;
}

static int latency(int seconds)
{
        int count = seconds * 50;
        struct db *db = db_new(kit.database_url, QUERY_US);
        struct arena *arena = arena_new(0);
        static int64_t samples[SAMPLES_MAX];
        require(count > 0 && count < SAMPLES_MAX, "so many seconds");
        subscribe(1);
        for (int i = 1; i <= count; i++) {
                write_events(db, arena, 1);
                committed_us[i] = clock_now_us();
                usleep(20000);
        }
        sleep(1);
        unsubscribe(1);
        for (int i = 0; i < count; i++)
                samples[i] = taken_us[i + 1] - committed_us[i + 1];
        qsort(samples, (size_t)count, sizeof *samples, compare);
        printf("%lld %lld\n", (long long)samples[count / 2], (long long)samples[count * 99 / 100]);
        arena_free(arena);
        db_free(db);
        return EXIT_SUCCESS;
}

static void *write_on(void *arg)
{
        (void)arg;
        struct db *db = db_new(kit.database_url, QUERY_US);
        struct arena *arena = arena_new(0);
        while (!atomic_load(&must_stop)) {
                write_events(db, arena, PER_TRANSACTION);
                atomic_fetch_add(&n_written, PER_TRANSACTION);
        }
        arena_free(arena);
        db_free(db);
        return NULL;
}

static bool have_all(int count)
{
        for (int i = 0; i < count; i++)
                if (atomic_load(&subscribers[i].n_taken) < atomic_load(&n_written))
                        return false;
        return true;
}

static int rate(int count, int seconds)
{
        pthread_t writers[WRITERS];
        require(count > 0 && count <= SUBSCRIBERS_MAX, "so many subscribers");
        subscribe(count);
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < WRITERS; i++)
                pthread_create(&writers[i], NULL, write_on, NULL);
        sleep((unsigned)seconds);
        atomic_store(&must_stop, true);
        for (int i = 0; i < WRITERS; i++)
                pthread_join(writers[i], NULL);
        int64_t written_us = clock_now_us() - begun_us;
        for (int tries = 0; !have_all(count) && tries < 60000; tries++)
                usleep(1000);
        require(have_all(count), "delivery");
        int64_t took_us = clock_now_us() - begun_us;
        unsubscribe(count);
        printf("%.0f written/s %.0f delivered/s\n", (double)n_written * 1e6 / (double)written_us,
                (double)n_written * 1e6 / (double)took_us);
        return EXIT_SUCCESS;
}

static int replay(int count)
{
        struct db *db = db_new(kit.database_url, QUERY_US);
        struct arena *arena = arena_new(0);
        for (int i = 0; i < count; i += 100)
                write_events(db, arena, 100);
        db_free(db);
        arena_free(arena);
        while (strtol(kit_sql(&kit, "SELECT head FROM outbox_head"), NULL, 10) < count)
                usleep(100000);
        struct subscriber *subscriber = &subscribers[0];
        subscriber->follower = (struct event_follower){
                .service = &kit.service, .source = "ledger", .take = note_taken, .owner = subscriber};
        int64_t begun_us = clock_now_us();
        require(event_follower_catch_up(&subscriber->follower) == STATUS_OK, "reading");
        int64_t took_us = clock_now_us() - begun_us;
        require(atomic_load(&subscriber->n_taken) >= (uint64_t)count, "replay");
        printf("%.0f\n", (double)count * 1e6 / (double)took_us);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        long first = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
        long second = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
        int code = EXIT_FAILURE;
        open_service();
        if (argc == 3 && strcmp(argv[1], "latency") == 0)
                code = latency((int)first);
        else if (argc == 4 && strcmp(argv[1], "rate") == 0)
                code = rate((int)first, (int)second);
        else if (argc == 3 && strcmp(argv[1], "replay") == 0)
                code = replay((int)first);
        else
                fprintf(stderr, "events_bench latency SECONDS | rate SUBSCRIBERS SECONDS | replay EVENTS\n");
        close_service();
        return code;
}
