/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/own_routes.h"

#include "gateway/authenticate.h"
#include "gateway/docs_page.h"
#include "gateway/gateway.h"
#include "gateway/handshake.h"
#include "gateway/own_query.h"
#include "gateway/respond.h"
#include "gateway/stream_open.h"
#include "gateway/visitor.h"

#include <string.h>

static void answer_live(struct exchange *exchange)
{
        respond_json(exchange, 200, "{\"status\":\"alive\"}");
}

static void answer_ready(struct exchange *exchange)
{
        bool is_ready = gateway_is_ready(exchange->gateway);
        respond_json(exchange, is_ready ? 200 : 503, is_ready ? "{\"status\":\"ready\"}" : "{\"status\":\"stopping\"}");
}

/* Of the REST interface, or with kind=events of what is published. */
static void answer_document(struct exchange *exchange)
{
        Sfp__DocumentQuery query = SFP__DOCUMENT_QUERY__INIT;
        if (!own_query_read(exchange, &query.base))
                return;
        bool is_of_events = query.kind != NULL && strcmp(query.kind, "events") == 0;
        respond_json(exchange, 200, is_of_events ? exchange->gateway->asyncapi : exchange->gateway->openapi);
}

/* Where the type of a problem leads. */
static void answer_problem_type(struct exchange *exchange)
{
        enum problem problem = problem_find(exchange->match.values[0]);
        if (problem == PROBLEM_NONE) {
                respond_problem(exchange, PROBLEM_NOT_FOUND, NULL);
                return;
        }
        respond_json(exchange, 200,
                arena_printf(exchange->arena,
                        "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}",
                        problem_code(problem), problem_title(problem), problem_http(problem), problem_code(problem)));
}

/* The gateway's own; each service has its own at its admin address. */
static void answer_metrics(struct exchange *exchange)
{
        enum problem problem = authenticate_role(exchange->gateway->jwt, exchange, "ops");
        if (problem != PROBLEM_NONE) {
                respond_problem(exchange, problem, NULL);
                return;
        }
        enum metrics_format format = metrics_format_choose(exchange->request.headers[HEADER_ACCEPT]);
        struct buffer text = buffer_in(exchange->arena);
        metrics_print(exchange->gateway->metrics, format, &text);
        exchange->response = (struct response){.code = 200,
                .content_type = metrics_format_type(format),
                .body = buffer_text(&text),
                .body_size = text.length};
}

const struct own_route own_routes[] = {
        {"GET", "/status/live", answer_live, "Is the process alive?"},
        {"GET", "/status/ready", answer_ready, "May it be sent requests?"},
        {"GET", "/status/metrics", answer_metrics, "The gateway's metrics, for Prometheus", "ops", .type = "text/plain",
                .is_counted = true},
        {"GET", "/status/openapi.json", answer_document, "This document; with kind=events that of the events",
                .is_counted = true, .query = &sfp__document_query__descriptor},
        {"GET", "/events", answer_events, "What happens, as server-sent events", "user", .type = "text/event-stream",
                .query = &sfp__events_opening__descriptor},
        {"POST", "/ws/tickets", answer_ticket, "A ticket for a WebSocket or a stream of events", "user",
                .success = 201},
        {"GET", "/ws/{user_id}", answer_handshake, "A WebSocket for what happens", "user", .success = 101,
                .query = &sfp__socket_opening__descriptor},
        {"GET", "/docs", answer_docs, "A page to read this document by", .type = "text/html", .is_outside = true,
                .is_counted = true},
        {"GET", "/docs/{file}", answer_docs, "What the page is made of", .type = "text/*", .is_outside = true,
                .is_counted = true},
        {"GET", "/problems/{code}", answer_problem_type, "What a problem is", .is_outside = true, .is_counted = true},
        {NULL},
};
