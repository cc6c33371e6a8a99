/* SPDX-License-Identifier: Apache-2.0 */
/* One function a step; the first that finds a problem ends the way. */
#include "gateway/gateway.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/tracer.h"
#include "gateway/asyncapi.h"
#include "gateway/authenticate.h"
#include "gateway/bind.h"
#include "gateway/fan_out.h"
#include "gateway/openapi.h"
#include "gateway/own_routes.h"
#include "gateway/path.h"
#include "gateway/relay.h"
#include "gateway/represent.h"
#include "gateway/request_span.h"
#include "gateway/respond.h"
#include "gateway/socket.h"
#include "gateway/sockets.h"
#include "gateway/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_request_id(const char *text)
{
        static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
        size_t length = strlen(text);
        return length > 0 && length < REQUEST_ID_SIZE && strspn(text, allowed) == length;
}

static void begin(struct gateway *gateway, struct exchange *exchange)
{
        const char *id = exchange->request.headers[HEADER_REQUEST_ID];
        exchange->gateway = gateway;
        if (id != NULL && is_request_id(id))
                memcpy(exchange->request_id, id, strlen(id) + 1);
        else
                uuid_v7(exchange->request_id);
        trace_start(&exchange->trace, exchange->request.headers[HEADER_TRACEPARENT]);
        tracer_sample(gateway->settings.tracer, &exchange->trace);
}

static enum problem find_route(const struct gateway *gateway, struct exchange *exchange)
{
        struct path path;
        if (exchange->request.fault != PROBLEM_NONE)
                return exchange->request.fault;
        if (strcmp(exchange->request.path, "*") == 0) { /* RFC 9112, section 3.2.4: the server itself */
                exchange->match.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
                return PROBLEM_METHOD_NOT_ALLOWED;
        }
        status split = path_split(exchange->arena, exchange->request.path, &path);
        if (split != STATUS_OK)
                return split == STATUS_NOT_FOUND ? PROBLEM_NOT_FOUND : PROBLEM_MALFORMED_PATH;
        switch (routes_match(gateway->routes, exchange->request.verb, &path, &exchange->match)) {
        case ROUTE_FOUND:
                return PROBLEM_NONE;
        case ROUTE_OTHER_VERB:
                return PROBLEM_METHOD_NOT_ALLOWED;
        default:
                return PROBLEM_NOT_FOUND;
        }
}

static enum problem admit(struct gateway *gateway, struct exchange *exchange)
{
        exchange->is_admitted = meter_admit(gateway->meter, gateway->settings.requests_max);
        if (!exchange->is_admitted)
                return PROBLEM_OVERLOADED;
        return atomic_load(&gateway->is_closed) ? PROBLEM_UNAVAILABLE : PROBLEM_NONE;
}

/* Who is not believed is counted as one who is not known, before being told so: guessing at tokens has a limit, too. */
static enum problem identify(struct gateway *gateway, struct exchange *exchange, Sfp__Caller **caller)
{
        *caller = NULL;
        enum problem refused = authenticate(gateway->jwt, exchange, caller);
        const char *user_id = *caller == NULL ? NULL : (*caller)->user_id;
        enum problem limited = rate_limit_take(gateway->rate_limit, exchange, user_id, clock_now_us());
        return limited != PROBLEM_NONE ? limited : refused;
}

static void refuse(struct exchange *exchange, enum problem problem, const char *detail)
{
        respond_problem(exchange, problem, detail);
        if (problem == PROBLEM_RATE_LIMITED)
                exchange->response.retry_after_s = exchange->rate.wait_s;
}

/* Whether the exchange was answered here; otherwise the mesh has it. */
static bool call(struct gateway *gateway, struct exchange *exchange)
{
        Sfp__Caller *caller;
        struct bound bound = {.detail = NULL};
        enum problem problem = admit(gateway, exchange);
        if (problem == PROBLEM_NONE)
                problem = identify(gateway, exchange, &caller);
        if (problem == PROBLEM_NONE)
                problem = bind_request(exchange, &bound);
        if (problem == PROBLEM_NONE) {
                if (fan_out_applies(exchange->match.route->method))
                        fan_out_start(exchange, caller, bound.message);
                else
                        relay_start(exchange, caller, bound.message);
                return false;
        }
        if (problem == PROBLEM_VALIDATION_FAILED)
                respond_violations(exchange, &bound.violations);
        else
                refuse(exchange, problem, bound.detail);
        return true;
}

