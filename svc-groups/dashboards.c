/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-groups adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series groups_dashboards[] = {
        {"community-health", "contributions", ROWS_A_DAY("contributions", "posted_at", "true")},
        {"community-health", "celebrations", ROWS_A_DAY("milestone_celebrations", "created_at", "true")},
        {0},
};
