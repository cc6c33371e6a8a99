/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of posts and their topics that follow reactions, in the statement that moves these. */
#pragma once

/* CTEs to stand behind one called `moved` of (post_id, kind), a reaction a row; `sign` is "1" or "-1": what each of
 * them adds. The last of them, of_posts, changes the posts; whoever counts rows counts those. */
#define COUNTS_FOLLOW(sign)                                                                                            \
        ", by_post AS (SELECT post_id, (" sign " * count(*) FILTER (WHERE kind = 'like'))::integer AS likes,"          \
        " (" sign " * count(*) FILTER (WHERE kind = 'helpful'))::integer AS helpful,"                                  \
        " (" sign " * count(*) FILTER (WHERE kind = 'not_helpful'))::integer AS not_helpful FROM moved GROUP BY 1),"   \
        " of_topics AS (UPDATE forum_topics t SET likes_count = t.likes_count + s.likes,"                              \
        "  helpful_votes = t.helpful_votes + s.helpful, not_helpful_votes = t.not_helpful_votes + s.not_helpful"       \
        "  FROM (SELECT p.topic_id, sum(b.likes)::integer AS likes, sum(b.helpful)::integer AS helpful,"               \
        "   sum(b.not_helpful)::integer AS not_helpful FROM by_post b JOIN forum_posts p ON p.id = b.post_id"          \
        "   GROUP BY 1) s WHERE t.id = s.topic_id),"                                                                   \
        " of_posts AS (UPDATE forum_posts p SET likes_count = p.likes_count + b.likes,"                                \
        "  helpful_votes = p.helpful_votes + b.helpful, not_helpful_votes = p.not_helpful_votes + b.not_helpful"       \
        "  FROM by_post b WHERE p.id = b.post_id RETURNING p.id)"
