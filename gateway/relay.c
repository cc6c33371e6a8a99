/* SPDX-License-Identifier: Apache-2.0 */
/* The connection is suspended before the call starts, because the reply may come before client_start returns. */
#include "gateway/relay.h"

#include "common/client.h"
#include "common/clock.h"
#include "common/rpc_span.h"
#include "gateway/gateway.h"
#include "gateway/http.h"
#include "gateway/respond.h"

static uint64_t deadline_us(const struct gateway *gateway, const Sfp__MethodRules *rules)
{
        uint64_t ms = rules->deadline_ms;
        uint64_t cap = (uint64_t)gateway->settings.call_deadline_ms;
        return (ms < cap ? ms : cap) * 1000;
}

Sfp__RequestHeader *relay_header(struct exchange *exchange, const Sfp__Caller *caller)
{
        const Sfp__MethodRules *rules = exchange->match.route->method->rules;
        Sfp__RequestHeader *header = arena_alloc(exchange->arena, sizeof *header);
        sfp__request_header__init(header);
        header->has_deadline_us = 1;
        header->deadline_us = deadline_us(exchange->gateway, rules);
        header->traceparent = arena_alloc(exchange->arena, TRACE_PARENT_SIZE);
        trace_format(&exchange->trace, header->traceparent);
        header->request_id = exchange->request_id;
        header->has_expected_version = exchange->expected_version > 0;
        header->expected_version = exchange->expected_version;
        if (caller->user_id != NULL) {
                header->has_principal = 1;
                header->principal =
                        principal_sign(exchange->gateway->signer, exchange->arena, caller, clock_unix_us() / 1000000);
        }
        if (rules->idempotency != SFP__IDEMPOTENCY__IDEMPOTENCY_NONE)
                header->idempotency_key = (char *)(size_t)exchange->request.headers[HEADER_IDEMPOTENCY_KEY];
        return header;
}

struct relay {
        struct exchange *exchange;
        bool has_span;
        struct span span; /* of the call, when it has one */
};

/* On a thread of the mesh. */
static void finish(void *arg, status outcome, struct message *message)
{
        struct relay *relay = arg;
        struct exchange *exchange = relay->exchange;
        struct client_reply reply;
        if (relay->has_span)
                rpc_span_end(exchange->gateway->settings.tracer, &relay->span, outcome, message);
        size_t size = message == NULL ? 0 : message_size(message);
        client_reply_read(exchange->arena, exchange->match.route->method, outcome, message, &reply);
        respond_reply(exchange, &reply, size);
        http_resume(exchange);
}

void relay_start(struct exchange *exchange, const Sfp__Caller *caller, const ProtobufCMessage *input)
{
        const struct schema_method *method = exchange->match.route->method;
        Sfp__RequestHeader *header = relay_header(exchange, caller);
        struct relay *relay = arena_zalloc(exchange->arena, sizeof *relay);
        relay->exchange = exchange;
        relay->has_span = rpc_span_begin(exchange->gateway->settings.tracer, &exchange->trace, method, method->service,
                &relay->span, header->traceparent);
        http_suspend(exchange);
        client_start(exchange->gateway->client, NULL, method, header, input, finish, relay);
}
