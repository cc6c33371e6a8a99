/* SPDX-License-Identifier: Apache-2.0 */
/* A thread for each group. What is pushed only says where to look (`hinted`, a bit for each shard); the events
 * themselves are read from their source under the cursor's lock. A batch is applied in one transaction; when that
 * fails, its events are applied one by one until the one that is to blame is found. */
#include "common/consumer.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event_cursor.h"
#include "common/event_relay.h"
#include "common/frame.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/rpc_call.h"
#include "common/service.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
        BATCH_MAX = 200,
        LOOK_EVERY_US = 5000000, /* at every shard, hinted or not */
        TURN_DEADLINE_US = 8000000,
        PAUSE_US = 250000, /* before the second attempt; doubles with each: half a minute in all */
        AGAIN_US = 500000, /* when an attempt has failed, or another replica was at it */
};

struct consumer {
        struct service *service;
        const struct event_consumer *row;
        struct event_group group;
        struct consumer_settings settings;
        char *topic;
        struct db *db;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        uint64_t hinted;
        uint64_t head;                       /* of the source, as last heard; the thread's own */
        uint64_t seen_head;                  /* the same at the last look at all shards; under the mutex */
        _Atomic int shards;                  /* 0: not known yet */
        uint32_t batch[CONSUMER_SHARDS_MAX]; /* events to take at once; 1 while looking for one that fails */
        uint64_t lag[CONSUMER_SHARDS_MAX];
        struct metric *applied;
        struct metric *failed;
        struct metric *dead;
        struct metric *lost;
        struct metric *lag_gauge;
};

/* A turn at one shard. */
struct turn {
        struct consumer *consumer;
        struct call *call;
        int shard;
        Events__Group cursor;
        const Events__EventList *list; /* NULL: it did not come to that */
        const char *reason;            /* why a handler failed */
};

enum outcome {
        OUTCOME_DONE,  /* nothing is left */
        OUTCOME_MORE,  /* something may be */
        OUTCOME_AGAIN, /* it failed, or another replica was at it: in a while */
};

static void begin(struct consumer *consumer, struct call *call, struct arena *arena)
{
        call_init_own(call, arena, consumer->service, NULL, TURN_DEADLINE_US);
        call->db = consumer->db;
        db_begin(call, true);
}

static status end(struct call *call, status result)
{
        status ended = db_end(call, result == STATUS_OK);
        if (result == STATUS_OK && ended == STATUS_OK && call->has_published)
                event_relay_wake(call->service->relay);
        return result == STATUS_OK ? ended : result;
}

/* Applies one event with a call of its own within the transaction of `call`. */
static status apply(struct consumer *consumer, struct call *call, const Events__CloudEvent *event, const char **reason)
{
        struct call own;
        ProtobufCMessage *data;
        int64_t left_us = call_time_left(call);
        call_init_own(&own, call->arena, consumer->service, event->traceparent, left_us);
        own.db = call->db;
        own.causation_id = event->id;
        status result = event_open(consumer->service->schema, call->arena, event, &data);
        if (result != STATUS_OK)
                call_fail(&own, result, "its data is no message that is known here");
        else
                result = consumer->row->apply(&own, event, data);
        call->has_published |= own.has_published;
        *reason = own.failure != NULL ? own.failure : status_name(result);
        return result;
}

static status read_events(struct turn *turn)
{
        char *topics[] = {turn->consumer->topic};
        ProtobufCMessage *reply;
        Events__ReadRequest request = EVENTS__READ_REQUEST__INIT;
        request.has_after_seq = turn->cursor.has_sequence;
        request.after_seq = turn->cursor.sequence;
        request.n_topics = *turn->consumer->topic == '\0' ? 0 : 1;
        request.topics = topics;
        request.has_limit = request.has_shard = request.has_shards = 1;
        request.limit = turn->consumer->batch[turn->shard];
        request.shard = (uint32_t)turn->shard;
        request.shards = turn->cursor.shards;
        request.group = (char *)(size_t)turn->consumer->group.name;
        TRY(rpc_call_at(turn->call, turn->consumer->group.source, "sfp.events.Events.Read", &request.base, &reply));
        turn->list = (const Events__EventList *)reply;
        return STATUS_OK;
}

static status apply_all(struct turn *turn)
{
        for (size_t i = 0; i < turn->list->n_events; i++)
                TRY(apply(turn->consumer, turn->call, turn->list->events[i], &turn->reason));
        if (turn->cursor.has_sequence && turn->list->next_seq == turn->cursor.sequence)
                return STATUS_OK;
        return event_cursor_move(turn->call, turn->consumer->group, turn->shard, turn->list->next_seq);
}

