/* SPDX-License-Identifier: Apache-2.0 */
#include "common/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static status parse_port(const char *text, in_port_t *out)
{
        char *end;
        errno = 0;
        long port = strtol(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0' || *text < '0' || *text > '9' || port > UINT16_MAX)
                return STATUS_INVALID_ARGUMENT;
        *out = htons((uint16_t)port);
        return STATUS_OK;
}

status address_parse(const char *text, union address *out)
{
        const char *colon = strrchr(text, ':');
        char host[INET6_ADDRSTRLEN + 2];
        in_port_t port;
        if (colon == NULL || (size_t)(colon - text) >= sizeof host)
                return STATUS_INVALID_ARGUMENT;
        TRY(parse_port(colon + 1, &port));
        size_t length = (size_t)(colon - text);
        memcpy(host, text, length);
        host[length] = '\0';
        union address address;
        memset(&address, 0, sizeof address);
        if (length > 1 && host[0] == '[' && host[length - 1] == ']') {
                host[length - 1] = '\0';
                address.v6.sin6_family = AF_INET6;
                address.v6.sin6_port = port;
                if (inet_pton(AF_INET6, host + 1, &address.v6.sin6_addr) != 1)
                        return STATUS_INVALID_ARGUMENT;
        } else {
                address.v4.sin_family = AF_INET;
                address.v4.sin_port = port;
                if (length > 0 && inet_pton(AF_INET, host, &address.v4.sin_addr) != 1)
                        return STATUS_INVALID_ARGUMENT;
        }
        *out = address;
        return STATUS_OK;
}

void address_format(const union address *address, unsigned port, char out[ADDRESS_TEXT_SIZE])
{
        char host[INET6_ADDRSTRLEN];
        if (address->any.sa_family == AF_INET6) {
                inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof host);
                snprintf(out, ADDRESS_TEXT_SIZE, "[%s]:%u", host, port);
        } else {
                inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof host);
                snprintf(out, ADDRESS_TEXT_SIZE, "%s:%u", host, port);
        }
}
