/* SPDX-License-Identifier: Apache-2.0 */
/* Calling another service from a handler: the caller, the trace and what is left of the deadline go along. */
#pragma once

#include "common/call.h"

/* Calls "sfp.anonymize.Anonymize.CleanText" and waits. On success *out is the reply, in the call's arena. On failure
 * what the other side said is recorded in `call` and its status returned; out of reach is STATUS_UNAVAILABLE. */
MUST_CHECK status rpc_call(struct call *call, const char *method, const ProtobufCMessage *in, ProtobufCMessage **out);

/* The same at a service named apart, for what every service answers (common/kit_parts.h). */
MUST_CHECK status rpc_call_at(
        struct call *call, const char *target, const char *method, const ProtobufCMessage *in, ProtobufCMessage **out);

/* The same in two steps, so that several calls run at once. `target` NULL: the method's own service. The pending call
 * is the call's: one that is never waited for is cancelled when the handler has returned. */
struct rpc_pending;
struct rpc_pending *rpc_start(struct call *call, const char *target, const char *method, const ProtobufCMessage *in);

/* Waits once for a pending call, at most until the deadline. CANCELLED when our own caller no longer waits: the other
 * side is told. */
MUST_CHECK status rpc_wait(struct call *call, struct rpc_pending *pending, ProtobufCMessage **out);

/* Tells the other side that its answer is not wanted. Nothing may be waited for then. */
void rpc_cancel(struct call *call, struct rpc_pending *pending);
