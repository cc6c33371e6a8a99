/* SPDX-License-Identifier: Apache-2.0 */
/* A request as it came from the wire, taken apart as far as who asks for what. Everything points into the message or
 * lives in the arena. */
#pragma once

#include "common/frame.h"
#include "common/schema.h"
#include "sfp/rpc.pb-c.h"

struct service;

struct request {
        struct frame frame;
        const Sfp__RequestHeader *header;
        const Sfp__Caller *caller;          /* as proven */
        const struct schema_method *method; /* NULL: there is none of that name */
};

enum { REQUEST_METHOD_SIZE = 128 };

/* The method that a header's first words name, and its length; "" where they name none that fits, or this is no
 * request. Nothing is proven and the rest may say something else: good for choosing the way to serve it, and no more.
 */
size_t request_peek(struct message *message, char method[REQUEST_METHOD_SIZE]);

/* INVALID_ARGUMENT for bytes that are no request; UNAUTHENTICATED when the caller is not proven (common/identity.h).
 * Quick enough for a thread of the transport. */
MUST_CHECK status request_read(
        const struct service *service, struct arena *arena, struct message *message, struct request *out);
