/* SPDX-License-Identifier: Apache-2.0 */
/* The lock file beside an ipc path, which says that a living process listens there. NNG would find that out by
 * connecting, which old releases do not survive. Private to whoever opens listening NNG sockets. */
#pragma once

#include "common/status.h"

/* Takes the lock and removes the socket that a dead process left; addresses other than ipc have no lock: *out is -1.
 * ALREADY_EXISTS when another process has it. */
MUST_CHECK status transport_lock_take(const char *url, int *out);

/* Gives it back; -1 is allowed. */
void transport_lock_give(int lock);
