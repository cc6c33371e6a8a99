/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-peers adds to the platform's dashboards. */
#include "common/dashboard.h"

#include <stddef.h>

const struct dashboard_series peers_dashboards[] = {
        {"privacy-metrics", "comparisons", DASHBOARD_SUM, "things", "Comparisons that were made of released figures.",
                PEOPLES_ROWS_A_DAY("peer_comparisons", "created_at", "true", "user_id")},
        {0},
};
