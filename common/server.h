/* SPDX-License-Identifier: Apache-2.0 */
/* Serves a service's methods on the mesh. Its own methods go through one lane (common/lane.h); what the kit answers
 * about the server itself (health, reflection, admin) through another, so that it is answered also when every worker
 * stands still and the line is full. More requests are taken from the wire than both lanes hold, so that also what is
 * too much gets an answer. */
#pragma once

#include "common/service.h"

struct server;

enum {
        SERVER_CONTROL_QUEUE = 64,
        SERVER_CONTROL_WORKERS = 1,
        SERVER_CONTEXTS_SPARE = 32, /* taken from the wire only to be refused */
};

struct server_settings {
        const char *url; /* where to listen */
        int contexts;    /* requests taken from the wire at a time; raised to what the lanes hold and some */
        int queue;       /* requests waiting for a worker; over that they are refused */
        int workers;
        const char *database_url; /* NULL: no database */
        int64_t query_timeout_us;
        bool (*is_ready)(void *owner); /* asked by Health.Check, on any thread; must be quick. NULL: always */
        void *owner;
};

/* Starts to serve, and makes itself known as service->server. INTERNAL when the tables and the descriptor do not agree
 * (a line in the log says where); otherwise as transport_listen. */
MUST_CHECK status server_start(struct service *service, const struct server_settings *settings, struct server **out);

/* From now on new calls are answered UNAVAILABLE and not run, and Health says NOT_SERVING. What has come is served.
 * Waits for nothing; cannot be undone. */
void server_drain(struct server *server);

/* Drains, waits at most `patience_ms` until what runs has ended and cancels the rest, and goes on refusing for
 * `linger_ms` in all, so that callers who ask now and then learn to ask elsewhere. */
void server_leave(struct server *server, int patience_ms, int linger_ms);

/* Drains, finishes what runs, sends the replies (for at most `patience_ms`), frees. */
void server_stop(struct server *server, int patience_ms);

/* Neither draining nor unready. */
bool server_is_serving(const struct server *server);

struct server_stats {
        int64_t uptime_us;
        int waiting;
        int workers;
        int busy;
        int in_flight; /* in line or being served, in both lanes */
};
void server_read_stats(const struct server *server, struct server_stats *out);
