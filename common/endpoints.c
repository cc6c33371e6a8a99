/* SPDX-License-Identifier: Apache-2.0 */
#include "common/endpoints.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char place[] = "{service}";

void endpoints_address(const char *pattern, const char *variable, const char *service, char out[ENDPOINTS_ADDRESS_SIZE])
{
        char name[128];
        int length = snprintf(name, sizeof name, "%s_%s", variable, service);
        for (int i = 0; i < length && name[i] != '\0'; i++)
                name[i] = (char)toupper((unsigned char)name[i]);
        const char *own = getenv(name);
        const char *rest = own != NULL && *own != '\0' ? own : pattern;
        size_t used = 0;
        out[0] = '\0';
        for (const char *at; used < ENDPOINTS_ADDRESS_SIZE && (at = strstr(rest, place)) != NULL;
                rest = at + strlen(place))
                used += (size_t)snprintf(
                        out + used, ENDPOINTS_ADDRESS_SIZE - used, "%.*s%s", (int)(at - rest), rest, service);
        if (used < ENDPOINTS_ADDRESS_SIZE)
                snprintf(out + used, ENDPOINTS_ADDRESS_SIZE - used, "%s", rest);
}

/* A host and port out of "tcp://host:port" or "tls+tcp://[::1]:port"; false for URLs without a host. */
static bool split_host(const char *url, char host[ENDPOINT_SIZE], const char **port)
{
        const char *start = strstr(url, "tcp://");
        const char *colon = strrchr(url, ':');
        if (start == NULL || (start != url && strncmp(url, "tls+", 4) != 0) || colon < start + strlen("tcp://"))
                return false;
        start += strlen("tcp://");
        const char *end = colon;
        if (*start == '[' && end > start && end[-1] == ']') {
                start++;
                end--;
        }
        snprintf(host, ENDPOINT_SIZE, "%.*s", (int)(end - start), start);
        *port = colon + 1;
        return host[0] != '\0';
}

static size_t add(struct endpoint *out, size_t count, size_t max, const char *url, const char *server_name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(out[i].url, url) == 0)
                        return count;
        if (count == max || strlen(url) >= ENDPOINT_SIZE)
                return count;
        snprintf(out[count].url, ENDPOINT_SIZE, "%s", url);
        snprintf(out[count].server_name, ENDPOINT_SIZE, "%s", server_name);
        return count + 1;
}

static size_t add_addresses(
        struct endpoint *out, size_t count, size_t max, const char *url, const char *host, const char *port)
{
        const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
        struct addrinfo *list = NULL;
        if (getaddrinfo(host, NULL, &hints, &list) != 0)
                return count;
        int scheme = (int)(strstr(url, "://") + strlen("://") - url);
        for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
                char number[INET6_ADDRSTRLEN], one[ENDPOINT_SIZE];
                if (getnameinfo(at->ai_addr, at->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) != 0)
                        continue;
                bool is_v6 = at->ai_family == AF_INET6;
                if (snprintf(one, sizeof one, "%.*s%s%s%s:%s", scheme, url, is_v6 ? "[" : "", number, is_v6 ? "]" : "",
                            port) < (int)sizeof one)
                        count = add(out, count, max, one, host);
        }
        freeaddrinfo(list);
        return count;
}

size_t endpoints_resolve(const char *address, struct endpoint *out, size_t max)
{
        size_t count = 0;
        while (*address != '\0') {
                char url[ENDPOINT_SIZE], host[ENDPOINT_SIZE];
                const char *port;
                size_t length = strcspn(address, ",");
                int written = snprintf(url, sizeof url, "%.*s", (int)length, address);
                if (written > 0 && written < (int)sizeof url)
                        count = split_host(url, host, &port) ? add_addresses(out, count, max, url, host, port)
                                                             : add(out, count, max, url, "");
                address += length + (address[length] == ',');
        }
        return count;
}
