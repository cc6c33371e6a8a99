/* SPDX-License-Identifier: Apache-2.0 */
/* Replicas of one service in the test's own process, and somebody who calls them. The service is svc-moderation with
 * handlers that do as they are told: the first text of a Check is
 *   "sleep MS"   takes so long, whoever waits for it
 *   "nap MS"     takes so long, or until the caller no longer waits: then CANCELLED
 *   "fail N"     fails with status N
 * and anything else is answered at once. The verdict is the replica's name. */
#pragma once

#include "common/client.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"

#include <stdatomic.h>

#define CHECK "sfp.moderation.Moderation.Check"

struct replica {
        const char *name;
        const char *url;
        struct service service;
        struct server *server; /* NULL: it is down */
        _Atomic int n_begun;
        _Atomic int n_ended;
        _Atomic int n_cancelled;
        _Atomic bool is_unready;
};

enum { REPLICA_WORKERS = 4, REPLICA_QUEUE = 32 };

/* `name` and `url` are kept. A replica that was stopped may be started again. */
void replica_start(struct replica *replica, struct kit *kit, const char *name, const char *url);
void replica_stop(struct replica *replica);

/* The tables of such a service, for kit_open. */
extern const struct rpc *const replica_tables[];

/* Someone who calls, in the name that its client has; one a thread. */
struct asker {
        struct arena *arena;
        struct service service;
        Sfp__RequestHeader header;
        Sfp__Caller caller;
        struct call call;
};

void asker_open(struct asker *asker, struct kit *kit, struct client *client);
void asker_close(struct asker *asker);

/* A new call of its own; everything of the one before is gone. */
struct call *asker_call(struct asker *asker, int64_t deadline_us);

/* Asks within a new call. `who`, which may be NULL, gets the name of the replica that answered. */
status asker_ask(struct asker *asker, const char *text, int64_t deadline_us, const char **who);

/* The request with this text, in the arena. */
Moderation__CheckRequest *check_request(struct arena *arena, const char *text);

/* Does the metrics' text hold this line? */
bool metrics_have(struct kit *kit, const char *line);
