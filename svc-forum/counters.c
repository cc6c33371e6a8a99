/* SPDX-License-Identifier: Apache-2.0 */
/* What categories, topics, posts and polls count, for the check of /status/consistency. Ranks are generated of the
 * counters, so mending one mends its rank. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

#define PART(table, column, count)                                                                                     \
        "SELECT x.id AS key, x." column " AS stored, (" count ")::bigint AS \"true\" FROM " table                      \
        " x WHERE x.id > $1 ORDER BY x.id LIMIT $2"
#define REPAIR(table, column, count) "UPDATE " table " x SET " column " = (" count ") WHERE x.id = $1"
#define LOCK(table)                  "SELECT FROM " table " WHERE id = $1 FOR UPDATE"

#define COUNTER(name, table, column, count)                                                                            \
        {                                                                                                              \
                name, FIRST_ID, PART(table, column, count), LOCK(table), REPAIR(table, column, count)                  \
        }

#define REACTIONS_OF_POST(kind) "SELECT count(*) FROM post_reactions r WHERE r.post_id = x.id AND r.kind = '" kind "'"
#define REACTIONS_OF_TOPIC(kind)                                                                                       \
        "SELECT count(*) FROM post_reactions r JOIN forum_posts p ON p.id = r.post_id WHERE p.topic_id = x.id"         \
        " AND r.kind = '" kind "'"
#define POSTS_OF_TOPIC(what)                                                                                           \
        "SELECT count(" what ") FROM forum_posts p WHERE p.topic_id = x.id AND p.status = 'published'"

static const char SQL_POLL_PART[] =
        "SELECT o.topic_id AS key, sum(o.votes_count)::bigint AS stored,"
        " (SELECT count(*) FROM poll_votes v WHERE v.topic_id = o.topic_id) AS \"true\""
        " FROM poll_options o WHERE o.topic_id > $1 GROUP BY o.topic_id ORDER BY o.topic_id LIMIT $2";
static const char SQL_POLL_REPAIR[] = "UPDATE poll_options o SET votes_count = (SELECT count(*) FROM poll_votes v"
                                      " WHERE v.topic_id = o.topic_id AND v.number = o.number) WHERE o.topic_id = $1";

const struct counter forum_counters[] = {
        COUNTER("topics_count", "forum_categories", "topics_count",
                "SELECT count(*) FROM forum_topics t WHERE t.category_id = x.id AND t.is_listed"),
        COUNTER("posts_count", "forum_topics", "posts_count", POSTS_OF_TOPIC("*")),
        COUNTER("participants_count", "forum_topics", "participants_count",
                POSTS_OF_TOPIC("DISTINCT p.author_user_id")),
        COUNTER("topic_likes_count", "forum_topics", "likes_count", REACTIONS_OF_TOPIC("like")),
        COUNTER("topic_helpful_votes", "forum_topics", "helpful_votes", REACTIONS_OF_TOPIC("helpful")),
        COUNTER("topic_not_helpful_votes", "forum_topics", "not_helpful_votes", REACTIONS_OF_TOPIC("not_helpful")),
        COUNTER("post_likes_count", "forum_posts", "likes_count", REACTIONS_OF_POST("like")),
        COUNTER("post_helpful_votes", "forum_posts", "helpful_votes", REACTIONS_OF_POST("helpful")),
        COUNTER("post_not_helpful_votes", "forum_posts", "not_helpful_votes", REACTIONS_OF_POST("not_helpful")),
        COUNTER("challenge_participants_count", "challenges", "participants_count",
                "SELECT count(*) FROM challenge_participants p WHERE p.challenge_id = x.id"),
        {"poll_votes_count", FIRST_ID, SQL_POLL_PART, LOCK("forum_topics"), SQL_POLL_REPAIR},
        {NULL},
};
