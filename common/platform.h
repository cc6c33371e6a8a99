/* SPDX-License-Identifier: Apache-2.0 */
/* What a service says of itself for /health, /status/ and the dashboards. The kit answers from these tables. */
#pragma once

#include "common/rpc.h"
#include "sfp/platform.pb-c.h"

/* A row of service_definition.dashboards; the table ends with a row without dashboard. The statement gives `day` and
 * `value` (double precision) of the days from $1 to $2 (text), in order; days without anything may be left out. */
struct dashboard_series {
        const char *dashboard; /* "community-health" */
        const char *name;      /* "topics" */
        const char *sql;
};

enum { DASHBOARD_DAYS_MAX = 366, DASHBOARD_DAYS_DEFAULT = 30 };

/* Counts the rows of a table by the day of a column. */
#define ROWS_A_DAY(table, column, where)                                                                               \
        "SELECT " column "::date AS day, count(*)::double precision AS value FROM " table " WHERE " column             \
        " >= $1::text::date AND " column " < $2::text::date + 1 AND " where " GROUP BY 1 ORDER BY 1"

extern const struct rpc platform_rpcs[];
