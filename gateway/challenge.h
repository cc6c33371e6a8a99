/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: what a client must do to be let in (RFC 6750, section 3). */
#pragma once

#include "gateway/exchange.h"

/* The value with this problem; NULL: the header has no place there. */
const char *challenge_of(const struct exchange *exchange, enum problem problem);
