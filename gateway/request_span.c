/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/request_span.h"

#include "common/clock.h"
#include "common/tracer.h"
#include "gateway/gateway.h"

enum { CODE_UPGRADED = 101, CODE_OURS = 500 };

/* The code as a text, which lives as long as the span needs it. */
static const char *failure_of(int code)
{
        static const struct {
                int code;
                const char *text;
        } failures[] = {{500, "500"}, {501, "501"}, {503, "503"}, {504, "504"}};
        for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
                if (failures[i].code == code)
                        return failures[i].text;
        return "_OTHER"; /* as the conventions call what is on no list */
}

static void describe(struct span *span, const struct exchange *exchange)
{
        const struct route *route = exchange->match.route;
        int code = exchange->response.code;
        if (route != NULL) {
                span_add_text(span, "http.request.method", route->verb);
                span_add_text(span, "http.route", route->path);
        }
        span_add_text(span, "url.scheme", exchange->request.is_encrypted ? "https" : "http");
        span_add_number(span, "http.response.status_code", code);
        if (code >= CODE_OURS)
                span_add_text(span, "error.type", failure_of(code));
        span->is_failed = code >= CODE_OURS;
}

void request_span_record(const struct exchange *exchange)
{
        struct tracer *tracer = exchange->gateway->settings.tracer;
        const struct route *route = exchange->match.route;
        if (!tracer_records(tracer, &exchange->trace) || exchange->response.source.read != NULL ||
                exchange->response.code == CODE_UPGRADED)
                return;
        struct span span = {
                .trace = exchange->trace,
                .kind = SPAN_SERVER,
                .verb = route == NULL ? NULL : route->verb,
                .name = route == NULL ? "HTTP" : route->path,
                .started_us = exchange->started_us,
                .ended_us = clock_now_us(),
        };
        describe(&span, exchange);
        tracer_record(tracer, &span);
}
