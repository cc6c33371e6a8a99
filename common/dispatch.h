/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a request to the bytes of its reply: checks who asks and what, runs the handler in its transaction,
 * and says how it went. Knows no sockets and no threads. */
#pragma once

#include "common/message.h"
#include "common/service.h"

struct db;
struct dispatch;

/* Pairs every method of the service's descriptor with its handler. NULL when a method has none, a handler has no
 * method, or their types differ (a line in the log says which). */
struct dispatch *dispatch_new(struct service *service);
void dispatch_free(struct dispatch *dispatch);

/* Serves one request. `waited_us` is how long it has stood in line, taken from its deadline. `db` may be NULL. Takes
 * nothing, keeps nothing; everything made is in `arena`, which the caller resets. The reply is never NULL but when
 * memory is out. */
struct message *dispatch_serve(const struct dispatch *dispatch, struct arena *arena, struct db *db,
        struct message *request, int64_t waited_us);

/* The reply to a request that needs no worker: its answer is kept, or its method is prompt (options.proto) and it is
 * short. NULL: dispatch_serve has to make it. Quick enough for a thread of the transport. */
struct message *dispatch_at_once(const struct dispatch *dispatch, struct message *request);
