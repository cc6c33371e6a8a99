/* SPDX-License-Identifier: Apache-2.0 */
/* A method that the kit serves inside of every service is asked at every service at once, and the answers are joined.
 * Which services there are is known from the protos. */
#pragma once

#include "gateway/exchange.h"
#include "sfp/rpc.pb-c.h"

enum { FAN_OUT_MAX = 32 }; /* services */

/* Is the method one of the kit's? */
bool fan_out_applies(const struct schema_method *method);

/* As relay_start, but to all services. Who does not answer is named in the reply's field `unanswered`, and `complete`
 * is false then; when nobody answers, the first failure is the response. */
void fan_out_start(struct exchange *exchange, const Sfp__Caller *caller, const ProtobufCMessage *input);

/* Joins another answer to `into`, both of one type: lists are appended, whole numbers added, and a boolean is true when
 * it is in both; what only one has is taken over. Texts stay as they are. */
void fan_out_join(struct arena *arena, ProtobufCMessage *into, const ProtobufCMessage *from);
