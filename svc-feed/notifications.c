/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody was told of: the list by groups, what is unread, and the frames for their socket. */
#include "common/db.h"
#include "common/event.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/policy.h"

#include <string.h>

#define NOTIFICATION_RPCS(RPC)                                                                                         \
        RPC(ReadFrames, read_frames, Feed__ReadFramesRequest, Feed__Frames)                                            \
        RPC(ListNotifications, list_notifications, Feed__ListNotificationsRequest, Feed__NotificationList)             \
        RPC(CountUnread, count_unread, Sfp__Empty, Feed__UnreadCount)                                                  \
        RPC(ReadNotifications, read_notifications, Feed__ReadNotificationsRequest, Feed__UnreadCount)
RPC_DECLARE(NOTIFICATION_RPCS)

/* Of a person at most so many are looked at: the list is of what is new, not an archive. */
#define RECENT                                                                                                         \
        "(SELECT * FROM notifications WHERE user_id = $3::text::uuid AND is_listed AND listed_at <= now()"             \
        " AND " NOT_BLOCKED("$3", "notifications.actor_user_id") " ORDER BY seq DESC LIMIT 2000)"

static const char SQL_LIST[] =
        "SELECT g.group_key, g.type, g.category, g.count, g.unread, g.latest_id, g.latest_seq, g.latest, g.unread = 0 AS read,"
        " g.object_type AS \"object_ref.type\", g.object_id AS \"object_ref.id\", g.latest_seq AS page_key, g.latest_id AS page_id"
        " FROM (SELECT n.group_key, min(n.type) AS type, min(n.category) AS category, count(*)::integer AS count,"
        "  count(*) FILTER (WHERE n.read_at IS NULL)::integer AS unread, max(n.seq) AS latest_seq, max(n.created_at) AS latest,"
        "  (array_agg(n.id ORDER BY n.seq DESC))[1] AS latest_id, min(n.object_type) AS object_type, min(n.object_id) AS object_id"
        "  FROM " RECENT " n WHERE (cardinality($4::text[]) = 0 OR n.type = ANY ($4::text[])) GROUP BY n.group_key) g"
        " WHERE (g.latest_seq, g.latest_id) < ($1::bigint, $2::uuid) AND ($5::boolean IS NULL OR $5::boolean = (g.unread > 0))"
        " ORDER BY g.latest_seq DESC, g.latest_id DESC";
static const char SQL_ACTORS[] = "SELECT a.group_key, " AUTHOR_COLUMNS("actor", "a.actor_user_id",
        "NULL::text") " FROM (SELECT n.group_key, n.actor_user_id,"
                      " row_number() OVER (PARTITION BY n.group_key ORDER BY max(n.seq) DESC) AS place FROM notifications n"
                      " WHERE n.user_id = $1::text::uuid AND n.group_key = ANY ($2::text[]) AND n.actor_user_id IS NOT NULL"
                      " AND " NOT_BLOCKED("$1",
                              "n.actor_user_id") " GROUP BY 1, 2) a WHERE a.place <= 3 ORDER BY a.group_key, a.place";
static const char SQL_UNREAD[] =
        "SELECT least(count(*), $2::integer)::integer AS unread, count(*) > $2::integer AS capped FROM (SELECT FROM notifications"
        " WHERE user_id = $1::text::uuid AND is_listed AND read_at IS NULL AND listed_at <= now()"
        " AND " NOT_BLOCKED("$1", "notifications.actor_user_id") " LIMIT $2::integer + 1) n";
static const char SQL_READ[] =
        "UPDATE notifications SET read_at = now() WHERE user_id = $1 AND read_at IS NULL AND listed_at <= now()"
        " AND (id = ANY ($2::uuid[]) OR group_key = ANY ($3::text[]) OR seq <= coalesce($4::bigint, 0))";
