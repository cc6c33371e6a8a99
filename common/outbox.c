/* SPDX-License-Identifier: Apache-2.0 */
#include "common/outbox.h"

#include "common/db.h"
#include "common/event.h"
#include "common/service.h"

enum { READ_WINDOW = 10000, READ_BYTES = 2 << 20 };

static const char SQL_ADD[] =
        "INSERT INTO outbox (id, type, subject, dataschema, partitionkey, hash, traceparent, actorclass, privacyclass,"
        " causationid, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char SQL_NUMBER[] = "SELECT last AS head, numbered AS count FROM outbox_number($1)";
static const char SQL_POSITIONS[] = "SELECT head, floor FROM outbox_head";
static const char SQL_READ[] =
        "SELECT sequence, previous, id, type, subject, time, dataschema, partitionkey, traceparent, actorclass,"
        " privacyclass, causationid, data FROM outbox WHERE sequence > $1 AND sequence <= $2 AND hash % $3 = $4"
        " AND (cardinality($5::text[]) = 0 OR EXISTS (SELECT FROM unnest($5::text[]) topic WHERE starts_with(type, topic)))"
        " ORDER BY sequence LIMIT $6";
static const char SQL_NOTE_READER[] =
        "INSERT INTO outbox_readers (reader, shard, sequence) VALUES ($1, $2, $3) ON CONFLICT (reader, shard)"
        " DO UPDATE SET sequence = excluded.sequence, moved_at = now()"
        " WHERE outbox_readers.sequence < excluded.sequence";
static const char SQL_SETTLE[] = "SELECT outbox_settle($1)";
static const char SQL_MAKE_DAYS[] = "SELECT outbox_make_days($1)";
static const char SQL_DROP_DAYS[] = "SELECT days, abandoned FROM outbox_drop_days($1, $2)";

status outbox_add(struct call *call, const Events__CloudEvent *event)
{
        return db_later(call, NULL, SQL_ADD, event->id, event->type, event->subject, event->dataschema,
                event->partitionkey, event_hash(event->partitionkey), event->traceparent, event->actorclass,
                event->privacyclass, event->causationid, event->data);
}

status outbox_number(struct call *call, Events__Numbered *out)
{
        return db_one(call, &out->base, SQL_NUMBER, (int)OUTBOX_NUMBER_MAX);
}

status outbox_positions(struct call *call, Events__Positions *out)
{
        return db_one(call, &out->base, SQL_POSITIONS);
}

/* What every event of this service has in common, and is not stored. */
static void complete(struct call *call, Events__EventList *list)
{
        char *source = arena_printf(call->arena, "/social/%s", call->service->definition->name);
        for (size_t i = 0; i < list->n_events; i++) {
                list->events[i]->source = source;
                list->events[i]->specversion = (char *)(size_t) "1.0";
                list->events[i]->datacontenttype = (char *)(size_t) "application/protobuf";
        }
}

/* Leaves out what would make the answer too long. True when something was. */
static bool shorten(Events__EventList *list)
{
        size_t bytes = 0, count = 0;
        for (; count < list->n_events && (count == 0 || bytes < READ_BYTES); count++)
                bytes += list->events[count]->data.len;
        bool is_cut = count < list->n_events;
        list->n_events = count;
        return is_cut;
}

static uint64_t smaller(uint64_t left, uint64_t right)
{
        return left < right ? left : right;
}

/* The head is read in front of the events, so that all up to it are seen; the floor behind them, so that none was
 * dropped meanwhile unnoticed. */
status outbox_read(struct call *call, const Events__ReadRequest *query, Events__EventList *out)
{
        Events__Positions before = EVENTS__POSITIONS__INIT, after = EVENTS__POSITIONS__INIT;
        TRY(outbox_positions(call, &before));
        uint64_t from = query->has_after_seq ? query->after_seq : before.floor;
        uint64_t end = smaller(before.head, from + READ_WINDOW);
        TRY(db_rows(call, &out->base, "events", SQL_READ, from, end, query->shards, query->shard,
                db_texts(query->n_topics, query->topics), query->limit));
        TRY(outbox_positions(call, &after));
        if (from < after.floor)
                return call_fail(
                        call, STATUS_OUT_OF_RANGE, "events up to %llu are gone", (unsigned long long)after.floor);
        complete(call, out);
        bool is_cut = shorten(out) || out->n_events == query->limit;
        out->has_next_seq = out->has_head = out->has_floor = 1;
        out->next_seq = is_cut ? out->events[out->n_events - 1]->sequence : end > from ? end : from;
        out->head = before.head;
        out->floor = after.floor;
        return STATUS_OK;
}

status outbox_note_reader(struct call *call, const char *reader, uint32_t shard, uint64_t position)
{
        return db_later(call, NULL, SQL_NOTE_READER, reader, shard, position);
}

status outbox_settle(struct call *call, int patience_s)
{
        return db_exec(call, SQL_SETTLE, patience_s);
}

status outbox_make_days(struct call *call)
{
        return db_exec(call, SQL_MAKE_DAYS, (int)OUTBOX_DAYS_AHEAD);
}

status outbox_drop_days(struct call *call, int64_t keep_h, int64_t patience_h, Events__Dropped *out)
{
        return db_one(call, &out->base, SQL_DROP_DAYS, keep_h, patience_h);
}
