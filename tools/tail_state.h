/* SPDX-License-Identifier: Apache-2.0 */
/* What a tail has printed, kept in a small file, so that it can be killed at any moment and goes on without losing or
 * repeating an event. Before each write to the standard output the file says where the write will end, in the output
 * and in the sources; the next start looks whether it came to that. When the output is a regular file the answer is
 * exact: a write cut short is taken back. Through a pipe, which cannot be asked, a write is taken for not done until
 * the file says that it is: killed between the two, that one write comes twice.
 *
 * The file survives the process, not the machine: it is not synced. */
#pragma once

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tail_state;

/* Opens or makes the file and settles what was under way; takes a lock on it. `path` NULL: nothing is kept, and all of
 * this only prints. A line on stderr says what is wrong. */
MUST_CHECK status tail_state_open(const char *path, struct tail_state **out);
void tail_state_close(struct tail_state *state);

/* The last event of the source that is printed, or passed over. False: nothing is known of it. */
bool tail_state_find(const struct tail_state *state, const char *source, uint64_t *out);

/* Writes `size` bytes to the standard output, and then everything of the source up to `position` counts as printed.
 * Size 0 only moves it. UNAVAILABLE when the output takes no more. */
MUST_CHECK status tail_state_print(
        struct tail_state *state, const char *source, uint64_t position, const char *bytes, size_t size);
