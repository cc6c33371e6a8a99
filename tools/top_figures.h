/* SPDX-License-Identifier: Apache-2.0 */
/* What `sfp top` makes of a program's metrics: sums and levels as they are told, and what two looks say together. */
#pragma once

#include <stdbool.h>

enum { TOP_BUCKETS_MAX = 32 };

/* One look. */
struct top_look {
        bool is_there;   /* it answered */
        bool has_base;   /* it has served something */
        bool is_gateway; /* it serves HTTP; a service serves calls */
        double calls;    /* answered since its start */
        double failures; /* of them by its own or its dependencies' fault */
        int n_buckets;
        struct top_bucket {
                double bound_s, count; /* cumulative */
        } buckets[TOP_BUCKETS_MAX];
        double waiting, busy; /* requests in line; workers at work, at the gateway requests in flight */
        double events_behind; /* of its consumer group that is furthest behind */
        double jobs_late_s;
        double cpu_s, memory_bytes;
        double started_s; /* Unix time */
        bool has_database, is_database_up;
};

/* Reads the metrics of one program. A text that is none gives a look without anything. */
void top_look_read(const char *text, struct top_look *out);

/* Figures of the time between two looks at the same process. */
struct top_figures {
        double calls_per_s, failures_per_s;
        double p50_s, p99_s; /* 0 when nothing was answered; the last bound where it took longer than that */
        double cpu_part;     /* of one core */
};

/* A process that was started between the two has no figures yet: all are 0. */
void top_figures_between(
        const struct top_look *before, const struct top_look *after, double seconds, struct top_figures *out);
