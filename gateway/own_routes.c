/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/own_routes.h"

#include "gateway/gateway.h"
#include "gateway/handshake.h"
#include "gateway/respond.h"

static void answer_live(struct exchange *exchange)
{
        respond_json(exchange, 200, "{\"status\":\"alive\"}");
}

static void answer_ready(struct exchange *exchange)
{
        bool is_ready = gateway_is_ready(exchange->gateway);
        respond_json(exchange, is_ready ? 200 : 503, is_ready ? "{\"status\":\"ready\"}" : "{\"status\":\"stopping\"}");
}

const struct own_route own_routes[] = {
        {"GET", "/status/live", answer_live},
        {"GET", "/status/ready", answer_ready},
        {"GET", "/ws/{user_id}", answer_handshake},
        {NULL},
};
