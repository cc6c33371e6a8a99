/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes on a socket, for what no client library would say. */
#pragma once

#include "tests/e2e/client.h"

/* A connection to the gateway, to be closed. */
int wire_connect(void);

/* Sends bytes to the gateway and reads until it closes or has nothing to say for two seconds. Status 0: no answer. */
struct answer wire_ask(const char *bytes, size_t size);

/* A whole request on a connection of its own. `headers` are lines that end in \r\n. */
struct answer wire_request(const char *line, const char *headers, const char *body, size_t size);

/* Sends bytes to a unix socket and hangs up. */
void wire_throw(const char *path, const void *bytes, size_t size);
