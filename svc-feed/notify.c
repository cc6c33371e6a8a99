/* SPDX-License-Identifier: Apache-2.0 */
/* A person's head is locked in a statement of its own in front: what is looked for afterwards was committed before the
 * lock, so that an event becomes one notification and numbers have no gaps. */
#include "svc-feed/notify.h"

#include "common/buffer.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/json_write.h"
#include "common/keyring.h"
#include "common/people.h"
#include "common/prune.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/policy.h"

#include <string.h>

#define NOTIFY_RPCS(RPC) RPC(Notify, notify_by_rpc, Feed__NotifyRequest, Sfp__Empty)
RPC_DECLARE(NOTIFY_RPCS)

static const char SQL_LOCK[] = "INSERT INTO notification_heads AS h (user_id) VALUES ($1)"
                               " ON CONFLICT (user_id) DO UPDATE SET last_seq = h.last_seq";
/* Without preferences: in the list and to the socket, at once. */
static const char SQL_DELIVERY[] =
        "SELECT coalesce((SELECT mode FROM notification_modes WHERE user_id = $1::text::uuid AND category = $3 AND channel = 'in_app'),"
        "  'instant') AS in_app,"
        " coalesce((SELECT mode FROM notification_modes WHERE user_id = $1::text::uuid AND category = $3 AND channel = 'ws'),"
        "  'instant') AS ws,"
        " (extract(isodow FROM l.at) * 1440 - 1440 + extract(hour FROM l.at) * 60 + extract(minute FROM l.at))::integer AS minute,"
        " ARRAY(SELECT u.n FROM quiet_hours q, unnest(ARRAY[q.weekday, q.from_minute, q.until_minute]) WITH ORDINALITY u (n, i)"
        "  WHERE q.user_id = $1::text::uuid ORDER BY q.weekday, q.from_minute, u.i) AS quiet,"
        " EXISTS (SELECT FROM notifications WHERE user_id = $1::text::uuid AND event_key = $2) AS is_known,"
        " NOT (" NOT_BLOCKED("$1",
                "$4::uuid") ")"
                            "  OR EXISTS (SELECT FROM mutes WHERE user_id = $1::text::uuid AND target_id = $4::uuid)"
                            "  OR (p.strangers = 'connections' AND $4::uuid IS NOT NULL"
                            "   AND NOT EXISTS (SELECT FROM follows WHERE user_id = $1::text::uuid AND target_id = $4::uuid)) IS TRUE AS is_unwanted"
                            " FROM (SELECT 1) one LEFT JOIN notification_preferences p ON p.user_id = $1::text::uuid,"
                            " LATERAL (SELECT now() AT TIME ZONE coalesce(p.time_zone, 'UTC') AS at) l";
static const char SQL_INSERT[] =
        "WITH head AS (UPDATE notification_heads SET last_seq = last_seq + 1 WHERE user_id = $2 RETURNING last_seq)"
        " INSERT INTO notifications (id, user_id, seq, event_key, type, category, object_type, object_id, group_key, actor_user_id,"
        " is_listed, listed_at) SELECT $1, $2, last_seq, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(mins => $11::integer)"
        " FROM head";
static const char SQL_FRAME[] =
        "WITH head AS (UPDATE notification_heads SET last_frame_seq = last_frame_seq + 1 WHERE user_id = $1 RETURNING last_frame_seq)"
        ", too_many AS (DELETE FROM frames USING head WHERE user_id = $1 AND seq <= last_frame_seq - $5::integer)"
        " INSERT INTO frames (user_id, seq, type, event_id, data) SELECT $1, last_frame_seq, $2, $3, $4 FROM head RETURNING seq";
static const char SQL_WAITING[] =
        "SELECT user_id, id AS notification_id, type, object_type, object_id, group_key FROM notifications WHERE id = $1";
static const char SQL_PRUNE_FRAMES[] =
        "DELETE FROM frames WHERE (user_id, seq) IN (SELECT user_id, seq FROM frames WHERE at < now() - interval '" FRAMES_LIFE
        "' ORDER BY at LIMIT $1)";
static const char SQL_PRUNE[] =
        "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE created_at < now() - interval '" NOTIFICATIONS_LIFE
        "' ORDER BY created_at LIMIT $1)";

/* A key may be made of ids of people; what is kept of it tells of nobody. */
static ProtobufCBinaryData event_tag(struct call *call, const struct notice *notice)
{
        return keyring_tag(call->service->keys, call->arena, "feed event", notice->event_key);
}

static const char *group_key_of(struct call *call, const struct notice *notice)
{
        return arena_printf(call->arena, "%s:%s:%s", notice->type,
                notice->object_type == NULL ? "" : notice->object_type,
                notice->object_id == NULL ? "" : notice->object_id);
}

