/* SPDX-License-Identifier: Apache-2.0 */
/* A moderation service that is served over the mesh, and svc-goals, which asks it. The first text of a Check is given
 * back as the verdict; "sleep <ms>" takes its time first. CheckContent refuses everything. */
#pragma once

#include "common/client.h"
#include "common/rpc_call.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <stdatomic.h>

#define CHECK "sfp.moderation.Moderation.Check"

enum { SECOND_US = 1000000, WORKERS = 4, QUEUE = 8 };

extern struct asked {
        struct kit kit;        /* its client calls as svc-moderation itself, which may not */
        struct server *server; /* NULL: a test has stopped it */
        struct client *goals;  /* calls as svc-goals, which may */
        const char *url;
        _Atomic int n_begun, n_ended; /* Checks */
} asked;

void asked_begin(void);
void asked_end(void);

/* A new call by svc-goals. Everything of the call before is gone. */
struct call *goals_call(int64_t deadline_us);

/* Starts a Check of the text, or waits for its reply as well. */
struct rpc_pending *begin(struct call *call, const char *text);
status ask(struct call *call, const char *text, ProtobufCMessage **out);

/* The verdict of a Check's reply. */
const char *verdict(const ProtobufCMessage *out);
