/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-forum adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series forum_dashboards[] = {
        {"community-health", "topics", ROWS_A_DAY("forum_topics", "created_at", "true")},
        {"community-health", "posts", ROWS_A_DAY("forum_posts", "created_at", "true")},
        {"community-health", "check_ins", ROWS_A_DAY("challenge_check_ins", "created_at", "true")},
        {0},
};
