/* SPDX-License-Identifier: Apache-2.0 */
/* A request is one tree of spans, whatever programs it passes through: the gateway, a service, the service that one
 * asks, and a consumer of the event that it caused. What people wrote is in none of them. */
#include "tests/common/collector.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/program.h"
#include "tests/e2e/second_gateway.h"
#include "tests/e2e/sharing.h"

#include "common/span.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PARENT "00f067aa0ba902b7"
#define CLEAN  "sfp.anonymize.Anonymize.CleanText"

static const char *const services[] = {"svc-goals", "svc-anonymize", NULL};
static struct collector *collector;

static const char *variable_of(const char *service, const char *name)
{
        return text("%s/env/%s/%s", program_setting("SFP_DATA"), service, name);
}

static void set_variable(const char *service, const char *name, const char *value)
{
        FILE *file = fopen(variable_of(service, name), "we");
        ck_assert_msg(file != NULL, "%s has no environment", service);
        fprintf(file, "%s\n", value);
        fclose(file);
}

/* Whoever is asked reaches everybody again. */
static void await_health(void)
{
        ck_assert_msg(AWAIT(60, get(nobody, "/health").status == 200), "it does not get well");
}

static void set_up(void)
{
        scene_begin();
        collector = collector_start();
        for (const char *const *service = services; *service != NULL; service++) {
                set_variable(*service, "OTEL_EXPORTER_OTLP_ENDPOINT", collector_url(collector));
                set_variable(*service, "OTEL_BSP_SCHEDULE_DELAY", "50");
        }
        instance_restart(services);
        const char *const settings[] = {
                text("OTEL_EXPORTER_OTLP_ENDPOINT=%s", collector_url(collector)), "OTEL_BSP_SCHEDULE_DELAY=50", NULL};
        second_gateway_start(settings);
        await_health();
}

static void tear_down(void)
{
        second_gateway_stop_all();
        for (const char *const *service = services; *service != NULL; service++) {
                unlink(variable_of(*service, "OTEL_EXPORTER_OTLP_ENDPOINT"));
                unlink(variable_of(*service, "OTEL_BSP_SCHEDULE_DELAY"));
        }
        instance_restart(services);
        await_health();
        collector_stop(collector);
        scene_end();
}

/* 32 digits of a trace that nobody else has. */
static const char *new_trace(void)
{
        struct trace trace;
        trace_start(&trace, NULL);
        return text("%s", trace.trace_id);
}

static struct answer ask_within(
        const char *trace, const char *flags, struct user user, const char *verb, const char *path, const char *body)
{
        const char *const headers[] = {text("traceparent: 00-%s-%s-%s", trace, PARENT, flags),
                text("Idempotency-Key: %s", trace), "Content-Type: application/json", NULL};
        const struct request request = {.verb = verb,
                .path = path,
                .user = user,
                .body = body,
                .size = body == NULL ? 0 : strlen(body),
                .headers = headers};
        return ask(&request);
}

static const struct seen_span *span_of(const char *trace, const char *service, const char *name, enum span_kind kind)
{
        const struct seen_span *span = NULL;
        ck_assert_msg(AWAIT(30, (span = collector_find(collector, trace, service, name, (int)kind)) != NULL),
                "%s has sent no span %s", service, name);
        struct seen_span *kept = arena_alloc(scene_arena(), sizeof *kept);
        *kept = *span;
        return kept;
}

static void assert_within(const struct seen_span *span, const struct seen_span *parent)
{
        ck_assert_msg(strcmp(span->parent_id, parent->span_id) == 0, "%s of %s is not within %s of %s", span->name,
                span->service, parent->name, parent->service);
}

TEST(a_request_is_one_tree_through_all_programs)
{
        const char *trace = new_trace();
        struct member ann = new_member();
        struct answer answer = ask_within(trace, "01", ann.user, "POST", "/goal-sharing/",
                JSON({"goal_category" : "home", "goal_title" : "A quiet boat", "submit" : true}));
        expect_status(answer, 201);
        const struct seen_span *gateway =
                span_of(trace, "sfp-gateway", "POST /api/v1/social/goal-sharing/", SPAN_SERVER);
        const struct seen_span *asked = span_of(trace, "sfp-gateway", "sfp.goals.Goals.CreateShare", SPAN_CLIENT);
        const struct seen_span *served = span_of(trace, "svc-goals", "sfp.goals.Goals.CreateShare", SPAN_SERVER);
        const struct seen_span *asking = span_of(trace, "svc-goals", CLEAN, SPAN_CLIENT);
        const struct seen_span *cleaned = span_of(trace, "svc-anonymize", CLEAN, SPAN_SERVER);
        ck_assert_str_eq(gateway->parent_id, PARENT);
        ck_assert_str_eq(gateway->code, "201");
        assert_within(asked, gateway);
        assert_within(served, asked);
        assert_within(asking, served);
        assert_within(cleaned, asking);
        ck_assert_str_eq(served->code, "OK");
        ck_assert(!gateway->is_failed && !served->is_failed && !cleaned->is_failed);
}
END_TEST

TEST(an_event_continues_the_trace_that_caused_it)
{
        const char *trace = new_trace();
        struct member ann = new_member(), bob = new_member();
        expect_status(
                ask_within(trace, "01", ann.user, "PUT", text("%s/relationship", bob.path), JSON({"blocked" : true})),
                200);
        const struct seen_span *served =
                span_of(trace, "svc-anonymize", "sfp.anonymize.Anonymize.PutRelationship", SPAN_SERVER);
        const struct seen_span *taken = span_of(trace, "svc-goals", "process blocked_owners", SPAN_CONSUMER);
        assert_within(taken, served);
        ck_assert(!taken->is_failed);
}
END_TEST

/* The second request shows that the first had its time. */
TEST(who_wants_no_trace_leaves_none)
{
        const char *silent = new_trace(), *loud = new_trace();
        struct user ann = new_user();
        static const char name[] = "GET /api/v1/social/privacy-guide";
        expect_status(ask_within(silent, "00", ann, "GET", "/privacy-guide", NULL), 200);
        expect_status(ask_within(loud, "01", ann, "GET", "/privacy-guide", NULL), 200);
        span_of(loud, "sfp-gateway", name, SPAN_SERVER);
        ck_assert_ptr_null(collector_find(collector, silent, "sfp-gateway", name, SPAN_SERVER));
}
END_TEST

SUITE_WITH(set_up, tear_down, "e2e/tracing", NO_FORK, T(a_request_is_one_tree_through_all_programs),
        T(an_event_continues_the_trace_that_caused_it), T(who_wants_no_trace_leaves_none))
