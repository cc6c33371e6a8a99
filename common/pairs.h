/* SPDX-License-Identifier: Apache-2.0 */
/* "name=value,name=value" with percent-encoded values: how OpenTelemetry's variables list things. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct pair {
        const char *name;
        const char *value;
};

struct pairs {
        size_t count;
        struct pair *all;
};

/* Reads at most `max` of them into the arena; blanks around names and values go. False when one has no name of letters,
 * digits and _-. alone, no sign, a bad escape, a control character, or when there are more. */
bool pairs_read(struct arena *arena, const char *text, size_t max, struct pairs *out);
