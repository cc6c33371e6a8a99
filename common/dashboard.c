/* SPDX-License-Identifier: Apache-2.0 */
#include "common/dashboard.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/service.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400 };

/* What every service has. */
static const struct dashboard_series kit_series[] = {
        {"performance", "events", DASHBOARD_NOBODYS, "things", "Events that were published.",
                ROWS_A_DAY("outbox", "time", "sequence IS NOT NULL")},
        {"performance", "jobs_given_up", DASHBOARD_NOBODYS, "things",
                "Jobs that failed for good on that day and wait for somebody to look.",
                ROWS_A_DAY("jobs", "failed_at", "true")},
        {0},
};

/* The days asked for, and as many before them, as PostgreSQL takes them. */
struct days {
        char before[CLOCK_RFC3339_SIZE];
        char from[CLOCK_RFC3339_SIZE];
        char to[CLOCK_RFC3339_SIZE];
};

static int64_t day_of(const char *date)
{
        struct tm tm = {0};
        sscanf(date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
        tm.tm_year -= 1900;
        tm.tm_mon -= 1;
        return timegm(&tm) / DAY_S;
}

/* The days asked for, or the last ones. */
static status choose_days(struct call *call, const Platform__DashboardRequest *in, struct days *out)
{
        int64_t today = clock_unix_us() / 1000000 / DAY_S;
        int64_t last = in->to == NULL ? today : day_of(in->to);
        int64_t first = in->from == NULL ? last - DASHBOARD_DAYS_DEFAULT + 1 : day_of(in->from);
        if (first > last)
                return call_invalid(call, "from", "out_of_range", "is behind the end");
        if (last - first >= DASHBOARD_DAYS_MAX)
                return call_invalid(call, "from", "out_of_range", "%d days are the most", DASHBOARD_DAYS_MAX);
        clock_date(first - (last - first + 1), out->before);
        clock_date(first, out->from);
        clock_date(last, out->to);
        return STATUS_OK;
}

/* What some days come to. */
struct sum {
        double value;
        double weight; /* 0: of no day */
};

static void add(struct sum *sum, const struct dashboard_series *row, const Platform__Figure *figure)
{
        double weight = row->kind == DASHBOARD_MEAN ? (double)figure->people : 1;
        sum->value += figure->value * weight;
        sum->weight += weight;
}

static double total_of(const struct sum *sum, const struct dashboard_series *row)
{
        return row->kind == DASHBOARD_MEAN ? sum->value / sum->weight : sum->value;
}

/* A statement that forgets to say whose figure it is has it left out. */
static bool may_be_told(const struct dashboard_series *row, const Platform__Figure *figure, int64_t min_people)
{
        return figure->has_value && (row->kind == DASHBOARD_NOBODYS || figure->people >= min_people);
}

static Platform__Point *point_of(struct arena *arena, const Platform__Figure *figure)
{
        Platform__Point *point = arena_alloc(arena, sizeof *point);
        platform__point__init(point);
        point->day = figure->day;
        point->has_value = 1;
        point->value = figure->value;
        return point;
}

static void compare(
        const struct sum *now, const struct sum *before, const struct dashboard_series *row, Platform__Series *out)
{
        out->has_total = now->weight > 0;
        out->has_previous_total = before->weight > 0;
        out->total = out->has_total ? total_of(now, row) : 0;
        out->previous_total = out->has_previous_total ? total_of(before, row) : 0;
        out->has_change = out->has_total && out->has_previous_total && out->previous_total != 0;
        out->change = out->has_change ? (out->total - out->previous_total) / out->previous_total : 0;
}

static void describe(
        const struct call *call, const struct dashboard_series *row, int64_t min_people, Platform__Series *out)
{
        out->service = (char *)(size_t)call->service->definition->name;
        out->name = (char *)(size_t)row->name;
        out->definition = (char *)(size_t)row->definition;
        out->unit = (char *)(size_t)row->unit;
        out->over_time = (char *)(size_t)(row->kind == DASHBOARD_MEAN ? "mean" : "sum");
        out->has_min_people = row->kind != DASHBOARD_NOBODYS;
        out->min_people = min_people;
}

static status add_series(
        struct call *call, const struct dashboard_series *row, const struct days *days, Platform__Dashboard *out)
{
        Platform__FigureList figures = PLATFORM__FIGURE_LIST__INIT;
        struct sum now = {0}, before = {0};
        int64_t own = call->service->dashboard_min_people;
        int64_t min_people = own > 0 ? own : DASHBOARD_PEOPLE_MIN;
        TRY(db_rows(call, &figures.base, "items", row->sql, days->before, days->to));
        Platform__Series *series = arena_alloc(call->arena, sizeof *series);
        platform__series__init(series);
        describe(call, row, min_people, series);
        series->points = arena_alloc(call->arena, (figures.n_items + 1) * sizeof *series->points);
        for (size_t i = 0; i < figures.n_items; i++) {
                const Platform__Figure *figure = figures.items[i];
                bool is_before = strcmp(figure->day, days->from) < 0; /* "2026-11-24": as text, as days */
                if (!may_be_told(row, figure, min_people))
                        continue;
                add(is_before ? &before : &now, row, figure);
                if (!is_before)
                        series->points[series->n_points++] = point_of(call->arena, figure);
        }
        compare(&now, &before, row, series);
        out->series[out->n_series++] = series;
        return STATUS_OK;
}

static size_t count_series(const struct dashboard_series *row)
{
        size_t count = 0;
        for (; row != NULL && row->dashboard != NULL; row++)
                count++;
        return count;
}

status dashboard_get(struct call *call, const Platform__DashboardRequest *in, Platform__Dashboard *out)
{
        const struct dashboard_series *const tables[] = {call->service->definition->dashboards, kit_series};
        struct days days;
        TRY(choose_days(call, in, &days));
        out->has_complete = 1;
        out->complete = 1;
        out->series =
                arena_alloc(call->arena, (count_series(tables[0]) + count_series(tables[1])) * sizeof *out->series);
        for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
                for (const struct dashboard_series *row = tables[t]; row != NULL && row->dashboard != NULL; row++)
                        if (strcmp(row->dashboard, in->dashboard) == 0)
                                TRY(add_series(call, row, &days, out));
        return STATUS_OK;
}
