/* SPDX-License-Identifier: Apache-2.0 */
/* All series are registered at the start, so that counting is an atomic addition; the last row is for requests without
 * a route. */
#include "gateway/meter.h"

#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 5 };

struct meter_row {
        struct metric *classes[CLASSES]; /* 1xx to 5xx */
        struct histogram *seconds;
};

struct meter {
        struct metric *in_flight;
        size_t n_rows;
        struct meter_row rows[];
};

static void register_row(struct metrics *metrics, struct meter_row *row, const char *path, const char *verb)
{
        char labels[512];
        for (int i = 0; i < CLASSES; i++) {
                snprintf(labels, sizeof labels, "route=\"%s\",verb=\"%s\",status=\"%dxx\"", path, verb, i + 1);
                row->classes[i] = metrics_counter(metrics, "sfp_http_requests_total", labels, "Requests answered.");
        }
        snprintf(labels, sizeof labels, "route=\"%s\",verb=\"%s\"", path, verb);
        row->seconds = metrics_histogram(
                metrics, "sfp_http_request_seconds", labels, "From the request line to the end of the response.");
}

struct meter *meter_new(struct metrics *metrics, const struct routes *routes)
{
        size_t n_rows = routes_count(routes) + 1;
        struct meter *meter = calloc(1, sizeof *meter + n_rows * sizeof *meter->rows);
        if (meter == NULL)
                abort();
        meter->n_rows = n_rows;
        meter->in_flight =
                metrics_gauge(metrics, "sfp_http_requests_in_flight", "", "Requests admitted and not yet answered.");
        for (size_t i = 0; i < n_rows - 1; i++)
                register_row(metrics, &meter->rows[i], routes_at(routes, i)->path, routes_at(routes, i)->verb);
        register_row(metrics, &meter->rows[n_rows - 1], "none", "any");
        return meter;
}

void meter_free(struct meter *meter)
{
        free(meter);
}

bool meter_admit(struct meter *meter, int64_t limit)
{
        metric_add(meter->in_flight, 1);
        if (metric_value(meter->in_flight) <= limit)
                return true;
        metric_add(meter->in_flight, -1);
        return false;
}

void meter_release(struct meter *meter)
{
        metric_add(meter->in_flight, -1);
}

int64_t meter_in_flight(const struct meter *meter)
{
        return metric_value(meter->in_flight);
}

void meter_observe(struct meter *meter, const struct route *route, int code, int64_t duration_us)
{
        struct meter_row *row = &meter->rows[route == NULL ? meter->n_rows - 1 : route->index];
        if (code >= 100 && code < 600)
                metric_add(row->classes[code / 100 - 1], 1);
        histogram_observe(row->seconds, duration_us);
}
