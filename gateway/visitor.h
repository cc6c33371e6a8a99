/* SPDX-License-Identifier: Apache-2.0 */
/* Who opens a WebSocket or a stream of events. A program shows its bearer token; a browser, which cannot, a ticket; and
 * whatever comes from a web page comes from one that is welcome. */
#pragma once

#include "gateway/exchange.h"

/* PROBLEM_NONE with the caller in the arena and the end of their token, in seconds since 1970; or why not. A ticket is
 * used up by this. NULL: none was shown. */
enum problem visitor_identify(
        struct exchange *exchange, const char *ticket, Sfp__Caller **out, int64_t *token_expires_at);

/* POST /ws/tickets: a ticket for who shows a bearer token. */
void answer_ticket(struct exchange *exchange);
