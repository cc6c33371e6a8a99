/* SPDX-License-Identifier: Apache-2.0 */
/* A thread for each group. What is pushed only says where to look (`hinted`, a bit for each shard); the events
 * themselves are read from their source. */
#include "common/consumer.h"

#include "common/clock.h"
#include "common/consumer_work.h"
#include "common/db.h"
#include "common/metrics.h"
#include "common/service.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
        LOOK_EVERY_US = 5000000, /* at every shard, hinted or not */
        AGAIN_US = 500000,       /* when an attempt has failed, or another replica was at it */
};

struct consumer {
        struct consumer_work work; /* the thread's own */
        struct consumer_settings settings;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        uint64_t hinted;
        uint64_t seen_head; /* of the source at the last look at all shards; under the mutex */
        _Atomic int shards; /* 0: not known yet */
        struct metric *lag;
};

static bool must_stop(struct consumer *consumer)
{
        pthread_mutex_lock(&consumer->mutex);
        bool stops = consumer->must_stop;
        pthread_mutex_unlock(&consumer->mutex);
        return stops;
}

static void set_lag(struct consumer *consumer, int shards)
{
        uint64_t most = 0;
        for (int i = 0; i < shards; i++)
                most = consumer->work.lag[i] > most ? consumer->work.lag[i] : most;
        metric_set(consumer->lag, (int64_t)most);
}

/* Works on the shards of the set until nothing is left for them; gives those to come back to in a while. */
static uint64_t run_shards(struct consumer *consumer, uint64_t set)
{
        int shards = atomic_load(&consumer->shards);
        uint64_t again = 0;
        while (set != 0 && !must_stop(consumer))
                for (int i = 0; i < shards; i++) {
                        uint64_t bit = 1ULL << i;
                        enum consumer_outcome outcome =
                                (set & bit) != 0 ? consumer_work_turn(&consumer->work, i) : CONSUMER_DONE;
                        set &= outcome == CONSUMER_MORE ? ~0ULL : ~bit;
                        again |= outcome == CONSUMER_AGAIN ? bit : 0;
                }
        set_lag(consumer, shards);
        return again;
}

static uint64_t all_shards(int shards)
{
        return shards == CONSUMER_SHARDS_MAX ? UINT64_MAX : (1ULL << shards) - 1;
}

/* Waits for a hint, at most until then; gives the shards hinted at. False when it is to stop. */
static bool rest(struct consumer *consumer, int64_t until_us, uint64_t *hinted)
{
        struct timespec until = clock_timespec(until_us);
        int result = 0;
        pthread_mutex_lock(&consumer->mutex);
        while (!consumer->must_stop && consumer->hinted == 0 && result == 0)
                result = pthread_cond_timedwait(&consumer->changed, &consumer->mutex, &until);
        *hinted = consumer->hinted;
        consumer->hinted = 0;
        bool goes_on = !consumer->must_stop;
        pthread_mutex_unlock(&consumer->mutex);
        return goes_on;
}

/* Looks at everything: all shards, and the dead that somebody wants tried again. */
static uint64_t look(struct consumer *consumer)
{
        uint64_t again = run_shards(consumer, all_shards(atomic_load(&consumer->shards)));
        while (!must_stop(consumer) && consumer_work_retry(&consumer->work))
                ;
        pthread_mutex_lock(&consumer->mutex);
        consumer->seen_head = consumer->work.head;
        pthread_mutex_unlock(&consumer->mutex);
        return again;
}

static bool know_shards(struct consumer *consumer)
{
        int shards = consumer->settings.shards;
        if (atomic_load(&consumer->shards) > 0)
                return true;
        if (consumer_work_begin(&consumer->work, &shards) != STATUS_OK)
                return false;
        atomic_store(&consumer->shards, shards);
        return true;
}

