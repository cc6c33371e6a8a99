/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a topic `t`, as the fields of Forum__Topic, and who may see it. The viewer's id stands at the place
 * `viewer` ("$3"), whether they are a moderator of the platform at `mod`: each is used as text and cast here, so that
 * one parameter has one type. */
#pragma once

#include "common/people.h"

/* "topic:<id>" where its author is not to be named. */
#define TOPIC_SCOPE "CASE WHEN t.is_anonymous THEN 'topic:' || t.id END"

/* Moments of what is anonymous are days. */
#define DAY_WHERE_ANONYMOUS(row, column)                                                                               \
        "CASE WHEN " row ".is_anonymous THEN date_trunc('day', " row "." column ", 'UTC') ELSE " row "." column        \
        " END AS " column

/* The last post's moment is the topic's; where that is by nobody, too, it is a day. A value, not EXISTS: that would be
 * answered by a hash of all anonymous posts there are, since a plan does not know how short the list is. */
#define LAST_POSTED_AT                                                                                                 \
        "CASE WHEN t.is_anonymous OR (SELECT l.is_anonymous FROM forum_posts l WHERE l.topic_id = t.id"                \
        " AND l.post_number = t.last_post_number) THEN date_trunc('day', t.last_posted_at, 'UTC')"                     \
        " ELSE t.last_posted_at END AS last_posted_at"

#define TOPIC_COLUMNS                                                                                                                    \
        "t.id, t.category_id, " AUTHOR_COLUMNS("created_by", "t.created_by_user_id",                                                     \
                TOPIC_SCOPE) ", t.title,"                                                                                                \
                             " t.description, t.post_type, t.status, t.views_count, t.posts_count, t.participants_count, t.likes_count," \
                             " t.helpful_votes, t.is_solved, t.is_pinned, t.tags, t.best_answer, t.auto_close_at, " LAST_POSTED_AT       \
                             ","                                                                                                         \
                             " t.version, " DAY_WHERE_ANONYMOUS("t", "created_at") ", " DAY_WHERE_ANONYMOUS("t",                         \
                                     "edited_at") ","                                                                                    \
                                                  " coalesce(r.last_read_post_number, 0) AS \"viewer.last_read_post_number\","           \
                                                  " coalesce(r.level, 'normal') AS \"viewer.level\", coalesce(r.bookmarked, false) AS \"viewer.bookmarked\""

#define IS_TOPIC_OWNER(viewer) "coalesce(t.created_by_user_id = (" viewer ")::text::uuid, false)"

/* Of the platform, or of the topic's category. */
#define IS_TOPIC_MODERATOR(viewer, mod)                                                                                \
        "(" mod "::boolean OR EXISTS (SELECT FROM category_moderators m WHERE m.category_id = t.category_id"           \
        " AND m.user_id = (" viewer ")::text::uuid))"

#define READER_JOIN(viewer)                                                                                            \
        " LEFT JOIN LATERAL (SELECT last_read_post_number, level, bookmarked FROM topic_readers WHERE topic_id = t.id" \
        " AND user_id = (" viewer ")::text::uuid LIMIT 1) r ON true"

/* Listed topics are for all but those behind a block, what waits or is hidden for its author, and all that is not
 * deleted for moderators. */
#define TOPIC_IS_VISIBLE(viewer, mod)                                                                                  \
        "((t.is_listed AND " NOT_BLOCKED(viewer,                                                                       \
                "t.created_by_user_id") ") OR (t.status IN ('pending_review', 'hidden')"                               \
                                        " AND " IS_TOPIC_OWNER(                                                        \
                                                viewer) ") OR (t.status <> 'deleted' AND " IS_TOPIC_MODERATOR(viewer,  \
                                                mod) "))"
