/* SPDX-License-Identifier: Apache-2.0 */
/* One call of a client, over one or several attempts. Private to the client.
 *
 * It is tried again, at most CLIENT_ATTEMPTS_MAX times in all and never past its deadline, when
 *   it was never sent                                   any method      elsewhere
 *   the answer says "not run" and UNAVAILABLE (leaving) any method      elsewhere
 *   the answer says "not run" and RESOURCE_EXHAUSTED    any method      elsewhere         out of the budget
 *   it was sent and the connection lost                 retry_safe only elsewhere, or here out of the budget
 *   the answer is UNAVAILABLE                           retry_safe only elsewhere         out of the budget
 * Everything else is the caller's to decide. */
#pragma once

#include "common/client.h"
#include "common/client_target.h"

enum { CLIENT_ATTEMPTS_MAX = 3, CLIENT_CALL_IDS = 4 /* each attempt has an id of its own: call_id + n */ };

/* Starts the call, which is counted in in the target's gauge already. `header` is complete; nothing of it or of `input`
 * is needed after the return. */
void client_call_start(struct client_target *target, Sfp__RequestHeader *header, const ProtobufCMessage *input,
        bool is_retry_safe, client_done done, void *arg);

/* Sends those that waited for the first look-up, whether or not it has found anything. */
void client_call_release(struct client_target *target);

/* Ends those that wait for the first look-up and whose time is over, or all. */
void client_call_expire(struct client_target *target, bool all);