static const char SQL_POSITIONS[] =
        "SELECT coalesce(max(h.last_frame_seq), 0)::bigint AS last_seq,"
        " coalesce((SELECT min(f.seq) FROM frames f WHERE f.user_id = $1), max(h.last_frame_seq) + 1, 1)::bigint AS oldest_seq"
        " FROM notification_heads h WHERE h.user_id = $1";
static const char SQL_FRAMES[] =
        "SELECT seq, type, event_id, at, data FROM frames WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

static status read_frames(struct call *call, const Feed__ReadFramesRequest *in, Feed__Frames *out)
{
        TRY(db_one(call, &out->base, SQL_POSITIONS, call->caller->user_id));
        return db_rows(call, &out->base, "items", SQL_FRAMES, call->caller->user_id, in->after_seq, in->limit);
}

static Feed__NotificationGroup *find_group(const Feed__NotificationList *list, const char *key)
{
        for (size_t i = 0; i < list->n_items; i++)
                if (strcmp(list->items[i]->group_key, key) == 0)
                        return list->items[i];
        return NULL;
}

enum { ACTORS_MAX = 3 };

static void add_actor(struct call *call, Feed__NotificationGroup *group, Sfp__AuthorRef *actor)
{
        if (group->actors == NULL)
                group->actors = arena_alloc(call->arena, ACTORS_MAX * sizeof *group->actors);
        if (group->n_actors < ACTORS_MAX)
                group->actors[group->n_actors++] = actor;
}

static status add_actors(struct call *call, Feed__NotificationList *list)
{
        Feed__GroupActorList actors = FEED__GROUP_ACTOR_LIST__INIT;
        char **keys = arena_alloc(call->arena, list->n_items * sizeof *keys + 1);
        if (list->n_items == 0)
                return STATUS_OK;
        for (size_t i = 0; i < list->n_items; i++)
                keys[i] = list->items[i]->group_key;
        TRY(db_rows(call, &actors.base, "items", SQL_ACTORS, call->caller->user_id, db_texts(list->n_items, keys)));
        for (size_t i = 0; i < actors.n_items; i++)
                add_actor(call, find_group(list, actors.items[i]->group_key), actors.items[i]->actor);
        return STATUS_OK;
}

static status list_notifications(
        struct call *call, const Feed__ListNotificationsRequest *in, Feed__NotificationList *out)
{
        TRY(page_rows(call, &in->base, &out->base, SQL_LIST, call->caller->user_id, db_texts(in->n_types, in->types),
                DB_OPTIONAL(in, unread)));
        return add_actors(call, out);
}

static status count_for_caller(struct call *call, Feed__UnreadCount *out)
{
        return db_one(call, &out->base, SQL_UNREAD, call->caller->user_id, (int)UNREAD_CAP);
}

static status count_unread(struct call *call, const Sfp__Empty *in, Feed__UnreadCount *out)
{
        (void)in;
        return count_for_caller(call, out);
}

static status announce_read(struct call *call, int64_t up_to_seq)
{
        Feed__NotificationRead event = FEED__NOTIFICATION_READ__INIT;
        event.user_id = call->caller->user_id;
        event.has_up_to_seq = up_to_seq > 0;
        event.up_to_seq = up_to_seq;
        return event_publish(call, &event.base);
}

static status read_notifications(struct call *call, const Feed__ReadNotificationsRequest *in, Feed__UnreadCount *out)
{
        if (in->n_ids == 0 && in->n_group_keys == 0 && !in->has_up_to_seq)
                return call_invalid(call, "ids", "required", "say which: ids, group_keys or up_to_seq");
        TRY(db_exec(call, SQL_READ, call->caller->user_id, db_texts(in->n_ids, in->ids),
                db_texts(in->n_group_keys, in->group_keys), DB_OPTIONAL(in, up_to_seq)));
        TRY(announce_read(call, in->up_to_seq));
        return count_for_caller(call, out);
}

RPC_TABLE(notification_rpcs, NOTIFICATION_RPCS);
