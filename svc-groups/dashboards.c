/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-groups adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series groups_dashboards[] = {
        {"community-health", "contributions", DASHBOARD_SUM, "things",
                "Contributions that were booked, taken back or not.",
                PEOPLES_ROWS_A_DAY("contributions c JOIN group_goal_participations p ON p.id = c.participation_id",
                        "posted_at", "true", "p.user_id")},
        {"community-health", "celebrations", DASHBOARD_SUM, "things", "Celebrations of milestones.",
                PEOPLES_ROWS_A_DAY("milestone_celebrations", "created_at", "true", "user_id")},
        {"community-health", "group_members_joined", DASHBOARD_SUM, "people", "People who joined a group, or asked to.",
                PEOPLE_A_DAY("group_goal_participations", "joined_at", "true", "user_id")},
        {0},
};
