/* SPDX-License-Identifier: Apache-2.0 */
/* A source with its relay and server, and consumers of it, in one process and one schema. The effect of an event is a
 * row without any key: applied twice is seen. */
#include "common/cache.h"
#include "common/client.h"
#include "common/db.h"
#include "common/event_follower.h"
#include "common/event_relay.h"
#include "common/events.h"
#include "common/server.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { QUERY_US = 20000000 };

static struct kit kit;
static struct server *server;
static struct db *db;
static _Atomic bool is_killing;
static _Atomic bool is_away;
static _Atomic int n_poisoned;

static status apply(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)data;
        TRY(db_exec(call, "INSERT INTO effects (sequence, subject) VALUES ($1, $2)", event->sequence, event->subject));
        if (strcmp(event->subject, "poison") == 0 && atomic_fetch_add(&n_poisoned, 1) >= 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "this is poison");
        if (strcmp(event->subject, "early") == 0 && atomic_load(&is_away))
                return call_fail(call, STATUS_UNAVAILABLE, "something is away");
        if (atomic_load(&is_killing) && atomic_exchange(&is_killing, false)) /* between effect and cursor */
                kit_sql_aside(&kit,
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                        " AND state = 'idle in transaction' AND query LIKE 'INSERT INTO effects%'");
        return STATUS_OK;
}

static const struct event_consumer row = {"effects", "ledger", "goals.share.", apply};

static const struct consumer_settings *settings(void)
{
        static struct consumer_settings settings;
        settings = (struct consumer_settings){kit.database_url, QUERY_US, 4};
        return &settings;
}

static void set_up(void)
{
        kit_open(&kit, "ledger", NULL);
        kit_database(&kit);
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        kit_sql(&kit, "CREATE TABLE effects (sequence bigint, subject text)");
        char *url = arena_printf(kit.arena, "ipc://%s/ledger.ipc", kit.directory);
        char *bus = arena_printf(kit.arena, "ipc://%s/ledger.events.ipc", kit.directory);
        const struct event_relay_settings relay = {bus, "", kit.database_url, QUERY_US, 24, 24};
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
        is_killing = false;
        n_poisoned = 0;
}

