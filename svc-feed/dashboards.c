/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-feed adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series feed_dashboards[] = {
        {"community-health", "activities", DASHBOARD_SUM, "things", "Activities that appeared, by whoever they are of.",
                PEOPLES_ROWS_A_DAY("activities", "created_at", "true", "actor_user_id")},
        {"community-health", "active_people", DASHBOARD_SUM, "people",
                "People of whom an activity appeared; who had some on two days counts twice over time.",
                PEOPLE_A_DAY("activities", "created_at", "true", "actor_user_id")},
        {"community-health", "notifications", DASHBOARD_SUM, "things", "Notifications that were made.",
                PEOPLES_ROWS_A_DAY("notifications", "created_at", "true", "user_id")},
        {"user-satisfaction", "notifications_read", DASHBOARD_MEAN, "percent",
                "Of the notifications of a day, those that have been read since.",
                "SELECT created_at::date AS day, (100.0 * count(read_at) / count(*))::double precision AS value,"
                " count(DISTINCT user_id) AS people FROM notifications WHERE " DASHBOARD_DAYS(
                        "created_at") " AND is_listed GROUP BY 1 ORDER BY 1"},
        {0},
};
