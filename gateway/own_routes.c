/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/own_routes.h"

#include "gateway/authenticate.h"
#include "gateway/gateway.h"
#include "gateway/handshake.h"
#include "gateway/respond.h"

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

static void answer_openapi(struct exchange *exchange)
{
        respond_json(exchange, 200, exchange->gateway->openapi);
}

/* The gateway's own; each service has its own at its admin address. */
static void answer_metrics(struct exchange *exchange)
{
        Sfp__Caller *caller;
        int64_t expires_at;
        enum problem problem = authenticate_user(exchange->gateway->jwt, exchange, &caller, &expires_at);
        bool is_operator = false;
        for (size_t i = 0; problem == PROBLEM_NONE && i < caller->n_roles; i++)
                is_operator |= strcmp(caller->roles[i], "ops") == 0;
        if (problem != PROBLEM_NONE || !is_operator) {
                respond_problem(exchange, problem != PROBLEM_NONE ? problem : PROBLEM_FORBIDDEN, NULL);
                return;
        }
        struct buffer text = buffer_in(exchange->arena);
        metrics_print(exchange->gateway->metrics, &text);
        exchange->response = (struct response){.code = 200,
                .content_type = "text/plain; version=0.0.4; charset=utf-8",
                .body = buffer_text(&text),
                .body_size = text.length};
}

const struct own_route own_routes[] = {
        {"GET", "/status/live", answer_live},
        {"GET", "/status/ready", answer_ready},
        {"GET", "/status/metrics", answer_metrics, .is_counted = true},
        {"GET", "/status/openapi.json", answer_openapi, .is_counted = true},
        {"GET", "/ws/{user_id}", answer_handshake},
        {NULL},
};
