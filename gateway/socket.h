/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket (RFC 6455) of one person: a listener that can be spoken to.
 *
 *      client  resume {last_seq}, ack {seq}, subscribe {topics[]}, ping
 *      server  pong, and what every listener hears */
#pragma once

#include "gateway/listener.h"

enum {
        SOCKET_MESSAGE_MAX = 4 << 10,  /* bytes of a client's message */
        SOCKET_QUEUED_MAX = 256 << 10, /* bytes that wait for a slow reader */
        SOCKET_HEARTBEAT_MS = 25000,
        SOCKET_IDLE_MS = 75000,    /* without a word, not even a pong */
        SOCKET_FAREWELL_MS = 5000, /* how long a client may take to answer a close */
        SOCKET_READS_MAX = 16,     /* at a time, before others have their turn */
        SOCKET_PACE = 40,          /* messages and pings a client may send in SOCKET_PACE_MS */
        SOCKET_PACE_MS = 10000,
};

struct schema;

/* What carries the bytes: a file descriptor that does not block, and how to give it back. */
struct socket_line {
        int fd;
        void *handle;
        void (*let_go)(int fd, void *handle);
};

/* Takes the line, and lets it go when it is freed. `caller` is copied; `expires_at`: of the token, in seconds since
 * 1970. NULL when there is no memory; the line is not taken then. */
struct listener *socket_new(
        const struct schema *schema, const struct socket_line *line, const Sfp__Caller *caller, int64_t expires_at);
