/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the mesh and of the database stand on: addresses of their own, a service with the parts that calls
 * need, a call in it, and somebody who waits for an asynchronous answer. Whatever fails in here ends the test. */
#pragma once

#include "common/endpoints.h"
#include "common/message.h"
#include "common/service.h"

#include <pthread.h>

struct kit {
        struct arena *arena;
        char directory[32]; /* of the test's own; for sockets */
        struct service_definition definition;
        struct keyring *keys; /* of the service, unless the test gives it others */
        struct service service;
        Sfp__Caller caller;
        Sfp__RequestHeader header;
        struct call call;
        char schema[32];
        char *database_url; /* of a schema of its own, which kit_close drops; NULL before kit_database */
};

/* A service called `name` with these handlers (NULL: none); its other methods, if it has some, are unimplemented. */
void kit_open(struct kit *kit, const char *name, const struct rpc *const *tables);
void kit_close(struct kit *kit);

/* Handlers for all methods of the kit's service but those in `tables`: they answer UNIMPLEMENTED. */
const struct rpc *kit_rest(struct kit *kit, const struct rpc *const *tables);

/* Addresses nobody listens on yet. */
char *kit_ipc_url(struct kit *kit);
char *kit_tcp_url(struct kit *kit);

/* An address as what a dialer takes. */
struct endpoint kit_endpoint(const char *url);

/* A client of the mesh in the name of a service. `address` and `name` are kept. */
struct client *kit_client(struct kit *kit, const char *address, const char *name);

/* Connects as a stranger who does not know the mesh; the socket. */
int kit_connect(const char *url);

/* A request of kit->header's method by kit->caller, whom the gateway vouches for, packed as it would travel. */
struct message *kit_request(struct kit *kit, const ProtobufCMessage *in);

/* Makes kit->call a new call of `method` (full name, or NULL) by a user through the gateway. Everything of the call
 * before is gone. */
struct call *kit_call(struct kit *kit, const char *method, int64_t deadline_us);

/* Makes an empty schema in the database that SFP_DATABASE_URL names. */
void kit_database(struct kit *kit);

/* Runs SQL there on a connection apart, in simple form, and gives the first column of the first row ("" without). */
char *kit_sql(struct kit *kit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs a statement there from any thread, such as a handler's. */
void kit_sql_aside(const struct kit *kit, const char *sql);

/* Takes the end of one asynchronous call; may be used again. */
struct answer {
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool is_done;
        status status;
        bool was_sent; /* of a call of the transport */
        struct message *reply;
};
#define ANSWER_INIT                                                                                                    \
        {                                                                                                              \
                .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER                                \
        }

/* Fits client_done; `arg` is the answer. */
void answer_take(void *arg, status code, struct message *reply);

/* Fits transport_done, likewise. */
void answer_take_sent(void *arg, status code, bool was_sent, struct message *reply);

/* Waits for it. The reply is the caller's. */
status answer_wait(struct answer *answer, struct message **reply);
