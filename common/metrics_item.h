/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry holds. Private to metrics.c, which counts, and metrics_print.c, which reads while others count. */
#pragma once

#include "common/metrics.h"

#include <pthread.h>
#include <stdatomic.h>

enum { METRICS_BOUNDS_MAX = 19, METRICS_TRACE_SIZE = 32 };

enum metrics_kind { METRICS_COUNTER, METRICS_COUNTER_US, METRICS_GAUGE, METRICS_HISTOGRAM };

struct metrics_item {
        enum metrics_kind kind;
        const char *name;
        const char *labels;
        const char *help;
        struct metrics_item *next;
};

struct metric {
        struct metrics_item item;
        _Atomic int64_t value;
};

/* The last traced observation of a bucket. `version` is odd while it is written: whoever finds it so, or changed, takes
 * nothing; a second writer goes away. */
struct exemplar {
        _Atomic uint32_t version; /* 0: there is none */
        _Atomic uint64_t trace_id[METRICS_TRACE_SIZE / 8];
        _Atomic int64_t us;
        _Atomic int64_t unix_us;
};

struct histogram_bounds {
        int count;
        int64_t us[METRICS_BOUNDS_MAX];
};

struct histogram {
        struct metrics_item item;
        const struct histogram_bounds *bounds;
        _Atomic int64_t buckets[METRICS_BOUNDS_MAX + 1]; /* each of its own range alone */
        _Atomic int64_t sum_us;
        struct exemplar exemplars[METRICS_BOUNDS_MAX + 1];
};

struct metrics_refresher {
        void (*refresh)(void *owner);
        void *owner;
};

struct metrics {
        pthread_mutex_t mutex; /* of whoever registers; nobody else takes it */
        struct arena *arena;
        struct metrics_item *first;
        struct metrics_item **end;
        int n_refreshers;
        struct metrics_refresher refreshers[METRICS_REFRESHERS_MAX];
};
