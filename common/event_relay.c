/* SPDX-License-Identifier: Apache-2.0 */
/* One thread. A failure of the database only means that a turn was for nothing. */
#include "common/event_relay.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/event_bridge.h"
#include "common/event_push.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/outbox.h"

#include <pthread.h>
#include <stdlib.h>

enum {
        POLL_EVERY_US = 100000, /* for what other replicas have committed, and for wakes lost with a process */
        GATHER_US = 1000,       /* between two turns: a burst is numbered in few of them */
        HEARTBEAT_EVERY_US = 1000000,
        UPKEEP_EVERY_US = 60000000,
        SETTLE_PATIENCE_S = 30, /* nearly all transactions are shorter; others' events wait for the next upkeep */
        TURN_DEADLINE_US = 10000000,
};

struct event_relay {
        struct service *service;
        struct event_relay_settings settings;
        struct db *db;
        struct event_push *push;     /* NULL: a broker is used */
        struct event_bridge *bridge; /* NULL: none is */
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool is_woken;
        bool must_stop;
        bool is_carried; /* the broker has taken what there was */
        uint64_t head;
        int64_t heartbeat_due_us;
        int64_t upkeep_due_us;
        struct metric *numbered;
        struct metric *head_gauge;
        struct metric *numbered_at;
        struct metric *dropped_days;
        struct metric *abandoned;
};

/* Runs one piece of work with a call of its own, in no transaction. */
static status run(struct event_relay *relay, status (*work)(struct event_relay *relay, struct call *call))
{
        struct arena *arena = arena_new(0);
        struct call call;
        call_init_own(&call, arena, relay->service, NULL, TURN_DEADLINE_US);
        call.db = relay->db;
        db_begin(&call, false);
        status result = work(relay, &call);
        status ended = db_end(&call, result == STATUS_OK);
        arena_free(arena);
        return result == STATUS_OK ? ended : result;
}

/* Pushes the `count` events up to the head, which are those just numbered here. */
static status push_numbered(struct event_relay *relay, struct call *call, uint64_t count)
{
        while (count > 0) {
                Events__ReadRequest query = EVENTS__READ_REQUEST__INIT;
                Events__EventList list = EVENTS__EVENT_LIST__INIT;
                query.has_after_seq = 1;
                query.after_seq = relay->head - count;
                query.limit = (uint32_t)count;
                TRY(outbox_read(call, &query, &list));
                for (size_t i = 0; i < list.n_events; i++)
                        event_push_send(relay->push, list.events[i]);
                if (list.n_events == 0)
                        return STATUS_OK;
                count -= list.n_events;
        }
        return STATUS_OK;
}

/* The broker's absence holds nothing up: subscribers read from here what it does not push. */
static void note_carried(struct event_relay *relay, status carried)
{
        bool is_carried = carried == STATUS_OK;
        if (is_carried != relay->is_carried)
                LOG(is_carried ? LOG_INFO : LOG_WARN,
                        is_carried ? "the broker takes events"
                                   : "the broker does not take events: it will get them later");
        relay->is_carried = is_carried;
}

static status number(struct event_relay *relay, struct call *call)
{
        Events__Numbered numbered = EVENTS__NUMBERED__INIT;
        TRY(outbox_number(call, &numbered));
        relay->head = numbered.head;
        metric_add(relay->numbered, (int64_t)numbered.count);
        metric_set(relay->head_gauge, (int64_t)numbered.head);
        if (relay->bridge != NULL) {
                note_carried(relay, event_bridge_carry(relay->bridge, call, relay->head));
                return STATUS_OK;
        }
        TRY(push_numbered(relay, call, numbered.count));
        if (numbered.count == OUTBOX_NUMBER_MAX)
                event_relay_wake(relay); /* there may be more */
        return STATUS_OK;
}

static void beat(struct event_relay *relay)
{
        char time[CLOCK_RFC3339_SIZE], source[128];
        Events__CloudEvent heartbeat = EVENTS__CLOUD_EVENT__INIT;
        clock_rfc3339(clock_unix_us(), time);
        snprintf(source, sizeof source, "/social/%s", relay->service->definition->name);
        heartbeat.type = (char *)(size_t)EVENT_HEARTBEAT;
        heartbeat.source = source;
        heartbeat.time = time;
        heartbeat.has_sequence = 1;
        heartbeat.sequence = relay->head;
        if (relay->push != NULL)
                event_push_send(relay->push, &heartbeat);
        else
                event_bridge_beat(relay->bridge, &heartbeat);
}

static status keep_up(struct event_relay *relay, struct call *call)
{
        Events__Dropped dropped = EVENTS__DROPPED__INIT;
        TRY(outbox_make_days(call)); /* first: without a place for tomorrow nothing could be written */
        TRY(outbox_settle(call, SETTLE_PATIENCE_S));
        TRY(outbox_drop_days(call, relay->settings.retention_h, relay->settings.patience_h, &dropped));
        metric_add(relay->dropped_days, (int64_t)dropped.days);
        if ((int64_t)dropped.abandoned > metric_value(relay->abandoned))
                LOG(LOG_WARN, "readers that do not move no longer hold events back",
                        log_number("readers", (int64_t)dropped.abandoned));
        metric_set(relay->abandoned, (int64_t)dropped.abandoned);
        return STATUS_OK;
}

