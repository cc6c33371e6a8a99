/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-mentor adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series mentor_dashboards[] = {
        {"community-health", "mentor_reviews", DASHBOARD_SUM, "things", "Reviews of mentors and mentees.",
                PEOPLES_ROWS_A_DAY("mentor_reviews", "created_at", "true", "author_user_id")},
        {"user-satisfaction", "sessions_rated", DASHBOARD_SUM, "things", "Ratings of sessions.",
                PEOPLES_ROWS_A_DAY("session_feedback f JOIN mentorship_sessions s ON s.id = f.session_id"
                                   " JOIN mentorship_matches m ON m.id = s.match_id",
                        "f.created_at", "true",
                        "CASE f.side WHEN 'mentor' THEN m.mentor_user_id ELSE m.mentee_user_id END")},
        {"user-satisfaction", "session_rating", DASHBOARD_MEAN, "stars", "The mean of those ratings, 1 to 5.",
                "SELECT f.created_at::date AS day, avg(f.rating)::double precision AS value, count(DISTINCT CASE f.side"
                " WHEN 'mentor' THEN m.mentor_user_id ELSE m.mentee_user_id END) AS people FROM session_feedback f"
                " JOIN mentorship_sessions s ON s.id = f.session_id JOIN mentorship_matches m ON m.id = s.match_id"
                " WHERE " DASHBOARD_DAYS("f.created_at") " GROUP BY 1 ORDER BY 1"},
        {0},
};
