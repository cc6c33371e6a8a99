/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a request through the gateway: route, authenticate, bind, relay, respond. */
#pragma once

#include "common/client.h"
#include "common/principal.h"
#include "gateway/cors.h"
#include "gateway/exchange.h"
#include "gateway/http.h"
#include "gateway/jwt.h"
#include "gateway/meter.h"
#include "gateway/rate_limit.h"
#include "gateway/ticket.h"

#include <stdatomic.h>

struct gateway_settings {
        struct http_settings http; /* all but what calls back */
        /* As jwt_settings and key_source_settings; NULL is "". */
        const char *jwt_secret, *jwt_issuer, *jwt_audience;
        bool jwt_access_tokens_only;
        const char *jwks_file, *jwks_url, *jwks_authority;
        int64_t jwks_refresh_ms;
        const char *principal_key; /* as principal_signer_new */
        int64_t requests_max;      /* in flight */
        int64_t call_deadline_ms;
        int64_t sockets_max;
        const char *socket_origins; /* as origin_is_welcome */
        const char *events_address; /* as sockets_settings */
        const char *cors_origins;   /* as cors_new */
        struct rate_settings rate;
        struct tracer *tracer; /* of whoever starts it; outlives it. NULL: no traces */
};

struct gateway {
        struct gateway_settings settings;
        struct schema *schema;
        struct routes *routes;
        struct key_source *keys; /* NULL: tokens are signed with the secret only */
        struct jwt *jwt;
        struct principal_signer *signer;
        struct meter *meter;
        struct rate_limit *rate_limit;
        struct cors *cors;
        struct etag_hash *etag_hash;
        struct client *client;
        struct http *http;
        struct tickets *tickets;
        struct sockets *sockets;
        const struct metrics *metrics;
        char *openapi; /* the documents */
        char *asyncapi;
        atomic_int n_streams;    /* whose clients read */
        atomic_bool is_draining; /* still answers, but is not ready for more */
        atomic_bool is_closed;   /* starts no more calls */
};

/* Starts serving, and takes the client. INVALID_ARGUMENT or UNAVAILABLE with a line on stderr when it cannot; the
 * client is not taken then. */
MUST_CHECK status gateway_start(
        const struct gateway_settings *settings, struct metrics *metrics, struct client *client, struct gateway **out);

/* Takes no new connections, lets what is under way finish for at most `patience_ms`, ends the rest, and frees all. */
void gateway_stop(struct gateway *gateway, int patience_ms);

bool gateway_is_ready(const struct gateway *gateway);
