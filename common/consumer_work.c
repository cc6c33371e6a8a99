/* SPDX-License-Identifier: Apache-2.0 */
/* A batch is read under its cursor's lock and applied in one transaction; when that fails, its events are applied one
 * by one until the one that is to blame is found. */
#include "common/consumer_work.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event_relay.h"
#include "common/frame.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/rpc_call.h"
#include "common/service.h"
#include "common/tracer.h"

#include <stdio.h>

enum {
        TURN_DEADLINE_US = 8000000,
        PAUSE_US = 250000, /* before the second attempt; doubles with each: half a minute in all */
        AWAY_MAX = 7,      /* pauses double as often while something is away: 16 s at most */
};

/* A turn at one shard. */
struct turn {
        struct consumer_work *work;
        struct call *call;
        int shard;
        Events__Group cursor;
        const Events__EventList *list; /* NULL: it did not come to that */
        const char *reason;            /* why a handler failed */
        bool is_away;                  /* it failed because something it needs is away */
};

static void begin(struct consumer_work *work, struct call *call, struct arena *arena)
{
        call_init_own(call, arena, work->service, NULL, TURN_DEADLINE_US);
        call->db = work->db;
        db_begin(call, true);
}

static status end(struct call *call, status result)
{
        status ended = db_end(call, result == STATUS_OK);
        if (result == STATUS_OK && ended == STATUS_OK && call->has_published)
                event_relay_wake(call->service->relay);
        return result == STATUS_OK ? ended : result;
}

/* By OpenTelemetry's conventions for messaging. */
static void record_span(const struct consumer_work *work, const struct call *call, status result, int64_t started_us)
{
        struct tracer *tracer = work->service->tracer;
        if (!tracer_records(tracer, &call->trace))
                return;
        struct span span = {.trace = call->trace,
                .kind = SPAN_CONSUMER,
                .verb = "process",
                .name = work->group.name,
                .started_us = started_us,
                .ended_us = clock_now_us(),
                .is_failed = result != STATUS_OK};
        snprintf(span.peer, sizeof span.peer, "%s", work->group.source);
        span_add_text(&span, "messaging.system", "sfp");
        span_add_text(&span, "messaging.operation.type", "process");
        span_add_text(&span, "messaging.consumer.group.name", work->group.name);
        if (result != STATUS_OK)
                span_add_text(&span, "error.type", status_name(result));
        tracer_record(tracer, &span);
}

/* Applies one event with a call of its own within the transaction of `call`. */
static status apply(struct consumer_work *work, struct call *call, const Events__CloudEvent *event, const char **reason)
{
        struct call own;
        ProtobufCMessage *data;
        int64_t left_us = call_time_left(call), started_us = clock_now_us();
        call_init_own(&own, call->arena, work->service, event->traceparent, left_us);
        own.db = call->db;
        own.causation_id = event->id;
        status result = event_open(work->service->schema, call->arena, event, &data);
        if (result != STATUS_OK)
                call_fail(&own, result, "its data is no message that is known here");
        else
                result = work->row->apply(&own, event, data);
        record_span(work, &own, result, started_us);
        call->has_published |= own.has_published;
        *reason = own.failure != NULL ? own.failure : status_name(result);
        return result;
}

static status read_events(struct turn *turn)
{
        char *topics[] = {turn->work->topic};
        ProtobufCMessage *reply;
        Events__ReadRequest request = EVENTS__READ_REQUEST__INIT;
        request.has_after_seq = turn->cursor.has_sequence;
        request.after_seq = turn->cursor.sequence;
        request.n_topics = *turn->work->topic == '\0' ? 0 : 1;
        request.topics = topics;
        request.has_limit = request.has_shard = request.has_shards = 1;
        request.limit = turn->work->batch[turn->shard];
        request.shard = (uint32_t)turn->shard;
        request.shards = turn->cursor.shards;
        request.group = (char *)(size_t)turn->work->group.name;
        TRY(rpc_call_at(turn->call, turn->work->group.source, "sfp.events.Events.Read", &request.base, &reply));
        turn->list = (const Events__EventList *)reply;
        return STATUS_OK;
}

