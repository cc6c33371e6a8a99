/* SPDX-License-Identifier: Apache-2.0 */
/* Hands a request on to the service of its route, and the reply back. */
#pragma once

#include "gateway/exchange.h"
#include "sfp/rpc.pb-c.h"

/* Starts the call of exchange->match.route and suspends the connection until the response is written. The exchange is
 * out of the caller's hands afterwards. */
void relay_start(struct exchange *exchange, const Sfp__Caller *caller, const ProtobufCMessage *input);

/* The header of a call made for this exchange. */
Sfp__RequestHeader *relay_header(struct exchange *exchange, const Sfp__Caller *caller);