static void tear_down(void)
{
        client_free(kit.service.client);
        server_stop(server, 0);
        event_relay_stop(kit.service.relay);
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

/* `count` events about shares s0, s1, ..., in one transaction. */
static void published(const char *subject, int count)
{
        struct call *call = kit_call(&kit, NULL, QUERY_US);
        call->db = db;
        db_begin(call, true);
        for (int i = 0; i < count; i++) {
                Goals__ShareUpdated event = GOALS__SHARE_UPDATED__INIT;
                event.share_id = arena_printf(call->arena, subject, i);
                ck_assert_int_eq(event_publish(call, &event.base), STATUS_OK);
        }
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        event_relay_wake(kit.service.relay);
}

/* Waits until the query says so. */
static void await(const char *query, const char *expected)
{
        for (int i = 0; i < 800 && strcmp(kit_sql(&kit, "%s", query), expected) != 0; i++)
                usleep(50000);
        const char *said = kit_sql(&kit, "%s", query);
        ck_assert_msg(strcmp(said, expected) == 0, "%s says %s, not %s; cursors: %s", query, said, expected,
                kit_sql(&kit, "SELECT string_agg(c::text, ' ') FROM event_cursors c"));
}

static const char applied[] = "SELECT count(*) || ' ' || count(DISTINCT sequence) FROM effects";

static struct events *subscribed(const struct event_consumer *rows)
{
        struct events *events;
        const struct events_settings all = {
                arena_printf(kit.arena, "ipc://%s/{service}.events.ipc", kit.directory), *settings()};
        kit.definition.consumers = rows;
        ck_assert_int_eq(events_start(&kit.service, &all, &events), STATUS_OK);
        return events;
}

TEST(what_was_published_before_and_after_the_start_is_applied_once)
{
        static const struct event_consumer rows[] = {{"effects", "ledger", "goals.share.", apply}, {0}};
        published("s%d", 300);
        struct events *events = subscribed(rows);
        await(applied, "300 300");
        published("s%d", 50);
        await(applied, "350 350");
        events_stop(events);
}
END_TEST

TEST(two_replicas_share_the_work_and_apply_each_event_once)
{
        struct consumer *first = consumer_start(&kit.service, &row, settings());
        struct consumer *second = consumer_start(&kit.service, &row, settings());
        for (int i = 0; i < 20; i++)
                published("s%d", 50);
        await(applied, "1000 1000");
        consumer_stop(first);
        consumer_stop(second);
        ck_assert_str_eq(kit_sql(&kit, "%s", applied), "1000 1000");
}
END_TEST

TEST(events_of_one_key_are_applied_in_order)
{
        struct consumer *consumer = consumer_start(&kit.service, &row, settings());
        kit_sql(&kit, "ALTER TABLE effects ADD place bigserial");
        for (int i = 0; i < 20; i++)
                published("s%d", 20);
        await(applied, "400 400");
        consumer_stop(consumer);
        ck_assert_str_eq(
                kit_sql(&kit,
                        "SELECT count(*) FROM (SELECT sequence, lag(sequence) OVER"
                        " (PARTITION BY subject ORDER BY place) AS before FROM effects) e WHERE before > sequence"),
                "0");
}
END_TEST

TEST(a_consumer_cut_off_between_effect_and_cursor_applies_once)
{
        struct consumer *consumer = consumer_start(&kit.service, &row, settings());
        for (int round = 0; round < 3; round++) {
                is_killing = true;
                published("s%d", 20);
                await("SELECT count(*) FILTER (WHERE sequence >= 20) FROM event_cursors", "4");
                for (int i = 0; i < 100 && is_killing; i++)
                        usleep(50000);
        }
        await(applied, "60 60");
        consumer_stop(consumer);
}
END_TEST

TEST(poison_is_tried_eight_times_and_buried_and_the_others_go_on)
{
        struct consumer *consumer = consumer_start(&kit.service, &row, settings());
        published("poison", 1);
        published("s%d", 100);
        kit_sql(&kit, "UPDATE event_cursors SET tries = 6"); /* the pauses of the first six are long */
        await("SELECT count(*) FROM event_dead", "1");
        await(applied, "100 100");
        ck_assert_str_eq(kit_sql(&kit, "SELECT reason || ' ' || tries || ' ' || sequence FROM event_dead"),
                "this is poison 8 1");
        consumer_stop(consumer);
}
END_TEST

TEST(an_event_waits_as_long_as_what_its_handler_needs_is_away)
{
        static const char one[] = "sfp_events_waiting{group=\"effects\",source=\"ledger\"} 1\n";
        static const char none[] = "sfp_events_waiting{group=\"effects\",source=\"ledger\"} 0\n";
        is_away = true;
        struct consumer *consumer = consumer_start(&kit.service, &row, settings());
        await("SELECT count(*) FROM event_cursors", "4");
        kit_sql(&kit, "UPDATE event_cursors SET tries = 7"); /* one more is one too many */
        published("early", 1);
        for (int i = 0; i < 200 && !metrics_have(&kit, one); i++)
                usleep(50000);
        ck_assert(metrics_have(&kit, one));
        sleep(3);
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM event_dead"), "0");
        ck_assert_str_eq(kit_sql(&kit, "SELECT max(tries) FROM event_cursors"), "7");
        is_away = false;
        await(applied, "1 1");
        for (int i = 0; i < 200 && !metrics_have(&kit, none); i++)
                usleep(50000);
        ck_assert(metrics_have(&kit, none));
        consumer_stop(consumer);
}
END_TEST

TEST(a_buried_event_is_applied_when_somebody_asks_for_it)
{
        kit_sql(&kit, "CREATE FUNCTION is_cured() RETURNS boolean RETURN true");
        struct consumer *consumer = consumer_start(&kit.service, &row, settings());
        published("poison", 1);
        await("SELECT count(*) FROM event_cursors", "4");
        kit_sql(&kit, "UPDATE event_cursors SET tries = 7");
        await("SELECT count(*) FROM event_dead", "1");
        kit_sql(&kit, "UPDATE event_dead SET is_due = true"); /* still poison: it stays, and is not tried for ever */
        await("SELECT is_due || ' ' || tries FROM event_dead", "false 9");
        n_poisoned = -1000; /* the cure */
        kit_sql(&kit, "UPDATE event_dead SET is_due = true");
        await("SELECT count(*) FROM event_dead", "0");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM effects WHERE subject = 'poison'"), "1");
        consumer_stop(consumer);
}
END_TEST

static _Atomic int n_heard;

static void hear(struct service *service, const ProtobufCMessage *data)
{
        (void)service;
        ck_assert_ptr_eq(data->descriptor, &goals__share_updated__descriptor);
        n_heard++;
}

TEST(a_listener_hears_every_event_from_its_start_on)
{
        static const struct event_listener listeners[] = {{NULL, "goals.share.", hear}, {0}};
        n_heard = 0;
        published("s%d", 10);
        await("SELECT head FROM outbox_head", "10");
        kit.definition.listeners = listeners;
        struct events *events = subscribed(NULL);
        sleep(2); /* a heartbeat has placed it */
        published("s%d", 30);
        for (int i = 0; i < 200 && n_heard < 30; i++)
                usleep(50000);
        ck_assert_int_eq(n_heard, 30);
        events_stop(events);
}
END_TEST

static uint64_t taken[64];
static size_t n_taken;

static void note_taken(void *owner, size_t count, Events__CloudEvent *const *list)
{
        (void)owner;
        for (size_t i = 0; i < count && n_taken < 64; i++) {
                ck_assert_str_ne(list[i]->subject, "forged");
                taken[n_taken++] = list[i]->sequence;
        }
}

/* As somebody writes it who reaches the bus and is none of us. */
static Events__CloudEvent forged(uint64_t sequence)
{
        Events__CloudEvent event = EVENTS__CLOUD_EVENT__INIT;
        event.source = "/social/ledger";
        event.type = "com.financialplanning.social.goals.share.updated.v1";
        event.subject = "forged";
        event.sequence = sequence;
        return event;
}

TEST(a_forged_push_is_not_taken_and_makes_nobody_skip)
{
        static const uint64_t pushes[] = {4, UINT64_MAX, 0, 4, 5};
        struct event_follower follower = {
                .service = &kit.service, .source = "ledger", .is_placed = true, .take = note_taken};
        n_taken = 0;
        published("s%d", 3);
        await("SELECT head FROM outbox_head", "3");
        for (size_t i = 0; i < sizeof pushes / sizeof *pushes; i++) {
                const Events__CloudEvent event = forged(pushes[i]);
                event_follower_hear(&follower, &event);
                ck_assert_uint_eq(follower.position, 3);
        }
        published("s%d", 2);
        await("SELECT head FROM outbox_head", "5");
        const Events__CloudEvent news = forged(4);
        event_follower_hear(&follower, &news);
        ck_assert_uint_eq(n_taken, 5);
        for (size_t i = 0; i < n_taken; i++)
                ck_assert_uint_eq(taken[i], i + 1);
}
END_TEST

TEST(a_forged_first_message_places_no_listener_out_of_hearing)
{
        static const struct {
                uint64_t first;
                uint64_t position;
        } rows[] = {{UINT64_MAX, 3}, {0, 0}, {4, 3}, {3, 2}};
        published("s%d", 3);
        await("SELECT head FROM outbox_head", "3");
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct event_follower follower = {.service = &kit.service, .source = "ledger", .take = note_taken};
                const Events__CloudEvent event = forged(rows[i].first);
                ck_assert(event_follower_place(&follower, &event));
                ck_assert_uint_eq(follower.position, rows[i].position);
        }
}
END_TEST

