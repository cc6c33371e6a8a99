/* SPDX-License-Identifier: Apache-2.0 */
/* The operators' door of every program: a small HTTP server with /livez, /readyz and /metrics. Not for users. */
#pragma once

#include "common/metrics.h"
#include "common/status.h"

#include <stdbool.h>

struct admin;

struct admin_settings {
        const char *address;  /* "127.0.0.1:9090"; port 0 takes a free one */
        const char *announce; /* file that gets the address taken, one line; NULL: none */
        struct metrics *metrics;
        bool (*is_ready)(void *owner); /* asked at every /readyz, on the server's thread; must be quick */
        void *owner;
};

/* Starts the server. UNAVAILABLE when the address cannot be had; a line on stderr says why. */
MUST_CHECK status admin_start(const struct admin_settings *settings, struct admin **out);

/* Stops it and removes the announcement. NULL is allowed. */
void admin_stop(struct admin *admin);