static void write_member(struct buffer *json, const char *name, const char *value)
{
        if (value == NULL)
                return;
        buffer_printf(json, ",\"%s\":", name);
        json_write_string(json, value);
}

/* What the socket gets: ids and words of ours. */
static const char *frame_data(struct call *call, const Feed__WaitingFrame *frame)
{
        struct buffer json = buffer_in(call->arena);
        buffer_puts(&json, "{\"notification_id\":");
        json_write_string(&json, frame->notification_id);
        write_member(&json, "type", frame->type);
        write_member(&json, "object_type", frame->object_type);
        write_member(&json, "object_id", frame->object_id);
        write_member(&json, "group_key", frame->group_key);
        buffer_puts(&json, "}");
        return buffer_text(&json);
}

static status send_frame(struct call *call, const Feed__WaitingFrame *frame)
{
        Feed__Frame made = FEED__FRAME__INIT;
        Feed__NotificationCreated event = FEED__NOTIFICATION_CREATED__INIT;
        TRY(db_one(call, &made.base, SQL_FRAME, frame->user_id, notification_kind_of(frame->type)->frame,
                frame->notification_id, frame_data(call, frame), (int)FRAMES_KEPT));
        event.user_id = frame->user_id;
        event.notification_id = frame->notification_id;
        event.has_seq = 1;
        event.seq = made.seq;
        return event_publish(call, &event.base);
}

/* Now, or when the person wants it. */
static status pass_to_socket(struct call *call, const Feed__WaitingFrame *frame, const Feed__DeliveryRow *row)
{
        if (strcmp(row->ws, "off") == 0)
                return STATUS_OK;
        int delay = delivery_delay(row->ws, row->minute, row->quiet, row->n_quiet / 3);
        if (delay == 0)
                return send_frame(call, frame);
        return job_schedule(call, DELIVER_FRAME, frame->notification_id, clock_unix_us() + (int64_t)delay * 60000000,
                (ProtobufCBinaryData){0, NULL});
}

static status store(struct call *call, const struct notice *notice, const Feed__DeliveryRow *row)
{
        char *id = arena_alloc(call->arena, UUID_SIZE);
        Feed__WaitingFrame frame = FEED__WAITING_FRAME__INIT;
        bool is_listed = strcmp(row->in_app, "off") != 0;
        uuid_v7(id);
        frame.user_id = (char *)(size_t)notice->user_id;
        frame.notification_id = id;
        frame.type = (char *)(size_t)notice->type;
        frame.object_type = (char *)(size_t)notice->object_type;
        frame.object_id = (char *)(size_t)notice->object_id;
        frame.group_key = (char *)(size_t)group_key_of(call, notice);
        TRY(db_exec(call, SQL_INSERT, id, notice->user_id, event_tag(call, notice), notice->type,
                notification_kind_of(notice->type)->category, notice->object_type, notice->object_id, frame.group_key,
                notice->actor_user_id, (int)is_listed,
                is_listed ? delivery_delay(row->in_app, row->minute, NULL, 0) : 0));
        return pass_to_socket(call, &frame, row);
}

status notify(struct call *call, const struct notice *notice)
{
        Feed__DeliveryRow row = FEED__DELIVERY_ROW__INIT;
        TRY(db_exec(call, SQL_LOCK, notice->user_id));
        TRY(db_one(call, &row.base, SQL_DELIVERY, notice->user_id, event_tag(call, notice),
                notification_kind_of(notice->type)->category, notice->actor_user_id));
        bool is_off = strcmp(row.in_app, "off") == 0 && strcmp(row.ws, "off") == 0;
        return row.is_known || row.is_unwanted || is_off ? STATUS_OK : store(call, notice, &row);
}

static status notify_by_rpc(struct call *call, const Feed__NotifyRequest *in, Sfp__Empty *out)
{
        (void)out;
        return notify(call, &(struct notice){.user_id = in->user_id,
                                    .type = in->type,
                                    .object_type = in->object_type,
                                    .object_id = in->object_id,
                                    .event_key = in->event_key});
}

status deliver_frame(struct call *call, const struct due_job *job)
{
        Feed__WaitingFrame frame = FEED__WAITING_FRAME__INIT;
        PGresult *found;
        TRY(db_query(call, &found, SQL_WAITING, job->key));
        if (PQntuples(found) == 0)
                return STATUS_OK; /* its reader has left */
        TRY(db_one(call, &frame.base, SQL_WAITING, job->key));
        return send_frame(call, &frame);
}

status prune_notifications(struct call *call)
{
        TRY(prune(call, SQL_PRUNE_FRAMES));
        return prune(call, SQL_PRUNE);
}

RPC_TABLE(notify_rpcs, NOTIFY_RPCS);