static status apply_all(struct turn *turn)
{
        for (size_t i = 0; i < turn->list->n_events; i++)
                TRY(apply(turn->work, turn->call, turn->list->events[i], &turn->reason));
        if (turn->cursor.has_sequence && turn->list->next_seq == turn->cursor.sequence)
                return STATUS_OK;
        return event_cursor_move(turn->call, turn->work->group, turn->shard, turn->list->next_seq);
}

/* What has fallen below the source's floor is lost to this group: that is said loudly, and it goes on. */
static status skip_lost(struct turn *turn)
{
        struct consumer_work *work = turn->work;
        ProtobufCMessage *reply;
        Sfp__Empty nothing = SFP__EMPTY__INIT;
        TRY(rpc_call_at(turn->call, work->group.source, "sfp.events.Events.GetPositions", &nothing.base, &reply));
        uint64_t floor = ((const Events__Positions *)reply)->floor;
        LOG(LOG_ERROR, "events were dropped before this group had taken them", log_text("group", work->group.name),
                log_text("source", work->group.source), log_number("from", (int64_t)turn->cursor.sequence),
                log_number("to", (int64_t)floor));
        metric_add(work->lost, (int64_t)(floor - turn->cursor.sequence));
        return event_cursor_move(turn->call, work->group, turn->shard, floor);
}

static status take_turn(struct turn *turn)
{
        TRY(event_cursor_take(turn->call, turn->work->group, turn->shard, &turn->cursor));
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
        struct consumer_work *work = turn->work;
        LOG(LOG_ERROR, "an event is given up", log_text("group", work->group.name), log_text("event", event->id),
                log_text("type", event->type), log_text("reason", turn->reason));
        TRY(event_dead_add(call, work->group, event, turn->reason, CONSUMER_TRIES));
        return event_cursor_move(call, work->group, turn->shard, event->sequence);
}

/* Counts the attempt at the turn's one event, or buries it, unless another replica has been there meanwhile. */
static status note_failure(struct turn *turn, struct call *call)
{
        Events__Group now = EVENTS__GROUP__INIT;
        TRY(event_cursor_take(call, turn->work->group, turn->shard, &now));
        if (now.sequence != turn->cursor.sequence || now.tries != turn->cursor.tries)
                return STATUS_NOT_FOUND;
        if (turn->is_away)
                return event_cursor_wait(call, turn->work->group, turn->shard,
                        (int64_t)PAUSE_US << (turn->work->n_away[turn->shard] - 1));
        if (now.tries + 1 >= CONSUMER_TRIES)
                return bury(turn, call, turn->list->events[0]);
        return event_cursor_fail(call, turn->work->group, turn->shard, (int64_t)PAUSE_US << now.tries);
}

/* Counts the attempts in a row for which something was away, and the shards that wait. */
static void count_away(struct turn *turn)
{
        struct consumer_work *work = turn->work;
        int *n_away = &work->n_away[turn->shard];
        if (turn->is_away && *n_away == 0)
                LOG(LOG_WARN, "an event waits for something that is away", log_text("group", work->group.name),
                        log_text("event", turn->list->events[0]->id), log_text("reason", turn->reason));
        if (turn->is_away != (*n_away > 0))
                metric_add(work->waiting, turn->is_away ? 1 : -1);
        *n_away = !turn->is_away ? 0 : *n_away < AWAY_MAX ? *n_away + 1 : AWAY_MAX;
}

/* The batch is taken apart, or its one event is to blame. The database's absence counts as no attempt: nothing can be
 * noted then. Neither does that of another service: the event waits for it as long as it takes. */
