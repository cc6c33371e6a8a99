/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of /status/dashboards/…: a table of statements in each service, and what the kit makes of them. A figure
 * of people is told only of days on which enough of them had a part (DASHBOARD_MIN_PEOPLE); what it comes to over
 * several days is put together from the days that are told, so that nothing can be taken apart again. */
#pragma once

#include "common/rpc.h"
#include "sfp/platform.pb-c.h"

enum dashboard_kind {
        DASHBOARD_SUM,    /* of people: days add up */
        DASHBOARD_MEAN,   /* of people: days are put together by how many people each had */
        DASHBOARD_NOBODYS /* of things that tell of nobody: every day is told, and they add up */
};

/* A row of service_definition.dashboards; the table ends with a row without dashboard. The statement gives `day`,
 * `value` (double precision) and, unless it is of nobody, `people`, who had a part, of the days from $1 to $2 (text),
 * in order; days without anything may be left out. */
struct dashboard_series {
        const char *dashboard; /* "community-health" */
        const char *name;      /* "topics" */
        enum dashboard_kind kind;
        const char *unit;       /* "things", "people", "hours", "percent", "stars" */
        const char *definition; /* for whoever reads the value */
        const char *sql;
};

enum { DASHBOARD_DAYS_MAX = 366, DASHBOARD_DAYS_DEFAULT = 30, DASHBOARD_PEOPLE_MIN = 10 /* unless the service says */ };

/* Between FROM and the end of a statement: the days that are asked for, of a column of timestamps. */
#define DASHBOARD_DAYS(column) column " >= $1::text::date AND " column " < $2::text::date + 1"

/* Counts the rows of a table by the day of a column, and the people of them. */
#define PEOPLES_ROWS_A_DAY(table, column, where, person)                                                               \
        "SELECT " column "::date AS day, count(*)::double precision AS value, count(DISTINCT " person                  \
        ") AS people FROM " table " WHERE " DASHBOARD_DAYS(column) " AND " where " GROUP BY 1 ORDER BY 1"

/* Counts the people. */
#define PEOPLE_A_DAY(table, column, where, person)                                                                     \
        "SELECT " column "::date AS day, count(DISTINCT " person                                                       \
        ")::double precision AS value, count(DISTINCT " person ") AS people FROM " table                               \
        " WHERE " DASHBOARD_DAYS(column) " AND " where " GROUP BY 1 ORDER BY 1"

/* Counts what is of nobody. */
#define ROWS_A_DAY(table, column, where)                                                                               \
        "SELECT " column "::date AS day, count(*)::double precision AS value FROM " table                              \
        " WHERE " DASHBOARD_DAYS(column) " AND " where " GROUP BY 1 ORDER BY 1"

/* Answers Platform.GetDashboard with the service's own series and those that all services have. */
MUST_CHECK status dashboard_get(struct call *call, const Platform__DashboardRequest *in, Platform__Dashboard *out);
