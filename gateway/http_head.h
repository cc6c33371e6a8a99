/* SPDX-License-Identifier: Apache-2.0 */
/* What stands before a request's body: its line and its headers, read strictly, because two readers of one stream must
 * not disagree about it. What is wrong becomes request.fault. */
#pragma once

#include "gateway/exchange.h"

/* Path and query of the request line; the address as it was sent, or NULL. */
void http_head_read_uri(struct exchange *exchange, const char *uri);

/* The headers that header.def names, of exchange->link's connection. */
void http_head_read(struct exchange *exchange, const char *verb, const char *version, size_t body_max);

/* Bytes of the body as Content-Length says; 0 when it does not. */
size_t http_head_announced(const struct request *request);