static void *run(void *arg)
{
        struct consumer *consumer = arg;
        int64_t look_us = 0, until_us;
        uint64_t hinted = 0, again = 0;
        do {
                bool is_ready = know_shards(consumer);
                if (is_ready && clock_now_us() >= look_us) {
                        again = look(consumer);
                        look_us = clock_now_us() + LOOK_EVERY_US;
                } else if (is_ready) {
                        again = run_shards(consumer, hinted | again);
                }
                until_us = clock_now_us() + AGAIN_US;
                if (is_ready && again == 0)
                        until_us = look_us;
        } while (rest(consumer, until_us, &hinted));
        return NULL;
}

void consumer_hint(struct consumer *consumer, const Events__CloudEvent *event)
{
        int shards = atomic_load(&consumer->shards);
        uint64_t set = 0;
        if (shards == 0 || strcmp(event_service(event), consumer->work.group.source) != 0)
                return;
        pthread_mutex_lock(&consumer->mutex);
        if (event_is_heartbeat(event) && event->sequence > consumer->seen_head)
                set = all_shards(shards);
        else if (event_has_topic(event, consumer->work.topic) && event->partitionkey != NULL)
                set = 1ULL << (event_hash(event->partitionkey) % shards);
        consumer->hinted |= set;
        if (set != 0)
                pthread_cond_signal(&consumer->changed);
        pthread_mutex_unlock(&consumer->mutex);
}

static void add_metrics(struct consumer *consumer)
{
        char labels[256];
        struct metrics *metrics = consumer->work.service->metrics;
        snprintf(labels, sizeof labels, "group=\"%s\",source=\"%s\"", consumer->work.group.name,
                consumer->work.group.source);
        consumer->work.applied =
                metrics_counter(metrics, "sfp_events_applied_total", labels, "Events applied, by group.");
        consumer->work.failed =
                metrics_counter(metrics, "sfp_events_failed_total", labels, "Failed attempts at an event, by group.");
        consumer->work.dead = metrics_counter(metrics, "sfp_events_dead_total", labels, "Events given up, by group.");
        consumer->work.lost = metrics_counter(metrics, "sfp_events_lost_total", labels,
                "Events that their source had dropped before the group took them.");
        consumer->work.waiting = metrics_gauge(metrics, "sfp_events_waiting", labels,
                "Shards of the group whose next event waits for something that is away.");
        consumer->lag = metrics_gauge(
                metrics, "sfp_events_lag", labels, "Events between the group's slowest shard and the source's head.");
}

struct consumer *consumer_start(
        struct service *service, const struct event_consumer *row, const struct consumer_settings *settings)
{
        struct consumer *consumer = calloc(1, sizeof *consumer);
        struct arena *arena = arena_new(0);
        pthread_condattr_t attributes;
        if (consumer == NULL)
                abort();
        consumer->work.service = service;
        consumer->work.row = row;
        consumer->work.group = (struct event_group){row->group, row->source};
        consumer->settings = *settings;
        consumer->work.topic = strdup(event_topic(arena, row->topic));
        consumer->work.db = db_new(settings->database_url, settings->query_timeout_us);
        arena_free(arena);
        for (int i = 0; i < CONSUMER_SHARDS_MAX; i++)
                consumer->work.batch[i] = CONSUMER_BATCH_MAX;
        add_metrics(consumer);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&consumer->mutex, NULL);
        pthread_cond_init(&consumer->changed, &attributes);
        if (pthread_create(&consumer->thread, NULL, run, consumer) != 0)
                abort();
        return consumer;
}

void consumer_stop(struct consumer *consumer)
{
        pthread_mutex_lock(&consumer->mutex);
        consumer->must_stop = true;
        pthread_cond_signal(&consumer->changed);
        pthread_mutex_unlock(&consumer->mutex);
        pthread_join(consumer->thread, NULL);
        pthread_mutex_destroy(&consumer->mutex);
        pthread_cond_destroy(&consumer->changed);
        db_free(consumer->work.db);
        free(consumer->work.topic);
        free(consumer);
}
