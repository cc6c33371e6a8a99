/* SPDX-License-Identifier: Apache-2.0 */
/* Serves a service's methods on the mesh: receive contexts, one bounded queue, workers. A worker owns an arena and a
 * database connection and runs handlers one after the other; replies leave by themselves. */
#pragma once

#include "common/service.h"

struct server;

struct server_settings {
        const char *url; /* where to listen */
        int contexts;    /* requests taken from the wire at a time */
        int queue;       /* requests waiting for a worker; over that they are refused */
        int workers;
        const char *database_url; /* NULL: no database */
        int64_t query_timeout_us;
};

/* Starts to serve. INTERNAL when the tables and the descriptor do not agree (a line in the log says where); otherwise
 * as transport_listen. */
MUST_CHECK status server_start(struct service *service, const struct server_settings *settings, struct server **out);

/* Takes no more requests, finishes what runs, sends the replies, frees. Waits at most `patience_ms`. */
void server_stop(struct server *server, int patience_ms);
