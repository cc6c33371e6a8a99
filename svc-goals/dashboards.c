/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-goals adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series goals_dashboards[] = {
        {"community-health", "shares_published", DASHBOARD_SUM, "things", "Goals that were shared and can be seen.",
                PEOPLES_ROWS_A_DAY("anonymous_goal_shares s JOIN share_owners o ON o.share_id = s.id", "published_at",
                        "is_public", "owner_tag")},
        {"community-health", "reactions", DASHBOARD_SUM, "things", "Likes and inspirations that stand.",
                PEOPLES_ROWS_A_DAY("share_reactions", "created_at", "true", "actor_tag")},
        {0},
};