/* RFC 9110, section 9.3.7; and a browser's question beforehand. */
static void answer_options(struct gateway *gateway, struct exchange *exchange)
{
        respond_json(exchange, 204, NULL);
        exchange->response.allow = exchange->match.allow;
        cors_answer_preflight(gateway->cors, exchange, exchange->match.allow);
}

/* What the gateway answers itself costs it little, but the documents are large: they are counted. Probes must be
 * answered, and sockets, streams and their tickets have bounds of their own. */
static void answer(struct gateway *gateway, struct exchange *exchange)
{
        const struct own_route *own = exchange->match.route->own;
        enum problem problem = PROBLEM_NONE;
        if (own->is_counted)
                problem = rate_limit_take(gateway->rate_limit, exchange, NULL, clock_now_us());
        if (problem == PROBLEM_NONE)
                own->answer(exchange);
        else
                refuse(exchange, problem, NULL);
}

static bool handle(void *owner, struct exchange *exchange)
{
        struct gateway *gateway = owner;
        begin(gateway, exchange);
        enum problem problem = find_route(gateway, exchange);
        if (problem == PROBLEM_NONE)
                problem = represent_check(exchange);
        if (problem == PROBLEM_METHOD_NOT_ALLOWED && strcmp(exchange->request.verb, "OPTIONS") == 0)
                answer_options(gateway, exchange);
        else if (problem != PROBLEM_NONE)
                respond_problem(exchange, problem, NULL);
        else if (exchange->match.route->method != NULL)
                return call(gateway, exchange);
        else
                answer(gateway, exchange);
        return true;
}

static void represent_response(void *owner, struct exchange *exchange)
{
        const struct gateway *gateway = owner;
        represent(gateway->cors, gateway->etag_hash, exchange);
}

/* Names, numbers and ids only: paths, queries and bodies may hold what is nobody's business. */
static void write_log(const struct exchange *exchange, const char *route, int64_t duration_us)
{
        LOG(exchange->response.code >= 500 ? LOG_WARN : LOG_DEBUG, "request", log_text("http.route", route),
                log_text("http.request.method", exchange->match.route == NULL ? NULL : exchange->match.route->verb),
                log_number("http.response.status_code", exchange->response.code),
                log_number("duration_us", duration_us), log_text("http.request.id", exchange->request_id),
                log_text("trace.id", exchange->trace.trace_id), log_text("span.id", exchange->trace.span_id));
}

static void complete(void *owner, struct exchange *exchange)
{
        struct gateway *gateway = owner;
        const struct route *route = exchange->match.route;
        int64_t duration_us = clock_now_us() - exchange->started_us;
        if (exchange->is_admitted)
                meter_release(gateway->meter);
        if (exchange->response.has_place)
                sockets_give_place_up(gateway->sockets);
        if (exchange->response.source.read != NULL)
                atomic_fetch_sub(&gateway->n_streams, 1);
        if (exchange->response.code == 0)
                return; /* the client went away before its request was whole */
        meter_observe(gateway->meter, route, exchange->request.verb, exchange->response.code, duration_us,
                exchange->trace.is_sampled ? exchange->trace.trace_id : NULL);
        request_span_record(exchange);
        write_log(exchange, route == NULL ? "none" : route->path, duration_us);
}

static void upgraded(void *owner, struct exchange *exchange, int fd, void *handle)
{
        struct gateway *gateway = owner;
        const struct response *response = &exchange->response;
        const struct socket_line line = {fd, handle, http_let_go};
        struct listener *socket =
                socket_new(gateway->schema, &line, response->upgrade_caller, response->upgrade_expires_at);
        if (socket == NULL) {
                http_let_go(fd, handle);
                return;
        }
        exchange->response.has_place = false;
        sockets_add(gateway->sockets, socket);
}

