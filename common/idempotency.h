/* SPDX-License-Identifier: Apache-2.0 */
/* One effect for one Idempotency-Key, kept by the kit so that no handler knows of it. The key's row is written in the
 * transaction of the effect, with a hash of the request and, at the end, the sealed answer; the same request is
 * answered from it for IDEMPOTENCY_LIFE. A failure leaves no row: the client may try again. */
#pragma once

#include "common/call.h"
#include "common/frame.h"

#define IDEMPOTENCY_LIFE "24 hours" /* as PostgreSQL reads it */

/* Does this call have a key to be kept? Only methods with a transaction and an idempotency rule do. */
bool idempotency_applies(const struct call *call);

/* Before the handler. Takes the key, or finds the answer of the first time: then *is_replay and `out` are set, and the
 * handler is not to run. ALREADY taken by another request: IDEMPOTENCY_MISMATCH; by one still running:
 * IDEMPOTENCY_IN_FLIGHT; a method that demands a key and has none: IDEMPOTENCY_KEY_REQUIRED. */
MUST_CHECK status idempotency_begin(
        struct call *call, const struct frame *frame, ProtobufCMessage **out, bool *is_replay);

/* After the handler's success, in the same transaction: keeps the answer. */
MUST_CHECK status idempotency_finish(struct call *call, const ProtobufCMessage *out);

/* How the table knows a person. */
ProtobufCBinaryData idempotency_principal(struct call *call, const char *user_id);

/* A task: forgets keys past their life. */
status idempotency_sweep(struct call *call);
