/* SPDX-License-Identifier: Apache-2.0 */
/* Whose address a request comes from. What a header says of it counts only as far as proxies that are trusted say it:
 * read from the right, up to the first address that is none of theirs. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum { PROXIES_MAX = 64, FORWARDED_MAX = 32 /* hops that are looked at, the last */ };

struct proxies;

/* An address; IPv4 as ::ffff:a.b.c.d. */
struct client_address {
        uint8_t bytes[16];
};

/* `networks` are trusted: "10.0.0.0/8, ::1, 192.0.2.7", "" for none. NULL when it is not well formed, or there are more
 * than PROXIES_MAX. */
struct proxies *proxies_new(const char *networks);
void proxies_free(struct proxies *proxies);

/* Of `peer` and an X-Forwarded-For, or a Forwarded (RFC 7239); NULL: not sent. */
struct client_address client_address_of(
        const struct proxies *proxies, const struct sockaddr *peer, const char *x_forwarded_for, const char *forwarded);

/* The network that is counted as one client: an IPv4 address, or the /64 an IPv6 host may choose its address from. */
struct client_address client_address_network(struct client_address address);
