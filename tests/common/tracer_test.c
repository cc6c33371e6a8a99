/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "common/span_post.h"
#include "common/tracer.h"
#include "tests/common/collector.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Looks until it is so; the suite's own limit ends a wait in vain. */
#define UNTIL(condition)                                                                                               \
        while (!(condition))                                                                                           \
        nanosleep(&(const struct timespec){.tv_nsec = 5000000}, NULL)

static struct arena *arena;
static struct metrics *metrics;
static struct collector *collector;
static struct tracer *tracer;
static struct tracer_settings settings;

static void set_up(void)
{
        static char url[128];
        arena = arena_new(0);
        metrics = metrics_new();
        collector = collector_start();
        snprintf(url, sizeof url, "%s/v1/traces", collector_url(collector));
        settings = (struct tracer_settings){.url = url,
                .headers = "",
                .authority = "",
                .service_name = "svc-goals",
                .instance = "2",
                .resource_attributes = "",
                .timeout_ms = 5000,
                .delay_ms = 10,
                .queue_max = 64,
                .batch_max = 16,
                .heeds_parent = true,
                .part = 1};
        tracer = NULL;
}

static void tear_down(void)
{
        tracer_stop(tracer);
        collector_stop(collector);
        metrics_free(metrics);
        arena_free(arena);
}

static void start(void)
{
        ck_assert_int_eq(tracer_start(&settings, metrics, &tracer), STATUS_OK);
}

static struct span span_named(const char *name)
{
        int64_t now_us = clock_now_us();
        struct span span = {.kind = SPAN_SERVER, .name = name, .started_us = now_us - 1500, .ended_us = now_us};
        trace_start(&span.trace, NULL);
        return span;
}

static void record(const char *name)
{
        struct span span = span_named(name);
        tracer_record(tracer, &span);
}

static bool metrics_say(const char *line)
{
        struct buffer out = buffer_in(arena);
        metrics_print(metrics, METRICS_TEXT, &out);
        return strstr(buffer_text(&out), line) != NULL;
}

TEST(a_span_arrives_as_it_was)
{
        const struct seen_span *seen;
        start();
        struct span parent = span_named("parent"), span = span_named("child");
        trace_begin_child(&span.trace, &parent.trace);
        span.verb = "GET";
        span.kind = SPAN_CLIENT;
        span.is_failed = true;
        span_add_text(&span, "rpc.response.status_code", "INTERNAL");
        span_add_number(&span, "sfp.db.statements", 3);
        tracer_record(tracer, &span);
        ck_assert_uint_eq(collector_spans(collector, 1, &seen), 1);
        ck_assert_str_eq(seen->service, "svc-goals");
        ck_assert_str_eq(seen->name, "GET child");
        ck_assert_str_eq(seen->trace_id, parent.trace.trace_id);
        ck_assert_str_eq(seen->parent_id, parent.trace.span_id);
        ck_assert_str_eq(seen->span_id, span.trace.span_id);
        ck_assert_int_eq(seen->kind, SPAN_CLIENT);
        ck_assert_int_eq(seen->took_ns, 1500000);
        ck_assert(seen->is_failed);
        ck_assert_str_eq(seen->code, "INTERNAL");
}
END_TEST

TEST(the_first_span_of_a_trace_has_no_parent)
{
        const struct seen_span *seen;
        start();
        record("root");
        ck_assert_uint_eq(collector_spans(collector, 1, &seen), 1);
        ck_assert_str_eq(seen->parent_id, "");
}
END_TEST

TEST(headers_go_along_and_the_body_is_said_to_be_protobuf)
{
        const struct seen_span *seen;
        settings.headers = "x-tenant=a%20b, authorization=Bearer%20secret";
        start();
        record("one");
        collector_spans(collector, 1, &seen);
        ck_assert_str_eq(collector_header(collector, "x-tenant"), "a b");
        ck_assert_str_eq(collector_header(collector, "authorization"), "Bearer secret");
        ck_assert_str_eq(collector_header(collector, "Content-Type"), "application/x-protobuf");
}
END_TEST

TEST(what_is_not_sampled_is_not_sent)
{
        const struct seen_span *seen;
        start();
        struct span span = span_named("silent");
        span.trace.is_sampled = false;
        tracer_record(tracer, &span);
        record("loud");
        ck_assert_uint_eq(collector_spans(collector, 1, &seen), 1);
        ck_assert_str_eq(seen->name, "loud");
}
END_TEST

