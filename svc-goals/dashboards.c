/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-goals adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series goals_dashboards[] = {
        {"community-health", "shares_published", ROWS_A_DAY("anonymous_goal_shares", "published_at", "is_public")},
        {"community-health", "reactions", ROWS_A_DAY("share_reactions", "created_at", "true")},
        {0},
};
