/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of every response, just before it is sent: how the client wants it. What is still good at the client is
 * answered 304, what it does not want is left out, what it takes smaller is made smaller; and the headers that every
 * response has are added. */
#pragma once

#include "gateway/cors.h"
#include "gateway/etag.h"
#include "gateway/exchange.h"

/* PROBLEM_NOT_ACCEPTABLE when the client takes nothing that we have: to be asked before anything is done. */
enum problem represent_check(const struct exchange *exchange);

void represent(const struct cors *cors, const struct etag_hash *hash, struct exchange *exchange);