/* What has fallen below the source's floor is lost to this group: that is said loudly, and it goes on. */
static status skip_lost(struct turn *turn)
{
        struct consumer *consumer = turn->consumer;
        ProtobufCMessage *reply;
        Sfp__Empty nothing = SFP__EMPTY__INIT;
        TRY(rpc_call_at(turn->call, consumer->group.source, "sfp.events.Events.GetPositions", &nothing.base, &reply));
        uint64_t floor = ((const Events__Positions *)reply)->floor;
        LOG(LOG_ERROR, "events were dropped before this group had taken them", log_text("group", consumer->group.name),
                log_text("source", consumer->group.source), log_number("from", (int64_t)turn->cursor.sequence),
                log_number("to", (int64_t)floor));
        metric_add(consumer->lost, (int64_t)(floor - turn->cursor.sequence));
        return event_cursor_move(turn->call, consumer->group, turn->shard, floor);
}

static status take_turn(struct turn *turn)
{
        TRY(event_cursor_take(turn->call, turn->consumer->group, turn->shard, &turn->cursor));
        if (!turn->cursor.is_due)
                return STATUS_NOT_FOUND;
        status read = read_events(turn);
        if (read == STATUS_OUT_OF_RANGE)
                return skip_lost(turn);
        TRY(read);
        return apply_all(turn);
}

static status bury(struct turn *turn, struct call *call, const Events__CloudEvent *event)
{
        struct consumer *consumer = turn->consumer;
        LOG(LOG_ERROR, "an event is given up", log_text("group", consumer->group.name), log_text("event", event->id),
                log_text("type", event->type), log_text("reason", turn->reason));
        TRY(event_dead_add(call, consumer->group, event, turn->reason, CONSUMER_TRIES));
        return event_cursor_move(call, consumer->group, turn->shard, event->sequence);
}

/* Counts the attempt at the turn's one event, or buries it, unless another replica has been there meanwhile. */
static status note_failure(struct turn *turn, struct call *call)
{
        Events__Group now = EVENTS__GROUP__INIT;
        TRY(event_cursor_take(call, turn->consumer->group, turn->shard, &now));
        if (now.sequence != turn->cursor.sequence || now.tries != turn->cursor.tries)
                return STATUS_NOT_FOUND;
        if (now.tries + 1 >= CONSUMER_TRIES)
                return bury(turn, call, turn->list->events[0]);
        return event_cursor_fail(call, turn->consumer->group, turn->shard, (int64_t)PAUSE_US << now.tries);
}

/* The batch is taken apart, or its one event is to blame. The database's absence counts as no attempt: nothing can be
 * noted then. */
static enum outcome settle_failure(struct turn *turn, struct arena *arena)
{
        struct consumer *consumer = turn->consumer;
        struct call call;
        if (turn->list == NULL || turn->list->n_events == 0)
                return OUTCOME_AGAIN;
        if (turn->list->n_events > 1) {
                consumer->batch[turn->shard] = 1;
                return OUTCOME_MORE;
        }
        begin(consumer, &call, arena);
        if (end(&call, note_failure(turn, &call)) != STATUS_OK)
                return OUTCOME_AGAIN;
        bool is_dead = turn->cursor.tries + 1 >= CONSUMER_TRIES;
        metric_add(consumer->failed, 1);
        metric_add(consumer->dead, is_dead);
        return is_dead ? OUTCOME_MORE : OUTCOME_AGAIN;
}

static enum outcome settle_success(struct turn *turn)
{
        struct consumer *consumer = turn->consumer;
        const Events__EventList *list = turn->list;
        uint32_t *batch = &consumer->batch[turn->shard];
        if (list == NULL)
                return OUTCOME_MORE; /* what was lost is passed over */
        metric_add(consumer->applied, (int64_t)list->n_events);
        consumer->lag[turn->shard] = list->head - list->next_seq;
        *batch = *batch * 2 > BATCH_MAX ? BATCH_MAX : *batch * 2;
        return list->next_seq < list->head ? OUTCOME_MORE : OUTCOME_DONE;
}

/* One batch of one shard. */
static enum outcome run_shard(struct consumer *consumer, int shard)
{
        struct arena *arena = arena_new(0);
        struct call call;
        struct turn turn = {.consumer = consumer, .call = &call, .shard = shard, .cursor = EVENTS__GROUP__INIT};
        begin(consumer, &call, arena);
        status result = end(&call, take_turn(&turn));
        if (turn.reason == NULL)
                turn.reason = call.failure != NULL ? call.failure : status_name(result);
        if (turn.list != NULL && turn.list->head > consumer->head)
                consumer->head = turn.list->head;
        enum outcome outcome = result == STATUS_OK ? settle_success(&turn) : settle_failure(&turn, arena);
        arena_free(arena);
        return outcome;
}

static status make_cursors(struct consumer *consumer, struct call *call)
{
        int shards;
        TRY(event_cursor_make(call, consumer->group, consumer->settings.shards, &shards));
        atomic_store(&consumer->shards, shards < CONSUMER_SHARDS_MAX ? shards : CONSUMER_SHARDS_MAX);
        return STATUS_OK;
}

