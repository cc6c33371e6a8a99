/* SPDX-License-Identifier: Apache-2.0 */
/* What shares count, for the check of /status/consistency. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

#define COUNT_OF(id, reaction)                                                                                         \
        "(SELECT count(*) FROM share_reactions r WHERE r.share_id = " id " AND r.kind = '" reaction "')"

#define PART(column, reaction)                                                                                         \
        "SELECT s.id AS key, s." column " AS stored, " COUNT_OF(                                                       \
                "s.id", reaction) " AS \"true\""                                                                       \
                                  " FROM anonymous_goal_shares s WHERE s.id > $1 ORDER BY s.id LIMIT $2"

static const char SQL_LOCK[] = "SELECT FROM anonymous_goal_shares WHERE id = $1 FOR UPDATE";

/* Ranks are made of counts. */
#define REPAIR(column, reaction, likes, inspirations)                                                                  \
        "UPDATE anonymous_goal_shares s SET " column " = c.n,"                                                         \
        " hot_key = coalesce(hot_key(" likes ", " inspirations ", s.published_at), s.hot_key)"                         \
        " FROM (SELECT " COUNT_OF("$1", reaction) "::integer AS n) c WHERE s.id = $1"

const struct counter share_counters[] = {
        {"likes_count", FIRST_ID, PART("likes_count", "like"), SQL_LOCK,
                REPAIR("likes_count", "like", "c.n", "s.inspiration_votes")},
        {"inspiration_votes", FIRST_ID, PART("inspiration_votes", "inspiration"), SQL_LOCK,
                REPAIR("inspiration_votes", "inspiration", "s.likes_count", "c.n")},
        {NULL},
};
