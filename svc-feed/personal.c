/* SPDX-License-Identifier: Apache-2.0 */
/* What the feed knows of a person. In what others were told the name goes, and they keep that something was. */
#include "common/personal.h"
#include "common/preview.h"

#include <stddef.h>

const struct personal_table feed_personal[] = {
        {.name = "notifications",
                .sql_export =
                        "SELECT json_build_object('type', type, 'object_type', object_type, 'object_id', object_id,"
                        " 'created_at', created_at, 'read_at', read_at) FROM notifications WHERE user_id = $1 ORDER BY seq",
                .sql_erase = "DELETE FROM notifications WHERE user_id = $1"},
        {.name = "named_in_notifications",
                .sql_erase = "UPDATE notifications SET actor_user_id = NULL WHERE actor_user_id = $1"},
        {.name = "frames", .sql_erase = "DELETE FROM frames WHERE user_id = $1"},
        {.name = "notification_heads", .sql_erase = "DELETE FROM notification_heads WHERE user_id = $1"},
        {.name = "notification_preferences",
                .sql_export = "SELECT json_build_object('time_zone', time_zone, 'strangers', strangers)"
                              " FROM notification_preferences WHERE user_id = $1",
                .sql_erase = "DELETE FROM notification_preferences WHERE user_id = $1"},
        {.name = "notification_modes",
                .sql_export = "SELECT json_build_object('category', category, 'channel', channel, 'mode', mode)"
                              " FROM notification_modes WHERE user_id = $1",
                .sql_erase = "DELETE FROM notification_modes WHERE user_id = $1"},
        {.name = "quiet_hours",
                .sql_export =
                        "SELECT json_build_object('weekday', weekday, 'from_minute', from_minute, 'until_minute', until_minute)"
                        " FROM quiet_hours WHERE user_id = $1",
                .sql_erase = "DELETE FROM quiet_hours WHERE user_id = $1"},
        {.name = "activity_reactions",
                .sql_export = "SELECT json_build_object('activity_id', activity_id, 'kind', kind, 'at', created_at)"
                              " FROM activity_reactions WHERE user_id = $1 ORDER BY created_at",
                .sql_erase =
                        "WITH gone AS (DELETE FROM activity_reactions WHERE user_id = $1 RETURNING activity_id, kind), by_activity AS"
                        " (SELECT activity_id, count(*) FILTER (WHERE kind = 'like')::integer AS likes,"
                        "  count(*) FILTER (WHERE kind = 'celebrate')::integer AS celebrates,"
                        "  count(*) FILTER (WHERE kind = 'support')::integer AS supports,"
                        "  count(*) FILTER (WHERE kind = 'bookmark')::integer AS bookmarks FROM gone GROUP BY 1)"
                        " UPDATE activities a SET likes_count = a.likes_count - g.likes,"
                        " celebrates_count = a.celebrates_count - g.celebrates, supports_count = a.supports_count - g.supports,"
                        " bookmarks_count = a.bookmarks_count - g.bookmarks FROM by_activity g WHERE a.id = g.activity_id"},
        {.name = "activities",
                .sql_export =
                        "SELECT json_build_object('id', id, 'type', type, 'object_type', object_type, 'object_id', object_id,"
                        " 'text', text, 'visibility', visibility, 'created_at', created_at)"
                        " FROM activities WHERE actor_user_id = $1 ORDER BY created_at",
                .sql_erase = "DELETE FROM activities WHERE actor_user_id = $1",
                .feature = "feed",
                .sql_shared =
                        "SELECT count(*) AS items, max(created_at) AS last_at FROM activities WHERE actor_user_id = $1"
                        " AND status = 'published' AND NOT is_retracted AND visibility <> 'private'"},
        {.name = "activity_levels", .sql_erase = "DELETE FROM activity_levels WHERE user_id = $1"},
        {.name = "group_members",
                .sql_export = "SELECT json_build_object('group_id', group_id) FROM group_members WHERE user_id = $1",
                .sql_erase = "DELETE FROM group_members WHERE user_id = $1"},
        {.name = "follows", .sql_erase = "DELETE FROM follows WHERE user_id = $1 OR target_id = $1"},
        {.name = "mutes", .sql_erase = "DELETE FROM mutes WHERE user_id = $1 OR target_id = $1"},
        {0},
};

const struct preview_kind feed_previews[] = {
        {.resource = "activities",
                .sql_ids =
                        "SELECT id FROM activities WHERE actor_user_id = $1 AND status <> 'removed' ORDER BY created_at DESC",
                .method = "sfp.feed.Feed.GetActivity",
                .id_field = "activity_id",
                .content_kind = "feed_activity",
                .sql_connection = "INSERT INTO follows (user_id, target_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                .sql_group_member = "INSERT INTO group_members (group_id, user_id) SELECT group_id, $2::text::uuid"
                                    " FROM group_members WHERE user_id = $1 ON CONFLICT DO NOTHING"},
        {0},
};
