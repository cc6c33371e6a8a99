/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-forum adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series forum_dashboards[] = {
        {"community-health", "topics", DASHBOARD_SUM, "things", "Topics that were opened.",
                PEOPLES_ROWS_A_DAY("forum_topics", "created_at", "true", "created_by_user_id")},
        {"community-health", "posts", DASHBOARD_SUM, "things", "Posts, those that open a topic among them.",
                PEOPLES_ROWS_A_DAY("forum_posts", "created_at", "true", "author_user_id")},
        {"community-health", "posters", DASHBOARD_SUM, "people",
                "People who wrote a post; who wrote on two days counts twice over time.",
                PEOPLE_A_DAY("forum_posts", "created_at", "true", "author_user_id")},
        {"community-health", "topics_answered", DASHBOARD_MEAN, "percent",
                "Of the topics of a day, those that somebody else has answered since.",
                "SELECT t.created_at::date AS day, (100.0 * count(*) FILTER (WHERE EXISTS (SELECT FROM forum_posts p"
                " WHERE p.topic_id = t.id AND p.status = 'published'"
                " AND p.author_user_id IS DISTINCT FROM t.created_by_user_id)) / count(*))::double precision AS value,"
                " count(DISTINCT t.created_by_user_id) AS people FROM forum_topics t WHERE " DASHBOARD_DAYS(
                        "t.created_at") " AND t.was_public GROUP BY 1 ORDER BY 1"},
        {"community-health", "hours_to_first_reply", DASHBOARD_MEAN, "hours",
                "The median from a topic of a day to the first published post of somebody else.",
                "SELECT t.created_at::date AS day, (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM"
                " r.at - t.created_at)) / 3600)::double precision AS value,"
                " count(DISTINCT t.created_by_user_id) AS people FROM forum_topics t CROSS JOIN LATERAL"
                " (SELECT min(p.created_at) AS at FROM forum_posts p WHERE p.topic_id = t.id AND p.status = 'published'"
                " AND p.author_user_id IS DISTINCT FROM t.created_by_user_id) r WHERE " DASHBOARD_DAYS(
                        "t.created_at") " AND r.at IS NOT NULL GROUP BY 1 ORDER BY 1"},
        {"community-health", "check_ins", DASHBOARD_SUM, "things", "Check-ins to challenges.",
                PEOPLES_ROWS_A_DAY("challenge_check_ins", "created_at", "true", "user_id")},
        {0},
};
