/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers about the running program for Prometheus. Metrics may be registered at any time, by any thread, and live as
 * long as the registry; updating one is a single atomic addition. Names follow OpenTelemetry's semantic conventions
 * where they have one (https://opentelemetry.io/docs/specs/semconv/), and begin with sfp_ where not. */
#pragma once

#include "common/buffer.h"

#include <stdint.h>

struct metrics; /* the registry */
struct metric;  /* a counter or a gauge */
struct histogram;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* `name` and `help` are kept, not copied; `labels` is copied: "method=\"a\",status=\"OK\"" or "". A counter's name ends
 * in _total. */
struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help);

/* The same of a time: it is counted in microseconds and printed in seconds. */
struct metric *metrics_counter_us(struct metrics *metrics, const char *name, const char *labels, const char *help);

/* The bounds of a histogram's buckets. */
enum histogram_scale {
        HISTOGRAM_FINE,    /* from 100 us: calls within the platform; the conventions' bounds are among them */
        HISTOGRAM_SEMCONV, /* from 5 ms to 10 s, as the conventions want it of HTTP */
};

/* Durations, given in microseconds, printed in seconds. */
struct histogram *metrics_histogram(
        struct metrics *metrics, enum histogram_scale scale, const char *name, const char *labels, const char *help);

/* The histogram at `place`; when there is none yet it is registered there, once, whoever else asks for it meanwhile. */
struct histogram *metrics_histogram_at(struct metrics *metrics, struct histogram *_Atomic *place,
        enum histogram_scale scale, const char *name, const char *labels, const char *help);

void metric_add(struct metric *metric, int64_t amount);
void metric_set(struct metric *metric, int64_t value);
int64_t metric_value(const struct metric *metric);

/* `trace_id`, 32 hexadecimal digits, is kept as the example of its bucket; NULL: it is none. */
void histogram_observe(struct histogram *histogram, int64_t us, const char *trace_id);

/* The bound that the part `quantile` (0 to 1) of what was observed does not pass, in microseconds; 0 before anything
 * was. */
int64_t histogram_quantile_us(const struct histogram *histogram, double quantile);

/* Has `refresh` called before every print, on the thread that prints: for gauges that are looked up then. Before any
 * print. One registry has room for METRICS_REFRESHERS_MAX. */
enum { METRICS_REFRESHERS_MAX = 4 };
void metrics_before_print(struct metrics *metrics, void (*refresh)(void *owner), void *owner);

enum metrics_format {
        METRICS_TEXT, /* Prometheus's text format 0.0.4 */
        METRICS_OPEN, /* OpenMetrics 1.0, with an example of each bucket */
};

/* Which of them the Accept header of a request asks for; NULL: there is none. */
enum metrics_format metrics_format_choose(const char *accept);

/* The Content-Type of what is printed. */
const char *metrics_format_type(enum metrics_format format);

/* Appends all metrics, those of one name together under their HELP and TYPE lines. Zero counters with labels are left
 * out. */
void metrics_print(const struct metrics *metrics, enum metrics_format format, struct buffer *out);
