/* SPDX-License-Identifier: Apache-2.0 */
#include "common/server.h"

#include "common/clock.h"
#include "common/dispatch.h"
#include "common/kit_parts.h"
#include "common/lane.h"
#include "common/metrics.h"
#include "common/reply.h"
#include "common/request.h"
#include "common/running.h"
#include "common/transport.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_US = 5000 };

struct server {
        struct service *service;
        struct server_settings settings;
        struct dispatch *dispatch;
        struct running *running;
        struct lane *calls;
        struct lane *control;
        struct transport_listener *listener;
        struct metric *draining;
        int64_t started_us;
        _Atomic bool is_draining;
};

static bool is_control(struct message *message)
{
        char method[REQUEST_METHOD_SIZE];
        return kit_part_is_control(method, request_peek(message, method));
}

static void turn_away(struct server *server, struct transport_request *request, struct message *message)
{
        metric_add(server->draining, 1);
        message_free(message);
        transport_reply(request, reply_turn_away(STATUS_UNAVAILABLE, "this instance is about to leave"));
}

static void on_request(void *owner, struct transport_request *request, struct message *message)
{
        struct server *server = owner;
        if (is_control(message)) {
                lane_put(server->control, request, message);
                return;
        }
        if (atomic_load_explicit(&server->is_draining, memory_order_relaxed)) {
                turn_away(server, request, message);
                return;
        }
        struct message *reply = dispatch_at_once(server->dispatch, message);
        if (reply == NULL) {
                lane_put(server->calls, request, message);
                return;
        }
        message_free(message);
        transport_reply(request, reply);
}

static void start_lanes(struct server *server)
{
        const struct server_settings *settings = &server->settings;
        const struct lane_settings calls = {
                .name = "calls",
                .queue = settings->queue,
                .workers = settings->workers,
                .database_url = settings->database_url,
                .query_timeout_us = settings->query_timeout_us,
        };
        const struct lane_settings control = {
                .name = "control", .queue = SERVER_CONTROL_QUEUE, .workers = SERVER_CONTROL_WORKERS};
        server->calls = lane_start(&calls, server->dispatch, server->service->metrics);
        server->control = lane_start(&control, server->dispatch, server->service->metrics);
}

static void server_free(struct server *server)
{
        if (server->calls != NULL) {
                lane_free(server->calls);
                lane_free(server->control);
        }
        dispatch_free(server->dispatch);
        running_free(server->running);
        free(server);
}

static int contexts_of(const struct server_settings *settings)
{
        int held = settings->queue + settings->workers + SERVER_CONTROL_QUEUE + SERVER_CONTROL_WORKERS;
        int least = held + SERVER_CONTEXTS_SPARE;
        return settings->contexts > least ? settings->contexts : least;
}

/* Handlers find their server through the service, from the first request on. */
static status listen_as(struct server *server)
{
        struct service *service = server->service;
        struct server *before = service->server;
        struct running *running_before = service->running;
        service->server = server;
        service->running = server->running;
        status result = transport_listen(
                server->settings.url, contexts_of(&server->settings), on_request, server, &server->listener);
        if (result != STATUS_OK) {
                service->server = before;
                service->running = running_before;
        }
        return result;
}

status server_start(struct service *service, const struct server_settings *settings, struct server **out)
{
        struct server *server = calloc(1, sizeof *server);
        if (server == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        server->service = service;
        server->settings = *settings;
        server->started_us = clock_now_us();
        server->running = running_new(2 * (settings->workers + SERVER_CONTROL_WORKERS + TRANSPORT_THREADS_MAX));
        server->draining =
                metrics_counter(service->metrics, "sfp_rpc_refused_total", "lane=\"calls\",reason=\"draining\"",
                        "Requests refused before any work: no room in line, a line that stands, or leaving.");
        server->dispatch = dispatch_new(service);
        if (server->dispatch == NULL) {
                server_free(server);
                return STATUS_INTERNAL;
        }
        start_lanes(server);
        status result = listen_as(server);
        if (result != STATUS_OK) {
                lane_finish(server->calls);
                lane_finish(server->control);
                server_free(server);
                return result;
        }
        *out = server;
        return STATUS_OK;
}

void server_drain(struct server *server)
{
        atomic_store(&server->is_draining, true);
}

static bool is_idle(const struct server *server)
{
        return lane_waiting(server->calls) + lane_busy(server->calls) == 0;
}

void server_leave(struct server *server, int patience_ms, int linger_ms)
{
        int64_t begun_us = clock_now_us();
        server_drain(server);
        while (!is_idle(server) && clock_now_us() < begun_us + patience_ms * 1000LL)
                usleep(POLL_US);
        running_cancel_all(server->running);
        while (clock_now_us() < begun_us + linger_ms * 1000LL)
                usleep(POLL_US);
}

void server_stop(struct server *server, int patience_ms)
{
        server_drain(server);
        lane_finish(server->calls);   /* what is in line is still served; what comes now is refused */
        lane_finish(server->control); /* last: who waits for the rest may still ask how it goes */
        transport_stop(server->listener, patience_ms);
        server->service->server = NULL;
        server->service->running = NULL;
        server_free(server);
}

bool server_is_serving(const struct server *server)
{
        const struct server_settings *settings = &server->settings;
        return !atomic_load(&server->is_draining) &&
               (settings->is_ready == NULL || settings->is_ready(settings->owner));
}

void server_read_stats(const struct server *server, struct server_stats *out)
{
        *out = (struct server_stats){
                .uptime_us = clock_now_us() - server->started_us,
                .waiting = lane_waiting(server->calls),
                .workers = server->settings.workers,
                .busy = lane_busy(server->calls),
        };
        out->in_flight = out->waiting + out->busy + lane_waiting(server->control) + lane_busy(server->control);
}
