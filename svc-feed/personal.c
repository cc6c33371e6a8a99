/* SPDX-License-Identifier: Apache-2.0 */
/* What the feed knows of a person. In what others were told the name goes, and they keep that something was. */
#include "common/personal.h"

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
        {.name = "follows", .sql_erase = "DELETE FROM follows WHERE user_id = $1 OR target_id = $1"},
        {.name = "mutes", .sql_erase = "DELETE FROM mutes WHERE user_id = $1 OR target_id = $1"},
        {0},
};
