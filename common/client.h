/* SPDX-License-Identifier: Apache-2.0 */
/* Calling methods of other services. One client a process. A service is looked up on the first call to it and watched
 * from then on: its endpoints are found again every few seconds, asked for their health, left out while they fail, and
 * chosen among by how much they have to do (common/client_target.h). What was certainly not carried out is tried
 * elsewhere, what may have been only when the method is safe to repeat (common/client_call.h). */
#pragma once

#include "common/arena.h"
#include "common/message.h"
#include "common/metrics.h"
#include "common/schema.h"
#include "sfp/rpc.pb-c.h"

struct client;
struct identity;

enum { CLIENT_IN_FLIGHT_MAX = 256 }; /* the default */

struct client_settings {
        /* Where services are: NNG addresses with {service} in place of the name, such as
         * "ipc:///run/sfp/svc-{service}.ipc" or "tcp://svc-{service}:7000" (common/endpoints.h); the environment
         * variable MESH_URL_<SERVICE> overrides it for one service. Kept. */
        const char *address;
        struct identity *identity; /* in whose name calls are made. Kept */
        int in_flight_max;         /* calls to one service at a time; more fail at once */
};

struct client *client_new(const struct client_settings *settings, struct metrics *metrics);

/* Ends the calls under way as UNAVAILABLE. No call is being started. NULL is allowed. */
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

/* Starts a call at the service `target`, or with NULL at the method's own; returns the id under which it may be
 * cancelled. `header` names everything but the method and the id, which are filled in here; its deadline_us bounds the
 * call, however often it is tried. RESOURCE_EXHAUSTED: too large, or too many calls to this service are under way. */
uint64_t client_start(struct client *client, const char *target, const struct schema_method *method,
        Sfp__RequestHeader *header, const ProtobufCMessage *input, client_done done, void *arg);

/* Tells the service that nobody waits for this call any more. The call still ends through its `done`. Waits for nothing
 * and promises nothing. */
void client_cancel(struct client *client, const char *target, const struct schema_method *method, uint64_t call_id);

/* Takes a raw reply apart into the arena and frees it. Garbage becomes STATUS_INTERNAL. */
void client_reply_read(struct arena *arena, const struct schema_method *method, status code, struct message *reply,
        struct client_reply *out);
