/* SPDX-License-Identifier: Apache-2.0 */
/* The WebSockets of this gateway, driven by one thread. Each hears what svc-feed keeps for its person
 * (Feed.ReadFrames): when the bus says that there is something, when it resumes, and every few seconds in case the bus
 * said it and nobody heard. */
#pragma once

#include "common/client.h"
#include "common/principal.h"

#include <stdbool.h>

enum {
        SOCKETS_PER_USER_MAX = 8, /* the oldest gives way */
        SOCKETS_LOOK_MS = 5000,   /* how long a lost hint may be missed */
};

struct sockets;

struct sockets_settings {
        const struct schema *schema;
        struct client *client;
        struct principal_signer *signer;
        int sockets_max;
        const char *events_address; /* of the bus, or a broker; NULL or "": none, hints are missed */
        void (*let_go)(void *handle);
};

/* UNAVAILABLE when the bus's address is none. */
MUST_CHECK status sockets_start(const struct sockets_settings *settings, struct metrics *metrics, struct sockets **out);

/* Is there room for one more? */
bool sockets_have_room(struct sockets *sockets);

/* Takes a connection over; it is let go when the person leaves. From any thread. */
void sockets_add(struct sockets *sockets, int fd, void *handle, const Sfp__Caller *caller, int64_t expires_at);

/* Says goodbye to all, who come back elsewhere. Calls under way must still be able to end. NULL is allowed. */
void sockets_stop(struct sockets *sockets);
