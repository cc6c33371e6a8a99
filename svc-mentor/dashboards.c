/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-mentor adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series mentor_dashboards[] = {
        {"community-health", "mentor_reviews", ROWS_A_DAY("mentor_reviews", "created_at", "true")},
        {"user-satisfaction", "sessions_rated", ROWS_A_DAY("session_feedback", "created_at", "true")},
        {0},
};
