/* SPDX-License-Identifier: Apache-2.0 */
/* W3C trace context (https://www.w3.org/TR/trace-context/): which request this work belongs to, across processes. */
#pragma once

#include <stdbool.h>

#define TRACE_PARENT_SIZE 56

struct trace {
        char trace_id[33];  /* 32 lower-case hexadecimal digits */
        char span_id[17];   /* this process's own span */
        char parent_id[17]; /* the span it is part of; "": none, it is the first */
        bool is_sampled;    /* its spans are recorded, where somebody records */
};

/* Continues the trace of `traceparent` with a span of our own, or starts a trace, which is sampled, when it is NULL or
 * not valid. */
void trace_start(struct trace *trace, const char *traceparent);

/* A new span within that of `parent`, in the same trace. */
void trace_begin_child(struct trace *trace, const struct trace *parent);

/* "00-<trace id>-<span id>-01", to be handed on. */
void trace_format(const struct trace *trace, char out[TRACE_PARENT_SIZE]);
