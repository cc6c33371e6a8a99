/* SPDX-License-Identifier: Apache-2.0 */
/* Watches that the message library is alive: old NNG can lose its one reaping thread, after which nothing reconnects
 * ever again. A small pair of sockets is opened, connected and closed every second; when that no longer ends, the
 * process is lost. */
#pragma once

#include <stdbool.h>

struct canary;

struct canary *canary_start(void);
void canary_stop(struct canary *canary);

/* False when the last round has not ended for CANARY_PATIENCE_US: log, and leave with CANARY_EXIT for the supervisor.
 */
bool canary_is_alive(const struct canary *canary);

enum { CANARY_PATIENCE_US = 4000000, CANARY_EXIT = 75 };
