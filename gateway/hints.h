/* SPDX-License-Identifier: Apache-2.0 */
/* For whom the bus says that there is something new. Hints may be lost, and say nothing but a name. */
#pragma once

#include "common/schema.h"
#include "common/status.h"
#include "common/uuid.h"

#include <stdbool.h>
#include <stddef.h>

enum { HINTS_MAX = 4096 }; /* not yet taken; with more, all that listen are hinted */

struct hints;

struct hints_settings {
        const struct schema *schema;
        const char *events_address; /* of the bus, or a broker; NULL or "": none, all hints are missed */
        void (*wake)(void *owner);  /* there is something to take; from any thread */
        void *owner;
};

/* UNAVAILABLE when the address is none. */
MUST_CHECK status hints_start(const struct hints_settings *settings, struct hints **out);
void hints_stop(struct hints *hints);

/* Takes what there is; returns how many. *to_all: some were lost, and anybody may be meant. */
struct hint {
        char user_id[UUID_SIZE];
};
size_t hints_take(struct hints *hints, struct hint out[HINTS_MAX], bool *to_all);
