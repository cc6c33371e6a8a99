/* SPDX-License-Identifier: Apache-2.0 */
#include "common/rpc_span.h"

#include "common/clock.h"
#include "common/frame.h"
#include "common/tracer.h"

#include <stdio.h>

bool rpc_span_begin(struct tracer *tracer, const struct trace *parent, const struct schema_method *method,
        const char *peer, struct span *out, char traceparent[TRACE_PARENT_SIZE])
{
        if (!tracer_records(tracer, parent)) {
                trace_format(parent, traceparent);
                return false;
        }
        *out = (struct span){.kind = SPAN_CLIENT, .name = method->name, .started_us = clock_now_us()};
        trace_begin_child(&out->trace, parent);
        snprintf(out->peer, sizeof out->peer, "%s", peer);
        trace_format(&out->trace, traceparent);
        return true;
}

/* The status of a reply is the first field of its header. */
static status status_of(status code, struct message *reply)
{
        struct frame frame;
        if (reply == NULL || frame_split(message_bytes(reply), message_size(reply), &frame) != STATUS_OK ||
                frame.header_size < 2 || frame.header[0] != 1 << 3)
                return code;
        return status_from_number(frame.header[1]);
}

/* Of a call's own mistakes only its caller is to blame: they are failures of the client's span, not of the server's. */
static bool is_ours(status code)
{
        return code == STATUS_UNKNOWN || code == STATUS_DEADLINE_EXCEEDED || code == STATUS_UNIMPLEMENTED ||
               code == STATUS_INTERNAL || code == STATUS_UNAVAILABLE || code == STATUS_DATA_LOSS;
}

static void describe(struct span *span, status code)
{
        bool is_failed = span->kind == SPAN_CLIENT ? code != STATUS_OK : is_ours(code);
        span_add_text(span, "rpc.system.name", "sfp");
        span_add_text(span, "rpc.method", span->name);
        span_add_text(span, "rpc.response.status_code", status_name(code));
        if (is_failed)
                span_add_text(span, "error.type", status_name(code));
        span->is_failed = is_failed;
}

void rpc_span_end(struct tracer *tracer, struct span *span, status code, struct message *reply)
{
        span->ended_us = clock_now_us();
        describe(span, status_of(code, reply));
        tracer_record(tracer, span);
}

void rpc_span_served(struct tracer *tracer, const struct trace *trace, const struct schema_method *method, status code,
        int64_t started_us, int64_t ended_us, int n_statements)
{
        if (!tracer_records(tracer, trace))
                return;
        struct span span = {.trace = *trace,
                .kind = SPAN_SERVER,
                .name = method->name,
                .started_us = started_us,
                .ended_us = ended_us};
        describe(&span, code);
        if (n_statements > 0)
                span_add_number(&span, "sfp.db.statements", n_statements);
        tracer_record(tracer, &span);
}
