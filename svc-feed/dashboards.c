/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-feed adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series feed_dashboards[] = {
        {"community-health", "activities", ROWS_A_DAY("activities", "created_at", "true")},
        {"community-health", "notifications", ROWS_A_DAY("notifications", "created_at", "true")},
        {0},
};
