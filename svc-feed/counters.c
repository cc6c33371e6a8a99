/* SPDX-License-Identifier: Apache-2.0 */
/* What activities count, for the check of /status/consistency. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID    "00000000-0000-0000-0000-000000000000"

#define COUNT(kind) "(SELECT count(*) FROM activity_reactions r WHERE r.activity_id = a.id AND r.kind = '" kind "')"
#define COUNTER(column, kind)                                                                                          \
        {                                                                                                              \
                "activity_" column, FIRST_ID,                                                                          \
                        "SELECT a.id AS key, a." column " AS stored, " COUNT(                                          \
                                kind) " AS \"true\" FROM activities a WHERE a.id > $1 ORDER BY a.id LIMIT $2",         \
                        "SELECT FROM activities WHERE id = $1 FOR UPDATE",                                             \
                        "UPDATE activities a SET " column " = " COUNT(kind) " WHERE a.id = $1"                         \
        }

const struct counter feed_counters[] = {
        COUNTER("likes_count", "like"),
        COUNTER("celebrates_count", "celebrate"),
        COUNTER("supports_count", "support"),
        COUNTER("bookmarks_count", "bookmark"),
        {NULL},
};
