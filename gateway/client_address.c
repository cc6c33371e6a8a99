/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/client_address.h"

#include "common/words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V4_PREFIX = 96, BITS = 128, TEXT_SIZE = 64 };

struct network {
        struct client_address address;
        int bits;
};

struct proxies {
        size_t count;
        struct network networks[PROXIES_MAX];
};

static struct client_address from_v4(const void *bytes)
{
        struct client_address address = {{[10] = 0xff, [11] = 0xff}};
        memcpy(address.bytes + 12, bytes, 4);
        return address;
}

static bool is_v4(const struct client_address *address)
{
        const struct client_address mapped = from_v4(address->bytes + 12);
        return memcmp(mapped.bytes, address->bytes, 12) == 0;
}

static bool parse(const char *text, struct client_address *out)
{
        struct in_addr v4;
        struct in6_addr v6;
        if (inet_pton(AF_INET, text, &v4) == 1)
                *out = from_v4(&v4);
        else if (inet_pton(AF_INET6, text, &v6) == 1)
                memcpy(out->bytes, &v6, sizeof out->bytes);
        else
                return false;
        return true;
}

static bool copy(struct words words, char out[TEXT_SIZE])
{
        if (words.length == 0 || words.length >= TEXT_SIZE || memchr(words.at, '\0', words.length) != NULL)
                return false;
        memcpy(out, words.at, words.length);
        out[words.length] = '\0';
        return true;
}

/* "10.0.0.0/8"; without a length, one address. */
static bool parse_network(struct words words, struct network *out)
{
        char text[TEXT_SIZE], *end;
        if (!copy(words, text))
                return false;
        char *slash = strchr(text, '/');
        if (slash != NULL)
                *slash = '\0';
        if (!parse(text, &out->address))
                return false;
        int first = is_v4(&out->address) && strchr(text, ':') == NULL ? V4_PREFIX : 0;
        out->bits = BITS;
        if (slash == NULL)
                return true;
        if (slash[1] < '0' || slash[1] > '9')
                return false;
        long bits = strtol(slash + 1, &end, 10);
        out->bits = first + (int)bits;
        return *end == '\0' && bits <= BITS - first;
}

struct proxies *proxies_new(const char *networks)
{
        struct words words;
        struct proxies *proxies = calloc(1, sizeof *proxies);
        if (proxies == NULL)
                abort();
        while (words_next(&networks, ',', &words)) {
                if (proxies->count == PROXIES_MAX || !parse_network(words, &proxies->networks[proxies->count])) {
                        free(proxies);
                        return NULL;
                }
                proxies->count++;
        }
        return proxies;
}

void proxies_free(struct proxies *proxies)
{
        free(proxies);
}

static bool is_in(const struct network *network, const struct client_address *address)
{
        int whole = network->bits / 8, rest = network->bits % 8;
        if (memcmp(network->address.bytes, address->bytes, (size_t)whole) != 0)
                return false;
        return rest == 0 || (network->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_trusted(const struct proxies *proxies, const struct client_address *address)
{
        for (size_t i = 0; i < proxies->count; i++)
                if (is_in(&proxies->networks[i], address))
                        return true;
        return false;
}

/* "192.0.2.7", "192.0.2.7:80", "2001:db8::1", "[2001:db8::1]:80". */
static bool parse_hop(struct words hop, struct client_address *out)
{
        char text[TEXT_SIZE];
        if (!copy(hop, text))
                return false;
        if (*text == '[') {
                char *end = strchr(text, ']');
                if (end == NULL || (end[1] != '\0' && end[1] != ':'))
                        return false;
                *end = '\0';
                return parse(text + 1, out);
        }
        char *colon = strchr(text, ':');
        if (colon != NULL && strchr(colon + 1, ':') == NULL)
                *colon = '\0';
        return parse(text, out);
}

/* The `for` of one element of a Forwarded. */
static struct words forwarded_for(struct words element)
{
        struct words pair, name, value;
        while (words_next_in(&element, ';', &pair))
                if (words_split(pair, &name, &value) && words_are(name, "for"))
                        return value;
        return (struct words){element.at, 0};
}

/* The last hops of a header, the nearest last. */
static size_t list_hops(const char *header, struct words hops[FORWARDED_MAX])
{
        struct words hop;
        size_t count = 0;
        while (words_next(&header, ',', &hop)) {
                if (count == FORWARDED_MAX)
                        memmove(hops, hops + 1, --count * sizeof *hops);
                hops[count++] = hop;
        }
        return count;
}

static struct client_address address_of_peer(const struct sockaddr *peer)
{
        struct client_address address = {{0}};
        if (peer != NULL && peer->sa_family == AF_INET)
                return from_v4(&((const struct sockaddr_in *)(const void *)peer)->sin_addr);
        if (peer != NULL && peer->sa_family == AF_INET6)
                memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
                        sizeof address.bytes);
        return address;
}

struct client_address client_address_of(
        const struct proxies *proxies, const struct sockaddr *peer, const char *x_forwarded_for, const char *forwarded)
{
        struct words hops[FORWARDED_MAX];
        struct client_address address = address_of_peer(peer);
        const char *header = x_forwarded_for != NULL ? x_forwarded_for : forwarded;
        if (header == NULL || !is_trusted(proxies, &address))
                return address;
        for (size_t left = list_hops(header, hops); left > 0 && is_trusted(proxies, &address); left--) {
                struct words hop = hops[left - 1];
                if (!parse_hop(x_forwarded_for != NULL ? hop : forwarded_for(hop), &address))
                        break; /* a name: nobody is known by it, so the proxy that says it is who is counted */
        }
        return address;
}

struct client_address client_address_network(struct client_address address)
{
        if (!is_v4(&address))
                memset(address.bytes + 8, 0, 8);
        return address;
}
