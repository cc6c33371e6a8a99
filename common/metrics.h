/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers about the running program in Prometheus's text format. Metrics may be registered at any time, by any thread,
 * and live as long as the registry; updating one is a single atomic addition. */
#pragma once

#include "common/buffer.h"

#include <stdint.h>

struct metrics; /* the registry */
struct metric;  /* a counter or a gauge */
struct histogram;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* `name` and `help` are kept, not copied; `labels` is copied: "method=\"a\",status=\"OK\"" or "". */
struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help);

/* Durations, given in microseconds, printed in seconds, in buckets from 100 us to 10 s. */
struct histogram *metrics_histogram(struct metrics *metrics, const char *name, const char *labels, const char *help);

void metric_add(struct metric *metric, int64_t amount);
void metric_set(struct metric *metric, int64_t value);
int64_t metric_value(const struct metric *metric);
void histogram_observe(struct histogram *histogram, int64_t us);

/* The bound that the part `quantile` (0 to 1) of what was observed does not pass, in microseconds; 0 before anything
 * was. */
int64_t histogram_quantile_us(const struct histogram *histogram, double quantile);

/* Appends all metrics, those of one name together under their HELP and TYPE lines. Zero counters with labels are left
 * out. */
void metrics_print(const struct metrics *metrics, struct buffer *out);
