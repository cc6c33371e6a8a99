/* SPDX-License-Identifier: Apache-2.0 */
/* One stream of server-sent events (text/event-stream) of one person: a listener that is only spoken to. Each thing
 * said is an event without a name, its data the same JSON as over a WebSocket, its id the position that a client sends
 * back as Last-Event-ID.
 *
 * It stands between two threads: that of sockets.c says, an HTTP thread reads when its client can take more. It lives
 * until both have left it. */
#pragma once

#include "gateway/exchange.h"
#include "gateway/listener.h"

enum {
        STREAM_QUEUED_MAX = 256 << 10, /* bytes that wait for a slow reader */
        STREAM_HEARTBEAT_MS = 15000,   /* a comment, so that nobody between takes it for dead */
        STREAM_RETRY_MS = 3000,        /* when a client that lost it asks again */
        STREAM_RESTART_MS = 10000,     /* at the latest, after a restart: not all at once */
};

/* As listener_init. The reader has what is held for http.c: it suspends `exchange` when there is nothing to read. */
struct listener *stream_new(struct exchange *exchange, const Sfp__Caller *caller, int64_t expires_at);

/* What http.c reads, and lets go. */
struct source stream_source(struct listener *listener);
