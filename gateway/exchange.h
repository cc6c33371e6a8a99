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

struct gateway;

enum header {
#define HEADER(id, name) HEADER_##id,
#include "gateway/header.def"
#undef HEADER
        HEADER_COUNT
};

enum { REQUEST_ID_SIZE = 65 };

struct request {
        const char *verb;
        const char *path;                  /* as sent: undecoded, without the query */
        const char *query;                 /* as sent, without the question mark; NULL: none */
        const char *headers[HEADER_COUNT]; /* NULL: not sent */
        const char *body;
        size_t body_size;
        enum problem fault; /* what http.c found wrong with it; nothing else of it is to be relied on then */
};

/* Text lives in the arena or for ever. */
struct response {
        int code; /* 0: there is no response yet */
        const char *content_type;
        const char *body; /* NULL: none */
        size_t body_size;
        const char *location;
        const char *etag;
        const char *allow;
        const char *challenge; /* WWW-Authenticate */
        uint32_t retry_after_s;
        bool is_replay; /* Idempotent-Replay */
        /* With code 101: the answer to the client's key, and who takes the connection over. */
        const char *upgrade_accept;
        const Sfp__Caller *upgrade_caller;
        int64_t upgrade_expires_at;
};

struct exchange {
        struct arena *arena;
        struct gateway *gateway;
        struct request request;
        struct response response;
        struct route_match match;
        uint64_t expected_version; /* from If-Match; 0: any */
        char request_id[REQUEST_ID_SIZE];
        struct trace trace;
        int64_t started_us;
        bool is_admitted; /* counted among the requests in flight */
        struct exchange_link {
                struct http *http;
                void *connection;
                bool has_head;
                size_t received;
                struct buffer body;
                struct exchange *next; /* in the list of spare ones */
        } link;                        /* http.c's own */
};
