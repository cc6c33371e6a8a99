/* SPDX-License-Identifier: Apache-2.0 */
/* Sends spans to a collector: OTLP over HTTP with protobuf bodies (https://opentelemetry.io/docs/specs/otlp/). Whoever
 * records one never waits: spans stand in a bounded queue, and what does not fit is dropped and counted. A thread sends
 * them in batches; what the collector asks to be sent again (429, 502, 503, 504) is, after the time it says. */
#pragma once

#include "common/metrics.h"
#include "common/span.h"
#include "common/status.h"

struct tracer;

enum {
        TRACER_TRIES = 5,             /* of one batch */
        TRACER_PAUSE_MS = 1000,       /* before the second; doubles with each */
        TRACER_PAUSE_MAX_MS = 30000,  /* and what is heeded of a Retry-After */
        TRACER_FLUSH_MS = 2000,       /* that a program which ends waits for its last spans */
        TRACER_PAIRS_MAX = 16,        /* headers, and attributes of the resource, each */
        TRACER_ANSWER_MAX = 64 << 10, /* bytes of an answer */
};

/* Texts live as long as the tracer. */
struct tracer_settings {
        const char *url;     /* NULL: there are no traces */
        const char *headers; /* "name=value,..." */
        const char *authority;
        const char *service_name, *instance;
        const char *resource_attributes; /* as headers */
        int64_t timeout_ms, delay_ms;
        int queue_max, batch_max;
        bool heeds_parent;
        double part; /* of traces that begin here, 0 to 1 */
};

/* Starts it; *out is NULL when there are to be no traces. INVALID_ARGUMENT, with a line on stderr, when headers or
 * attributes are not well formed. */
MUST_CHECK status tracer_start(const struct tracer_settings *settings, struct metrics *metrics, struct tracer **out);

/* Sends what is there, for at most TRACER_FLUSH_MS, and ends. Nobody records any more. NULL is allowed. */
void tracer_stop(struct tracer *tracer);

/* Decides whether a trace is recorded that began or came in here. Without a tracer it stays as it is. */
void tracer_sample(const struct tracer *tracer, struct trace *trace);

/* Is it worth making a span? */
bool tracer_records(const struct tracer *tracer, const struct trace *trace);

/* Queues a copy of the span, which has ended, if its trace is sampled. On any thread. */
void tracer_record(struct tracer *tracer, const struct span *span);