TEST(a_batch_that_is_to_come_again_comes_again)
{
        static const int codes[] = {429, 502, 503, 504};
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
                ck_assert_int_eq(span_post_judge(codes[i]), SPAN_POST_AGAIN);
        const struct seen_span *seen;
        collector_refuse(collector, 1, 503, 1);
        start();
        record("patient");
        ck_assert_uint_eq(collector_spans(collector, 1, &seen), 1);
        ck_assert_int_eq(collector_requests(collector), 2);
        tracer_stop(tracer);
        tracer = NULL;
        ck_assert(metrics_say("sfp_traces_exported_total 1\n"));
}
END_TEST

TEST(a_batch_that_is_refused_is_counted_and_the_next_goes_on)
{
        const struct seen_span *seen;
        collector_refuse(collector, 1, 400, 0);
        start();
        record("refused");
        UNTIL(collector_requests(collector) == 1);
        record("taken");
        ck_assert_uint_eq(collector_spans(collector, 1, &seen), 1);
        ck_assert_str_eq(seen->name, "taken");
        ck_assert(metrics_say("sfp_traces_dropped_total{reason=\"refused\"} 1\n"));
}
END_TEST

TEST(what_does_not_fit_is_dropped_and_counted_and_nobody_waits)
{
        settings.url = "http://127.0.0.1:9/v1/traces"; /* nobody listens there */
        settings.batch_max = 1;
        start();
        for (int i = 0; i < 200; i++)
                record("many");
        ck_assert(metrics_say("sfp_traces_waiting "));
        UNTIL(metrics_say("sfp_traces_dropped_total{reason=\"full\"} "));
}
END_TEST

TEST(the_end_sends_what_is_left)
{
        const struct seen_span *seen;
        settings.delay_ms = 60000;
        start();
        for (int i = 0; i < 10; i++)
                record("last");
        tracer_stop(tracer);
        tracer = NULL;
        ck_assert_uint_eq(collector_spans(collector, 10, &seen), 10);
}
END_TEST

TEST(without_an_address_there_is_no_tracer_and_nothing_breaks)
{
        settings.url = NULL;
        start();
        ck_assert_ptr_null(tracer);
        struct span span = span_named("nowhere");
        ck_assert(!tracer_records(tracer, &span.trace));
        tracer_record(tracer, &span);
        tracer_sample(tracer, &span.trace);
        ck_assert(span.trace.is_sampled);
}
END_TEST

TEST(headers_that_are_not_well_formed_are_refused)
{
        settings.headers = "no sign";
        ck_assert_int_eq(tracer_start(&settings, metrics, &tracer), STATUS_INVALID_ARGUMENT);
        settings.headers = "a=%0d%0aInjected: yes";
        ck_assert_int_eq(tracer_start(&settings, metrics, &tracer), STATUS_INVALID_ARGUMENT);
        ck_assert_ptr_null(tracer);
}
END_TEST

TEST(a_part_of_the_traces_is_kept_and_a_parent_is_heeded)
{
        settings.part = 0.25;
        start();
        int kept = 0;
        for (int i = 0; i < 4000; i++) {
                struct trace trace;
                trace_start(&trace, NULL);
                tracer_sample(tracer, &trace);
                kept += trace.is_sampled;
        }
        ck_assert_int_gt(kept, 700);
        ck_assert_int_lt(kept, 1300);
        struct trace trace;
        trace_start(&trace, "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
        tracer_sample(tracer, &trace);
        ck_assert(trace.is_sampled);
        trace_start(&trace, "00-0123456789abcdef0123456789abcde0-0123456789abcdef-00");
        tracer_sample(tracer, &trace);
        ck_assert(!trace.is_sampled);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/tracer", FORK, T(a_span_arrives_as_it_was),
        T(the_first_span_of_a_trace_has_no_parent), T(headers_go_along_and_the_body_is_said_to_be_protobuf),
        T(what_is_not_sampled_is_not_sent), T(a_batch_that_is_to_come_again_comes_again),
        T(a_batch_that_is_refused_is_counted_and_the_next_goes_on),
        T(what_does_not_fit_is_dropped_and_counted_and_nobody_waits), T(the_end_sends_what_is_left),
        T(without_an_address_there_is_no_tracer_and_nothing_breaks), T(headers_that_are_not_well_formed_are_refused),
        T(a_part_of_the_traces_is_kept_and_a_parent_is_heeded))
