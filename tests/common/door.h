/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatch of a moderation service whose handlers are the test's own; requests and replies are blocks of bytes,
 * without sockets. A Check gives its first text back as the verdict. A CheckContent does what the content says:
 * "fail", "fail silently", "problem", "invalid", "huge"; anything else is allowed. */
#pragma once

#include "common/client.h"
#include "common/dispatch.h"
#include "common/identity.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#define CHECK         "sfp.moderation.Moderation.Check"
#define CHECK_CONTENT "sfp.moderation.Moderation.CheckContent"

enum { SECOND_US = 1000000 };

extern struct door {
        struct kit kit; /* its header and caller, a user, are the next request's */
        struct dispatch *dispatch;
        int n_run; /* handlers */
} door;

void door_begin(void);
void door_end(void);

/* The two handlers. */
extern const struct rpc fake_rpcs[];

/* Serves a request, which it takes; the reply is read as one of `method`. Whatever is sent is answered. */
struct client_reply serve_message(struct message *request, const char *method, int64_t waited_us);

/* A request with the kit's header and caller. */
struct client_reply serve(const char *method, const ProtobufCMessage *in);
struct client_reply serve_content(const char *content);

/* What may be no request at all. */
struct client_reply serve_bytes(const void *bytes, size_t size);

/* The reply is a failure with words; `problem` NULL: with any name. */
void assert_fails(struct client_reply reply, status code, const char *problem);

/* What the service has counted so far. */
const char *metrics_text(void);