static enum consumer_outcome settle_failure(struct turn *turn, struct arena *arena)
{
        struct consumer_work *work = turn->work;
        struct call call;
        if (turn->list == NULL || turn->list->n_events == 0)
                return CONSUMER_AGAIN;
        if (turn->list->n_events > 1) {
                work->batch[turn->shard] = 1;
                return CONSUMER_MORE;
        }
        count_away(turn);
        begin(work, &call, arena);
        if (end(&call, note_failure(turn, &call)) != STATUS_OK || turn->is_away)
                return CONSUMER_AGAIN;
        bool is_dead = turn->cursor.tries + 1 >= CONSUMER_TRIES;
        metric_add(work->failed, 1);
        metric_add(work->dead, is_dead);
        return is_dead ? CONSUMER_MORE : CONSUMER_AGAIN;
}

static enum consumer_outcome settle_success(struct turn *turn)
{
        struct consumer_work *work = turn->work;
        const Events__EventList *list = turn->list;
        uint32_t *batch = &work->batch[turn->shard];
        if (list == NULL)
                return CONSUMER_MORE; /* what was lost is passed over */
        count_away(turn);
        metric_add(work->applied, (int64_t)list->n_events);
        work->lag[turn->shard] = list->head - list->next_seq;
        *batch = *batch * 2 > CONSUMER_BATCH_MAX ? CONSUMER_BATCH_MAX : *batch * 2;
        return list->next_seq < list->head ? CONSUMER_MORE : CONSUMER_DONE;
}

enum consumer_outcome consumer_work_turn(struct consumer_work *work, int shard)
{
        struct arena *arena = arena_new(0);
        struct call call;
        struct turn turn = {.work = work, .call = &call, .shard = shard, .cursor = EVENTS__GROUP__INIT};
        begin(work, &call, arena);
        status result = end(&call, take_turn(&turn));
        if (turn.reason == NULL)
                turn.reason = call.failure != NULL ? call.failure : status_name(result);
        turn.is_away = result == STATUS_UNAVAILABLE;
        if (turn.list != NULL && turn.list->head > work->head)
                work->head = turn.list->head;
        enum consumer_outcome outcome = result == STATUS_OK ? settle_success(&turn) : settle_failure(&turn, arena);
        arena_free(arena);
        return outcome;
}

static status make_cursors(struct consumer_work *work, struct call *call, int *out)
{
        TRY(event_cursor_make(call, work->group, *out, out));
        *out = *out < CONSUMER_SHARDS_MAX ? *out : CONSUMER_SHARDS_MAX;
        return STATUS_OK;
}

status consumer_work_begin(struct consumer_work *work, int *shards)
{
        struct arena *arena = arena_new(0);
        struct call call;
        begin(work, &call, arena);
        status made = end(&call, make_cursors(work, &call, shards));
        arena_free(arena);
        return made;
}

static status retry_dead(struct consumer_work *work, struct call *call, Events__Dead *dead, const char **reason)
{
        ProtobufCMessage *event;
        TRY(event_dead_take(call, work->group, dead));
        if (frame_unpack(call->arena, &events__cloud_event__descriptor, dead->event.data, dead->event.len, &event) !=
                STATUS_OK)
                return call_fail(call, STATUS_DATA_LOSS, "a dead event cannot be read");
        TRY(apply(work, call, (const Events__CloudEvent *)event, reason));
        return event_dead_remove(call, work->group, dead->id);
}

bool consumer_work_retry(struct consumer_work *work)
{
        struct arena *arena = arena_new(0);
        struct call call;
        Events__Dead dead = EVENTS__DEAD__INIT;
        const char *reason = NULL;
        begin(work, &call, arena);
        status result = end(&call, retry_dead(work, &call, &dead, &reason));
        bool was_there = dead.id != NULL;
        if (result == STATUS_UNAVAILABLE) /* it stays due, and is looked at again in a while */
                was_there = false;
        if (result != STATUS_OK && was_there) {
                begin(work, &call, arena);
                result = end(&call,
                        event_dead_fail(&call, work->group, dead.id, reason != NULL ? reason : status_name(result)));
        }
        arena_free(arena);
        return was_there && result == STATUS_OK;
}
