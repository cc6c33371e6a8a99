/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a post `p` in a topic `t`, as the fields of Forum__Post, and who may see it; places as in
 * topic_columns.h. */
#pragma once

#include "svc-forum/topic_columns.h"

/* One person has one name in a topic, whether they began it or post in it. */
#define POST_SCOPE            "CASE WHEN p.is_anonymous THEN 'topic:' || p.topic_id END"

#define IS_POST_OWNER(viewer) "coalesce(p.author_user_id = (" viewer ")::text::uuid, false)"

#define POST_COLUMNS                                                                                                                       \
        "p.id, p.topic_id, " AUTHOR_COLUMNS("author_ref", "p.author_user_id",                                                              \
                POST_SCOPE) ", p.content, p.post_number,"                                                                                  \
                            " p.reply_to_post_id, p.likes_count, p.helpful_votes, p.is_best_answer, p.quality_score, p.status, p.version," \
                            " " DAY_WHERE_ANONYMOUS("p", "created_at") ", " DAY_WHERE_ANONYMOUS("p", "edited_at")

#define POST_VIEWER_COLUMNS(viewer, mod)                                                                                \
        IS_POST_OWNER(viewer)                                                                                           \
        " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR(viewer,                                                          \
                mod) " AS \"viewer.is_moderator\","                                                                     \
                     " coalesce(x.liked, false) AS \"viewer.liked\", coalesce(x.helpful, false) AS \"viewer.helpful\"," \
                     " coalesce(x.not_helpful, false) AS \"viewer.not_helpful\""

#define POST_SOURCE(viewer)                                                                                                    \
        " FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id LEFT JOIN LATERAL (SELECT"                               \
        " bool_or(kind = 'like') AS liked, bool_or(kind = 'helpful') AS helpful, bool_or(kind = 'not_helpful') AS not_helpful" \
        " FROM post_reactions WHERE post_id = p.id AND user_id = (" viewer ")::text::uuid) x ON true"

/* Beside the topic being visible. */
#define POST_IS_VISIBLE(viewer, mod)                                                                                   \
        "((p.status = 'published' AND (" NOT_BLOCKED(                                                                  \
                viewer, "p.author_user_id") "))"                                                                       \
                                            " OR (p.status IN ('pending_review', 'hidden') AND " IS_POST_OWNER(        \
                                                    viewer) ")"                                                        \
                                                            " OR (p.status <> 'deleted' AND " IS_TOPIC_MODERATOR(      \
                                                                    viewer, mod) "))"
