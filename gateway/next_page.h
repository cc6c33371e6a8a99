/* SPDX-License-Identifier: Apache-2.0 */
/* Where a list goes on, as a Link (RFC 8288). */
#pragma once

#include "gateway/exchange.h"

enum { NEXT_PAGE_LINK_MAX = 2 << 10 };

/* The Link to the page behind `payload`: the same address with its next_cursor. NULL where there is none, and where it
 * would be longer than NEXT_PAGE_LINK_MAX. */
char *next_page_link(const struct exchange *exchange, const ProtobufCMessage *payload);
