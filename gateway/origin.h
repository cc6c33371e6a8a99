/* SPDX-License-Identifier: Apache-2.0 */
/* From which web pages a socket may be opened (RFC 6455, section 10.2): browsers let any page try, and say which. */
#pragma once

#include <stdbool.h>

/* `origins`: those that are welcome, exactly as browsers write them, separated by commas; "" or NULL: none but the host
 * itself, which `host` names as the request does. */
bool origin_is_welcome(const char *origins, const char *origin, const char *host);
