/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-peers adds to the platform's dashboards. */
#include "common/platform.h"

#include <stddef.h>

const struct dashboard_series peers_dashboards[] = {
        {"privacy-metrics", "comparisons", ROWS_A_DAY("peer_comparisons", "created_at", "true")},
        {0},
};
