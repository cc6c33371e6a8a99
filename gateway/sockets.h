/* SPDX-License-Identifier: Apache-2.0 */
/* All who listen at this gateway, by WebSocket or by stream, driven by one thread. Each hears what svc-feed keeps for
 * their person (Feed.ReadFrames): when the bus says that there is something, when they resume, and now and then in case
 * the bus said it and nobody heard. */
#pragma once

#include "common/client.h"
#include "common/principal.h"
#include "gateway/listener.h"

#include <stdbool.h>

enum {
        SOCKETS_PER_USER_MAX = 8, /* the oldest gives way */
        SOCKETS_LOOK_MS = 5000,   /* how long a lost hint may be missed, */
        SOCKETS_LOOKS_MAX = 200,  /* or longer where so many looks a second are not enough for all */
        SOCKETS_ASKING_MAX = 128, /* calls under way; the others wait for their turn */
};

struct sockets;

struct sockets_settings {
        const struct schema *schema;
        struct client *client;
        struct principal_signer *signer;
        int sockets_max;
        const char *events_address; /* as hints_settings */
};

/* UNAVAILABLE when the bus's address is none. */
MUST_CHECK status sockets_start(const struct sockets_settings *settings, struct metrics *metrics, struct sockets **out);

/* Takes a place for somebody who is about to come; false: there is none left. And gives it up, when they do not. From
 * any thread. */
bool sockets_take_place(struct sockets *sockets);
void sockets_give_place_up(struct sockets *sockets);

/* Takes a listener for whom there is a place, and frees it when the person leaves. From any thread. */
void sockets_add(struct sockets *sockets, struct listener *listener);

/* Says goodbye to all, who come back elsewhere, and to who comes later. Calls under way must still be able to end. */
void sockets_stop(struct sockets *sockets);

/* Once nobody can come any more. NULL is allowed. */
void sockets_free(struct sockets *sockets);