static status retry_dead(struct consumer *consumer, struct call *call, Events__Dead *dead, const char **reason)
{
        ProtobufCMessage *event;
        TRY(event_dead_take(call, consumer->group, dead));
        if (frame_unpack(call->arena, &events__cloud_event__descriptor, dead->event.data, dead->event.len, &event) !=
                STATUS_OK)
                return call_fail(call, STATUS_DATA_LOSS, "a dead event cannot be read");
        TRY(apply(consumer, call, (const Events__CloudEvent *)event, reason));
        return event_dead_remove(call, consumer->group, dead->id);
}

/* One dead event that somebody wants tried again. True when there was one. */
static bool run_dead(struct consumer *consumer)
{
        struct arena *arena = arena_new(0);
        struct call call;
        Events__Dead dead = EVENTS__DEAD__INIT;
        const char *reason = NULL;
        begin(consumer, &call, arena);
        status result = end(&call, retry_dead(consumer, &call, &dead, &reason));
        bool was_there = dead.id != NULL;
        if (result != STATUS_OK && was_there) {
                begin(consumer, &call, arena);
                result = end(&call, event_dead_fail(&call, consumer->group, dead.id,
                                            reason != NULL ? reason : status_name(result)));
        }
        arena_free(arena);
        return was_there && result == STATUS_OK;
}

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
                most = consumer->lag[i] > most ? consumer->lag[i] : most;
        metric_set(consumer->lag_gauge, (int64_t)most);
}

/* Works on the shards of the set until nothing is left for them; gives those to come back to in a while. */
static uint64_t run_shards(struct consumer *consumer, uint64_t set)
{
        int shards = atomic_load(&consumer->shards);
        uint64_t again = 0;
        while (set != 0 && !must_stop(consumer))
                for (int i = 0; i < shards; i++) {
                        uint64_t bit = 1ULL << i;
                        enum outcome outcome = (set & bit) != 0 ? run_shard(consumer, i) : OUTCOME_DONE;
                        set &= outcome == OUTCOME_MORE ? ~0ULL : ~bit;
                        again |= outcome == OUTCOME_AGAIN ? bit : 0;
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
        while (!must_stop(consumer) && run_dead(consumer))
                ;
        pthread_mutex_lock(&consumer->mutex);
        consumer->seen_head = consumer->head;
        pthread_mutex_unlock(&consumer->mutex);
        return again;
}

static bool know_shards(struct consumer *consumer)
{
        if (atomic_load(&consumer->shards) > 0)
                return true;
        struct arena *arena = arena_new(0);
        struct call call;
        begin(consumer, &call, arena);
        status made = end(&call, make_cursors(consumer, &call));
        arena_free(arena);
        return made == STATUS_OK;
}

static void *work(void *arg)
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
        if (shards == 0 || strcmp(event_service(event), consumer->group.source) != 0)
                return;
        pthread_mutex_lock(&consumer->mutex);
        if (event_is_heartbeat(event) && event->sequence > consumer->seen_head)
                set = all_shards(shards);
        else if (event_has_topic(event, consumer->topic) && event->partitionkey != NULL)
                set = 1ULL << (event_hash(event->partitionkey) % shards);
        consumer->hinted |= set;
        if (set != 0)
                pthread_cond_signal(&consumer->changed);
        pthread_mutex_unlock(&consumer->mutex);
}

static void add_metrics(struct consumer *consumer)
{
        char labels[256];
        struct metrics *metrics = consumer->service->metrics;
        snprintf(labels, sizeof labels, "group=\"%s\",source=\"%s\"", consumer->group.name, consumer->group.source);
        consumer->applied = metrics_counter(metrics, "sfp_events_applied_total", labels, "Events applied, by group.");
        consumer->failed =
                metrics_counter(metrics, "sfp_events_failed_total", labels, "Failed attempts at an event, by group.");
        consumer->dead = metrics_counter(metrics, "sfp_events_dead_total", labels, "Events given up, by group.");
        consumer->lost = metrics_counter(metrics, "sfp_events_lost_total", labels,
                "Events that their source had dropped before the group took them.");
        consumer->lag_gauge = metrics_gauge(
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
        consumer->service = service;
        consumer->row = row;
        consumer->group = (struct event_group){row->group, row->source};
        consumer->settings = *settings;
        consumer->topic = strdup(event_topic(arena, row->topic));
        consumer->db = db_new(settings->database_url, settings->query_timeout_us);
        arena_free(arena);
        for (int i = 0; i < CONSUMER_SHARDS_MAX; i++)
                consumer->batch[i] = BATCH_MAX;
        add_metrics(consumer);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&consumer->mutex, NULL);
        pthread_cond_init(&consumer->changed, &attributes);
        if (pthread_create(&consumer->thread, NULL, work, consumer) != 0)
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
        db_free(consumer->db);
        free(consumer->topic);
        free(consumer);
}
