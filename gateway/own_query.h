/* SPDX-License-Identifier: Apache-2.0 */
/* The query of a route that the gateway answers itself, as a message with rules. */
#pragma once

#include "gateway/exchange.h"

/* Fills `message`, which its type's init has made. False: what is wrong with the query is the response. */
bool own_query_read(struct exchange *exchange, ProtobufCMessage *message);
