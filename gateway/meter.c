/* SPDX-License-Identifier: Apache-2.0 */
/* A series begins with the first request that belongs to it; from then on counting is an atomic addition. Verbs and
 * codes are taken from lists, so that nobody outside can make series. */
#include "gateway/meter.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the gateway answers with; another counts as one of its class. */
static const int codes[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 426,
        428, 429, 431, 499, 500, 501, 503, 504, 101};
enum { CODES = sizeof codes / sizeof *codes };

/* Of requests that have no route; the last is what the conventions call a verb they do not know. */
static const char *const verbs[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "_OTHER"};
enum { VERBS = sizeof verbs / sizeof *verbs };

struct meter_row {
        struct histogram *_Atomic by_code[CODES];
};

struct meter {
        struct metrics *metrics;
        const struct routes *routes;
        const char *scheme;
        struct metric *in_flight;
        size_t n_routes;
        struct meter_row rows[]; /* of each route, then of each verb without one */
};

struct meter *meter_new(struct metrics *metrics, const struct routes *routes, const char *scheme)
{
        size_t n_routes = routes_count(routes);
        struct meter *meter = calloc(1, sizeof *meter + (n_routes + VERBS) * sizeof *meter->rows);
        if (meter == NULL)
                abort();
        meter->metrics = metrics;
        meter->routes = routes;
        meter->scheme = scheme;
        meter->n_routes = n_routes;
        meter->in_flight =
                metrics_gauge(metrics, "http_server_active_requests", "", "Requests admitted and not yet answered.");
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

static size_t place_of(int code)
{
        static const int of_class[] = {500, 101, 200, 304, 400, 500};
        for (size_t i = 0; i < CODES; i++)
                if (codes[i] == code)
                        return i;
        return place_of(of_class[code >= 100 && code < 600 ? code / 100 : 0]);
}

static size_t verb_of(const char *verb)
{
        size_t i = 0;
        while (i < VERBS - 1 && strcmp(verbs[i], verb) != 0)
                i++;
        return i;
}

/* The first of this row with this code. */
static struct histogram *make(struct meter *meter, size_t row, size_t place)
{
        bool has_route = row < meter->n_routes;
        const struct route *route = has_route ? routes_at(meter->routes, row) : NULL;
        int code = codes[place];
        char labels[512], error[32] = "";
        if (code >= 500)
                snprintf(error, sizeof error, ",error_type=\"%d\"", code);
        snprintf(labels, sizeof labels,
                "http_request_method=\"%s\",http_route=\"%s\",http_response_status_code=\"%d\",url_scheme=\"%s\"%s",
                has_route ? route->verb : verbs[row - meter->n_routes], has_route ? route->path : "", code,
                meter->scheme, error);
        return metrics_histogram_at(meter->metrics, &meter->rows[row].by_code[place], HISTOGRAM_SEMCONV,
                "http_server_request_duration_seconds", labels, "From the request line to the end of the response.");
}

void meter_observe(struct meter *meter, const struct route *route, const char *verb, int code, int64_t duration_us,
        const char *trace_id)
{
        size_t row = route == NULL ? meter->n_routes + verb_of(verb) : route->index;
        size_t place = place_of(code);
        struct histogram *histogram = atomic_load_explicit(&meter->rows[row].by_code[place], memory_order_acquire);
        if (histogram == NULL)
                histogram = make(meter, row, place);
        histogram_observe(histogram, duration_us, trace_id);
}
