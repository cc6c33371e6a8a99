/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of matches, sessions, goals and reviews, for the check of /status/consistency. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

#define LIVE(id)                                                                                                       \
        "(SELECT count(*) FROM mentorship_matches m WHERE m.mentor_profile_id = " id                                   \
        " AND m.status IN ('trial', 'active', 'paused'))"
#define REVIEWS(id)  "(SELECT count(*) FROM mentor_reviews r WHERE r.mentor_profile_id = " id " AND r.is_counted)"
#define SESSIONS(id) "(SELECT count(*) FROM mentorship_sessions s WHERE s.match_id = " id " AND s.status = 'completed')"
#define GOALS(id)    "(SELECT count(*) FROM match_goals g WHERE g.match_id = " id " AND g.achieved_at IS NOT NULL)"

#define PART(column, table, truth)                                                                                     \
        "SELECT x.id AS key, x." column "::bigint AS stored, " truth " AS \"true\" FROM " table                        \
        " x WHERE x.id > $1 ORDER BY x.id LIMIT $2"
#define LOCK(table)                  "SELECT FROM " table " WHERE id = $1 FOR UPDATE"
#define REPAIR(column, table, truth) "UPDATE " table " SET " column " = " truth " WHERE id = $1"

#define COUNTER(name, table, truth)                                                                                    \
        {                                                                                                              \
                name, FIRST_ID, PART(name, table, truth("x.id")), LOCK(table), REPAIR(name, table, truth("$1"))        \
        }

const struct counter mentor_counters[] = {
        COUNTER("live_matches", "mentor_profiles", LIVE),
        COUNTER("total_reviews", "mentor_profiles", REVIEWS),
        COUNTER("sessions_completed", "mentorship_matches", SESSIONS),
        COUNTER("goals_achieved", "mentorship_matches", GOALS),
        {NULL},
};
