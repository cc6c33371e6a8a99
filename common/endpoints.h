/* SPDX-License-Identifier: Apache-2.0 */
/* Where a service's replicas are. An address names them for people: NNG URLs separated by commas, with {service} in
 * place of the name; a host name stands for every address it resolves to (a headless Kubernetes service gives all its
 * pods). An endpoint is one of them. */
#pragma once

#include <stddef.h>

enum { ENDPOINTS_MAX = 64, ENDPOINT_SIZE = 256, ENDPOINTS_ADDRESS_SIZE = 2048 };

/* The address of one service: the environment variable VARIABLE_<SERVICE> ("MESH_URL" and "goals": MESH_URL_GOALS)
 * where that is set, else `pattern` with {service} filled in. Cut when it is longer than the place. */
void endpoints_address(
        const char *pattern, const char *variable, const char *service, char out[ENDPOINTS_ADDRESS_SIZE]);

/* One endpoint. `server_name` is the host as written, which a TLS certificate must carry; "" where there is none. */
struct endpoint {
        char url[ENDPOINT_SIZE];
        char server_name[ENDPOINT_SIZE];
};

/* The endpoints that an address stands for now, at most `max`, without repetition; looks names up, so it may block for
 * seconds. Returns how many; a name that does not resolve gives none. */
size_t endpoints_resolve(const char *address, struct endpoint *out, size_t max);
