/* SPDX-License-Identifier: Apache-2.0 */
/* The two ends of a call as spans, by OpenTelemetry's conventions for RPC
 * (https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/). */
#pragma once

#include "common/message.h"
#include "common/schema.h"
#include "common/span.h"
#include "common/status.h"

struct tracer;

/* Begins the span of calling `method` at the service `peer` within `parent`, and writes to `traceparent` what the other
 * side is to continue: the new span when the tracer records it, otherwise the parent. False: nothing is to be ended. */
bool rpc_span_begin(struct tracer *tracer, const struct trace *parent, const struct schema_method *method,
        const char *peer, struct span *out, char traceparent[TRACE_PARENT_SIZE]);

/* Ends and records it, as the reply says, or `code` where there is none. On any thread. */
void rpc_span_end(struct tracer *tracer, struct span *span, status code, struct message *reply);

/* Records a call that was served here within `trace`, and took from the one point to the other on the monotonic clock.
 */
void rpc_span_served(struct tracer *tracer, const struct trace *trace, const struct schema_method *method, status code,
        int64_t started_us, int64_t ended_us, int n_statements);