static status start_sockets(struct gateway *gateway, struct metrics *metrics)
{
        const struct sockets_settings settings = {
                .schema = gateway->schema,
                .client = gateway->client,
                .signer = gateway->signer,
                .sockets_max = (int)gateway->settings.sockets_max,
                .events_address = gateway->settings.events_address,
        };
        return sockets_start(&settings, metrics, &gateway->sockets);
}

static void gateway_free(struct gateway *gateway)
{
        sockets_free(gateway->sockets);
        meter_free(gateway->meter);
        rate_limit_free(gateway->rate_limit);
        cors_free(gateway->cors);
        etag_hash_free(gateway->etag_hash);
        tokens_stop(gateway);
        tickets_free(gateway->tickets);
        principal_signer_free(gateway->signer);
        routes_free(gateway->routes);
        free(gateway->openapi);
        free(gateway->asyncapi);
        schema_free(gateway->schema);
        free(gateway);
}

status gateway_start(
        const struct gateway_settings *settings, struct metrics *metrics, struct client *client, struct gateway **out)
{
        struct gateway *gateway = calloc(1, sizeof *gateway);
        if (gateway == NULL)
                return STATUS_UNAVAILABLE;
        gateway->settings = *settings;
        gateway->schema = schema_new();
        gateway->routes = routes_new(gateway->schema, own_routes);
        gateway->meter = meter_new(metrics, gateway->routes, settings->http.tls == NULL ? "http" : "https");
        gateway->metrics = metrics;
        gateway->openapi = openapi_write(gateway->schema, gateway->routes);
        gateway->asyncapi = asyncapi_write(gateway->schema);
        gateway->client = client;
        gateway->settings.http.handle = handle;
        gateway->settings.http.represent = represent_response;
        gateway->settings.http.complete = complete;
        gateway->settings.http.upgraded = upgraded;
        gateway->settings.http.owner = gateway;
        gateway->signer = principal_signer_new(settings->principal_key);
        gateway->etag_hash = etag_hash_new();
        gateway->cors = cors_new(settings->cors_origins);
        gateway->rate_limit = rate_limit_new(&settings->rate, metrics);
        gateway->tickets = gateway->signer == NULL ? NULL : tickets_new(settings->principal_key);
        status result = STATUS_INVALID_ARGUMENT;
        if (gateway->signer == NULL)
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "PRINCIPAL_KEY must be base64 of 32 bytes\n");
        else if (gateway->cors == NULL)
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "CORS_ORIGINS: origins as browsers say them, separated by commas\n");
        else if (gateway->rate_limit == NULL)
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "TRUSTED_PROXIES, TRUSTED_PROXY_HEADER or REDIS_URL is not well formed\n");
        else
                result = tokens_start(gateway, metrics);
        if (result == STATUS_OK)
                result = start_sockets(gateway, metrics);
        if (result == STATUS_OK)
                result = http_start(&gateway->settings.http, &gateway->http);
        if (result != STATUS_OK) {
                if (gateway->sockets != NULL)
                        sockets_stop(gateway->sockets);
                gateway_free(gateway);
                return result;
        }
        *out = gateway;
        return STATUS_OK;
}

static void wait_until_idle(const struct gateway *gateway, int patience_ms)
{
        const struct timespec pause = {.tv_nsec = 5000000};
        int64_t end = clock_now_us() + (int64_t)patience_ms * 1000;
        while (meter_in_flight(gateway->meter) + atomic_load(&gateway->n_streams) > 0 && clock_now_us() < end)
                nanosleep(&pause, NULL);
}

void gateway_stop(struct gateway *gateway, int patience_ms)
{
        atomic_store(&gateway->is_draining, true);
        http_drain(gateway->http);
        sockets_stop(gateway->sockets); /* they leave before the client does, by which they ask */
        wait_until_idle(gateway, patience_ms);
        atomic_store(&gateway->is_closed, true);
        client_free(gateway->client); /* ends what is still under way, which resumes its connections */
        wait_until_idle(gateway, 1000);
        http_stop(gateway->http);
        gateway_free(gateway);
}

bool gateway_is_ready(const struct gateway *gateway)
{
        return !atomic_load(&gateway->is_draining);
}
