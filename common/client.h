/* SPDX-License-Identifier: Apache-2.0 */
/* Calling methods of other services. One client a process; it dials a service on its first call and keeps the
 * connection. */
#pragma once

#include "common/arena.h"
#include "common/message.h"
#include "common/metrics.h"
#include "common/schema.h"
#include "sfp/rpc.pb-c.h"

struct client;
struct identity;

/* Calls are made in the name of `identity`, which is kept. `address` is where services live: a NNG address with
 * {service} in place of the name, such as "ipc:///run/sfp/svc-{service}.ipc" or "tcp://svc-{service}:7000"; the
 * environment variable MESH_URL_<SERVICE> overrides it for one service. `address` is kept. */
struct client *client_new(const char *address, struct identity *identity, struct metrics *metrics);

/* Ends the calls under way as UNAVAILABLE. */
void client_free(struct client *client);

/* What comes back. `status` speaks for all; the rest is set only as far as the other side said it. Lives in the arena
 * given to client_reply_read. */
struct client_reply {
        status status;
        const Sfp__ReplyHeader *header; /* NULL when no reply came */
        ProtobufCMessage *payload;      /* the method's output; NULL unless STATUS_OK */
};

/* Called once with the raw reply, which the callee frees, or with NULL and why. On a thread of the transport: it must
 * not block. */
typedef void (*client_done)(void *arg, status code, struct message *reply);

/* Starts a call at the service `target`, or with NULL at the method's own. `header` names everything but the method,
 * which is filled in here; its deadline_us bounds the call. */
void client_start(struct client *client, const char *target, const struct schema_method *method,
        Sfp__RequestHeader *header, const ProtobufCMessage *input, client_done done, void *arg);

/* Takes a raw reply apart into the arena and frees it. Garbage becomes STATUS_INTERNAL. */
void client_reply_read(struct arena *arena, const struct schema_method *method, status code, struct message *reply,
        struct client_reply *out);

/* Counts a call that ended without a reply; for whoever waits for it. */
void client_count_lost(struct client *client);
