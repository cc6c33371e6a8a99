/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way to its response. It belongs to one thread at a time: the HTTP thread that read the request,
 * the mesh thread that got the reply, and the HTTP thread again. Everything made for it lives in its arena. */
#pragma once

#include "common/buffer.h"
#include "common/status.h"
#include "common/trace.h"
#include "common/uuid.h"
#include "gateway/route.h"
#include "sfp/rpc.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct gateway;

enum header {
#define HEADER(id, name) HEADER_##id,
#include "gateway/header.def"
#undef HEADER
        HEADER_COUNT
};

enum { REQUEST_ID_SIZE = 65, EXCHANGE_HEADERS_MAX = 24 };

struct json_mask;
struct sockaddr;

struct request {
        const char *verb;
        const char *path;                  /* as sent: undecoded, without the query */
        const char *query;                 /* as sent, without the question mark; NULL: none */
        const char *headers[HEADER_COUNT]; /* NULL: not sent */
        const char *body;
        size_t body_size;
        size_t body_max;             /* that it may have, decoded */
        const struct sockaddr *peer; /* who is connected; NULL: not known */
        bool is_encrypted;
        enum problem fault; /* what http.c found wrong with it; nothing else of it is to be relied on then */
};

/* What comes by and by, in place of a body. On the thread of the connection. */
struct source {
        /* Puts at most `max` bytes there and returns how many, at least one, or one of those below. NULL: there is no
         * source. */
        ssize_t (*read)(void *owner, char *out, size_t max);
        /* Nobody reads it any more. */
        void (*leave)(void *owner);
        void *owner;
};

enum {
        SOURCE_LATER = 0,   /* nothing yet: http_suspend was called, and http_resume has it read again */
        SOURCE_END = -1,    /* that was all */
        SOURCE_BROKEN = -2, /* there will be no end: the connection is cut off */
};

/* Text lives in the arena or for ever. */
struct response {
        int code; /* 0: there is no response yet */
        const char *content_type;
        const char *body; /* NULL: none */
        size_t body_size;
        struct source source;
        const char *location;
        const char *etag;
        const char *allow;
        const char *challenge; /* WWW-Authenticate */
        uint32_t retry_after_s;
        bool is_replay;             /* Idempotent-Replay */
        const char *link;           /* Link */
        const char *content_policy; /* Content-Security-Policy of a page; NULL: nothing is allowed */
        /* With code 101: the answer to the client's key, and who takes the connection over. */
        const char *upgrade_accept;
        const Sfp__Caller *upgrade_caller;
        int64_t upgrade_expires_at;
        bool has_place; /* among the sockets, until somebody takes the connection over */
};

/* What a rate limit says about the request. */
struct rate_note {
        const char *policy; /* NULL: it was not counted */
        int64_t quota, left;
        uint32_t window_s, wait_s; /* of the quota; until more is left */
};

struct exchange {
        struct arena *arena;
        struct gateway *gateway;
        struct request request;
        struct response response;
        struct route_match match;
        const char *roles_wanted;       /* with FORBIDDEN for lack of a role: those of which one is needed; else NULL */
        uint64_t expected_version;      /* from If-Match; 0: any */
        const struct json_mask *fields; /* what of the answer is wanted; NULL: all */
        struct rate_note rate;
        size_t n_headers;
        struct exchange_header {
                const char *name, *value;
        } headers[EXCHANGE_HEADERS_MAX]; /* of the response, beside those it has fields for */
        char request_id[REQUEST_ID_SIZE];
        struct trace trace;
        int64_t started_us;
        bool is_admitted; /* counted among the requests in flight */
        struct exchange_link {
                struct http *http;
                void *connection;
                const char *uri_end; /* of the address as the library has it */
                bool has_head;
                size_t received;
                struct buffer body;
                struct exchange *next; /* in the list of spare ones */
        } link;                        /* http.c's own */
};

/* Adds a header to the response; both texts live in the arena or for ever. More than EXCHANGE_HEADERS_MAX are our
 * mistake.
 */
void exchange_add_header(struct exchange *exchange, const char *name, const char *value);
