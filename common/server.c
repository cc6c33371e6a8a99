/* SPDX-License-Identifier: Apache-2.0 */
/* A request is always answered: by a worker, or at once when the line is full. */
#include "common/server.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/dispatch.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/queue.h"
#include "common/transport.h"

#include <pthread.h>
#include <stdlib.h>

enum { WORKER_STACK = 256 << 10, ARENA_LIMIT = 24 << 20 };

struct server {
        struct service *service;
        struct server_settings settings;
        struct dispatch *dispatch;
        struct queue *queue;
        struct transport_listener *listener;
        struct metric *refused;
        pthread_t *workers;
        int n_workers;
};

static void on_request(void *owner, struct transport_request *request, struct message *message)
{
        struct server *server = owner;
        struct message *kept = dispatch_recall(server->dispatch, message);
        if (kept != NULL) {
                message_free(message);
                transport_reply(request, kept);
                return;
        }
        const struct job job = {request, message, clock_now_us()};
        if (queue_put(server->queue, &job))
                return;
        metric_add(server->refused, 1);
        message_free(message);
        transport_reply(request, dispatch_refuse(STATUS_RESOURCE_EXHAUSTED, "too many requests are waiting"));
}

static void *work(void *arg)
{
        struct server *server = arg;
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct db *db = server->settings.database_url == NULL
                                ? NULL
                                : db_new(server->settings.database_url, server->settings.query_timeout_us);
        struct job job;
        while (queue_take(server->queue, &job)) {
                struct message *reply =
                        dispatch_serve(server->dispatch, arena, db, job.message, clock_now_us() - job.arrived_us);
                message_free(job.message);
                transport_reply(job.request, reply);
                arena_reset(arena);
        }
        db_free(db);
        arena_free(arena);
        return NULL;
}

static void start_workers(struct server *server)
{
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, WORKER_STACK);
        server->workers = calloc((size_t)server->settings.workers, sizeof *server->workers);
        for (int i = 0; i < server->settings.workers; i++)
                if (pthread_create(&server->workers[i], &attributes, work, server) == 0)
                        server->n_workers++;
        pthread_attr_destroy(&attributes);
}

static void finish_workers(struct server *server)
{
        queue_close(server->queue);
        for (int i = 0; i < server->n_workers; i++)
                pthread_join(server->workers[i], NULL);
}

static void server_free(struct server *server)
{
        dispatch_free(server->dispatch);
        queue_free(server->queue);
        free(server->workers);
        free(server);
}

status server_start(struct service *service, const struct server_settings *settings, struct server **out)
{
        struct server *server = calloc(1, sizeof *server);
        if (server == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        server->service = service;
        server->settings = *settings;
        server->queue = queue_new(settings->queue);
        server->refused = metrics_counter(
                service->metrics, "sfp_rpc_refused_total", "", "Requests refused because too many were waiting.");
        server->dispatch = dispatch_new(service);
        if (server->dispatch == NULL) {
                server_free(server);
                return STATUS_INTERNAL;
        }
        start_workers(server);
        status result = transport_listen(settings->url, settings->contexts, on_request, server, &server->listener);
        if (result != STATUS_OK) {
                finish_workers(server);
                server_free(server);
                return result;
        }
        *out = server;
        return STATUS_OK;
}

void server_stop(struct server *server, int patience_ms)
{
        finish_workers(server); /* what is in line is still served; what comes now is refused */
        transport_stop(server->listener, patience_ms);
        server_free(server);
}
