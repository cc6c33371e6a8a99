/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event_cursor.h"

#include "common/db.h"

#define OF_GROUP "group_name = $1 AND source = $2"
#define OF_SHARD OF_GROUP " AND shard = $3"

static const char SQL_LOCK[] = "LOCK TABLE event_cursors IN SHARE ROW EXCLUSIVE MODE";
static const char SQL_MAKE[] =
        "INSERT INTO event_cursors (group_name, source, shard, shards) SELECT $1, $2, shard, $3"
        " FROM generate_series(0, $3::integer - 1) shard WHERE NOT EXISTS (SELECT FROM event_cursors WHERE " OF_GROUP
        ")";
static const char SQL_COUNT[] = "SELECT count(*) AS shards FROM event_cursors WHERE " OF_GROUP;
static const char SQL_TAKE[] = "SELECT sequence, shard, shards, tries, due_at <= clock_timestamp() AS is_due"
                               " FROM event_cursors WHERE " OF_SHARD " FOR UPDATE SKIP LOCKED";
static const char SQL_MOVE[] =
        "UPDATE event_cursors SET sequence = $4, tries = 0, moved_at = now(), due_at = now() WHERE " OF_SHARD;
static const char SQL_FAIL[] =
        "UPDATE event_cursors SET tries = tries + 1, due_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000000)"
        " WHERE " OF_SHARD;
static const char SQL_WAIT[] =
        "UPDATE event_cursors SET due_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000000)"
        " WHERE " OF_SHARD;
static const char SQL_GROUPS[] =
        "SELECT group_name AS \"group\", source, shard, shards, coalesce(sequence, 0) AS sequence, tries,"
        " due_at <= clock_timestamp() AS is_due, moved_at FROM event_cursors ORDER BY 1, 2, 3";

static const char SQL_DIE[] = "INSERT INTO event_dead (group_name, source, id, type, sequence, event, reason, tries)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
static const char SQL_TAKE_DEAD[] = "SELECT id, type, sequence, tries, event FROM event_dead WHERE " OF_GROUP
                                    " AND is_due ORDER BY sequence LIMIT 1 FOR UPDATE SKIP LOCKED";
static const char SQL_REMOVE_DEAD[] = "DELETE FROM event_dead WHERE " OF_GROUP " AND id = $3";
static const char SQL_FAIL_DEAD[] =
        "UPDATE event_dead SET is_due = false, tries = tries + 1, reason = $4, died_at = now() WHERE " OF_GROUP
        " AND id = $3";
static const char SQL_DEAD[] =
        "SELECT group_name AS \"group\", source, id, type, sequence, reason, tries, died_at FROM event_dead"
        " ORDER BY died_at DESC LIMIT 500";
static const char SQL_RETRY_DEAD[] = "WITH due AS (UPDATE event_dead SET is_due = true WHERE id = $1 RETURNING 1)"
                                     " SELECT count(*) AS count FROM due";

status event_cursor_make(struct call *call, struct event_group group, int shards, int *out)
{
        Events__Group made = EVENTS__GROUP__INIT;
        TRY(db_later(call, NULL, SQL_LOCK));
        TRY(db_later(call, NULL, SQL_MAKE, group.name, group.source, shards));
        TRY(db_one(call, &made.base, SQL_COUNT, group.name, group.source));
        *out = (int)made.shards;
        return STATUS_OK;
}

status event_cursor_take(struct call *call, struct event_group group, int shard, Events__Group *out)
{
        return db_one(call, &out->base, SQL_TAKE, group.name, group.source, shard);
}

status event_cursor_move(struct call *call, struct event_group group, int shard, uint64_t position)
{
        return db_later(call, NULL, SQL_MOVE, group.name, group.source, shard, position);
}

status event_cursor_fail(struct call *call, struct event_group group, int shard, int64_t pause_us)
{
        return db_later(call, NULL, SQL_FAIL, group.name, group.source, shard, pause_us);
}

status event_cursor_wait(struct call *call, struct event_group group, int shard, int64_t pause_us)
{
        return db_later(call, NULL, SQL_WAIT, group.name, group.source, shard, pause_us);
}

status event_group_list(struct call *call, Events__GroupList *out)
{
        return db_rows(call, &out->base, "items", SQL_GROUPS);
}

status event_dead_add(
        struct call *call, struct event_group group, const Events__CloudEvent *event, const char *reason, int tries)
{
        size_t size = events__cloud_event__get_packed_size(event);
        const ProtobufCBinaryData packed = {size, arena_alloc(call->arena, size + 1)};
        events__cloud_event__pack(event, packed.data);
        return db_later(call, NULL, SQL_DIE, group.name, group.source, event->id, event->type, event->sequence, packed,
                reason, tries);
}

status event_dead_take(struct call *call, struct event_group group, Events__Dead *out)
{
        return db_one(call, &out->base, SQL_TAKE_DEAD, group.name, group.source);
}

status event_dead_remove(struct call *call, struct event_group group, const char *id)
{
        return db_later(call, NULL, SQL_REMOVE_DEAD, group.name, group.source, id);
}

status event_dead_fail(struct call *call, struct event_group group, const char *id, const char *reason)
{
        return db_later(call, NULL, SQL_FAIL_DEAD, group.name, group.source, id, reason);
}

status event_dead_list(struct call *call, Events__DeadList *out)
{
        return db_rows(call, &out->base, "items", SQL_DEAD);
}

status event_dead_retry(struct call *call, const char *id, uint64_t *out)
{
        Events__RetryDeadReply counted = EVENTS__RETRY_DEAD_REPLY__INIT;
        TRY(db_one(call, &counted.base, SQL_RETRY_DEAD, id));
        *out = counted.count;
        return STATUS_OK;
}
