/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server in front. Reads requests whole, within limits, hands each over as an exchange, and sends the response
 * set in it. Nothing else in the gateway knows the library underneath. */
#pragma once

#include "gateway/exchange.h"

enum {
        HTTP_URI_MAX = 8 << 10,
        HTTP_HEADERS_MAX = 16 << 10, /* request line included */
        HTTP_DRAIN_MAX = 1 << 20,    /* of a body that is too large: read and thrown away so that its sender reads on */
};

struct http;
struct tls;

struct http_settings {
        const char *address; /* "127.0.0.1:8000"; port 0 takes a free one */
        struct tls *tls;     /* NULL: without; its certificate is the process's */
        unsigned threads;
        unsigned connections_max;
        unsigned connections_per_address_max; /* 0: no limit of its own */
        size_t body_max;
        unsigned timeout_s; /* of an idle connection, and for a request to arrive */

        /* A request has come. True: its response is set. False: http_suspend was called. */
        bool (*handle)(void *owner, struct exchange *exchange);
        /* A response is about to be sent: may change it. NULL: it is sent as it is. On a thread of the server's. */
        void (*represent)(void *owner, struct exchange *exchange);
        /* The response was an upgrade: takes the file descriptor and the handle, to be given back with http_let_go when
         * it is done with them. NULL: none is ever upgraded. On a thread of the server's: quick. */
        void (*upgraded)(void *owner, struct exchange *exchange, int fd, void *handle);
        /* The response was sent or its client is gone; a request that never came whole has response.code 0. The last
         * that is seen of an exchange. */
        void (*complete)(void *owner, struct exchange *exchange);
        void *owner;
};

/* INVALID_ARGUMENT or UNAVAILABLE when the address cannot be had; a line on stderr says why. */
MUST_CHECK status http_start(const struct http_settings *settings, struct http **out);

/* The address taken, such as "127.0.0.1:8000". */
const char *http_address(const struct http *http);

/* Ends an upgraded connection. It is none of connections_max, but under TLS. */
void http_let_go(int fd, void *handle);

/* Closes whoever comes at once, and each connection after its next response. */
void http_drain(struct http *http);

/* Closes everything. No exchange may be suspended. */
void http_stop(struct http *http);

/* From within `handle`: the response will come later. The request stays as it is, even if its client goes away, until
 * http_resume has sent it, which may be called from any thread and before `handle` returns. */
void http_suspend(struct exchange *exchange);
void http_resume(struct exchange *exchange);