static void turn(struct event_relay *relay)
{
        if (run(relay, number) != STATUS_OK)
                return; /* a heartbeat would promise what may not be so */
        metric_set(relay->numbered_at, clock_unix_us() / 1000000);
        int64_t now_us = clock_now_us();
        if (now_us >= relay->heartbeat_due_us) {
                beat(relay);
                relay->heartbeat_due_us = now_us + HEARTBEAT_EVERY_US;
        }
        if (now_us >= relay->upkeep_due_us) {
                status kept = run(relay, keep_up);
                if (kept != STATUS_OK && kept != STATUS_ABORTED) /* a lock that was not to be had is tried for again */
                        LOG(LOG_WARN, "upkeep of the outbox failed", log_text("status", status_name(kept)));
                relay->upkeep_due_us = now_us + UPKEEP_EVERY_US;
        }
}

/* Until there is something to do; false when it is to stop. */
static bool rest(struct event_relay *relay)
{
        struct timespec gather = {.tv_nsec = GATHER_US * 1000};
        struct timespec until = clock_timespec(clock_now_us() + POLL_EVERY_US);
        pthread_mutex_lock(&relay->mutex);
        for (int result = 0; !relay->must_stop && !relay->is_woken && result == 0;)
                result = pthread_cond_timedwait(&relay->changed, &relay->mutex, &until);
        bool must_stop = relay->must_stop;
        bool is_woken = relay->is_woken;
        relay->is_woken = false;
        pthread_mutex_unlock(&relay->mutex);
        if (is_woken && !must_stop)
                nanosleep(&gather, NULL);
        return !must_stop;
}

static void *work(void *arg)
{
        struct event_relay *relay = arg;
        do
                turn(relay);
        while (rest(relay));
        turn(relay); /* what the last calls have committed */
        return NULL;
}

static void add_metrics(struct event_relay *relay)
{
        struct metrics *metrics = relay->service->metrics;
        relay->numbered = metrics_counter(
                metrics, "sfp_events_published_total", "", "Events numbered and pushed by this process.");
        relay->head_gauge =
                metrics_gauge(metrics, "sfp_events_head", "", "Sequence of the last event of this service.");
        relay->numbered_at = metrics_gauge(metrics, "sfp_events_numbered_timestamp_seconds", "",
                "When this process last saw to it that no event waits to be numbered, in Unix time.");
        relay->dropped_days = metrics_counter(
                metrics, "sfp_events_dropped_days_total", "", "Days of the outbox dropped by this process.");
        relay->abandoned = metrics_gauge(metrics, "sfp_events_abandoned_readers", "",
                "Readers that are behind, do not move, and no longer hold events back.");
}

static void free_relay(struct event_relay *relay)
{
        event_push_close(relay->push);
        event_bridge_close(relay->bridge);
        db_free(relay->db);
        free(relay);
}

static status open_bus(struct event_relay *relay)
{
        if (*relay->settings.broker != '\0')
                return event_bridge_open(relay->settings.broker, &relay->bridge);
        return event_push_open(relay->settings.listen, &relay->push);
}

status event_relay_start(struct service *service, const struct event_relay_settings *settings, struct event_relay **out)
{
        struct event_relay *relay = calloc(1, sizeof *relay);
        pthread_condattr_t attributes;
        if (relay == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        relay->service = service;
        relay->settings = *settings;
        relay->db = db_new(settings->database_url, settings->query_timeout_us);
        status opened = open_bus(relay);
        if (opened != STATUS_OK) {
                free_relay(relay);
                return opened;
        }
        add_metrics(relay);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&relay->mutex, NULL);
        pthread_cond_init(&relay->changed, &attributes);
        if (run(relay, keep_up) != STATUS_OK) /* in front of the first call: there must be a place for today */
                LOG(LOG_WARN, "upkeep of the outbox failed");
        relay->upkeep_due_us = clock_now_us() + UPKEEP_EVERY_US;
        if (pthread_create(&relay->thread, NULL, work, relay) != 0)
                abort();
        *out = relay;
        return STATUS_OK;
}

void event_relay_stop(struct event_relay *relay)
{
        if (relay == NULL)
                return;
        pthread_mutex_lock(&relay->mutex);
        relay->must_stop = true;
        pthread_cond_signal(&relay->changed);
        pthread_mutex_unlock(&relay->mutex);
        pthread_join(relay->thread, NULL);
        pthread_mutex_destroy(&relay->mutex);
        pthread_cond_destroy(&relay->changed);
        free_relay(relay);
}

void event_relay_wake(struct event_relay *relay)
{
        if (relay == NULL)
                return;
        pthread_mutex_lock(&relay->mutex);
        bool was_woken = relay->is_woken;
        relay->is_woken = true;
        if (!was_woken)
                pthread_cond_signal(&relay->changed);
        pthread_mutex_unlock(&relay->mutex);
}
