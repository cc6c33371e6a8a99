/* SPDX-License-Identifier: Apache-2.0 */
/* Where a socket listens, as people write it: "127.0.0.1:8000", "[::1]:8000", ":8000" for every interface. Numbers
 * only; no names are looked up. */
#pragma once

#include "common/status.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_SIZE 64

union address {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
};

/* INVALID_ARGUMENT for anything else. */
MUST_CHECK status address_parse(const char *text, union address *out);

/* The same host with another port, as text. */
void address_format(const union address *address, unsigned port, char out[ADDRESS_TEXT_SIZE]);