static void note_found(void *arg, const void *bytes, size_t size)
{
        (void)bytes;
        (void)size;
        *(bool *)arg = true;
}

static bool is_kept(struct cache *cache)
{
        bool is_found = false;
        return cache_get(cache, "key", 3, false, note_found, &is_found) && is_found;
}

TEST(answers_kept_by_another_replica_become_stale)
{
        struct service replica = kit.service;
        struct events *events;
        const struct events_settings all = {
                arena_printf(kit.arena, "ipc://%s/{service}.events.ipc", kit.directory), *settings()};
        kit.definition.consumers = NULL;
        kit.definition.listeners = NULL;
        replica.cache = cache_new(65536, kit.service.metrics);
        ck_assert_int_eq(events_start(&replica, &all, &events), STATUS_OK);
        sleep(2); /* a heartbeat has placed it */
        const struct cache_answer answer = {"key", 3, "share:1", 7, "answer", 6, INT64_MAX, INT64_MAX};
        cache_put(replica.cache, &answer, cache_mark_of(replica.cache, "share:1", 7));
        ck_assert(is_kept(replica.cache));

        char *tags[] = {"share:1"};
        Events__CacheEntriesInvalidated event = EVENTS__CACHE_ENTRIES_INVALIDATED__INIT;
        event.n_tags = 1;
        event.tags = tags;
        struct call *call = kit_call(&kit, NULL, QUERY_US);
        call->db = db;
        db_begin(call, true);
        ck_assert_int_eq(event_publish(call, &event.base), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        for (int i = 0; i < 200 && is_kept(replica.cache); i++)
                usleep(50000);
        ck_assert(!is_kept(replica.cache));
        events_stop(events);
        cache_free(replica.cache);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/consumer", NO_FORK,
        T(what_was_published_before_and_after_the_start_is_applied_once),
        T(two_replicas_share_the_work_and_apply_each_event_once), T(events_of_one_key_are_applied_in_order),
        T(a_consumer_cut_off_between_effect_and_cursor_applies_once),
        T(poison_is_tried_eight_times_and_buried_and_the_others_go_on),
        T(an_event_waits_as_long_as_what_its_handler_needs_is_away),
        T(a_buried_event_is_applied_when_somebody_asks_for_it), T(a_listener_hears_every_event_from_its_start_on),
        T(a_forged_push_is_not_taken_and_makes_nobody_skip),
        T(a_forged_first_message_places_no_listener_out_of_hearing), T(answers_kept_by_another_replica_become_stale))
