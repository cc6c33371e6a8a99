/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for common/client.c: answers every call itself, so that the gateway runs without a mesh. */
#pragma once

#include "common/client.h"

enum fake_mode {
        FAKE_INSTANT, /* the reply comes before client_start returns */
        FAKE_THREAD,  /* it comes from another thread */
        FAKE_HOLD,    /* it comes when fake_release says so, or as UNAVAILABLE when the client is freed */
};

/* How the calls that start from now on are answered. A reply that is STATUS_OK has a payload of the method's output,
 * with a share in it where that is one. */
void fake_answer(struct client *client, enum fake_mode mode, status outcome, const char *problem, const char *message);

/* Answers what is held. */
void fake_release(struct client *client);

/* Calls started, and what the last of them said. */
int fake_calls(const struct client *client);
const Sfp__RequestHeader *fake_last_header(const struct client *client);
