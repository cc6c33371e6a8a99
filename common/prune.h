/* SPDX-License-Identifier: Apache-2.0 */
/* Taking away what is past its time, in pieces that no statement's deadline ends and that keep up with whatever
 * comes: PRUNE_ROWS * PRUNE_ROUNDS rows in one go. */
#pragma once

#include "common/call.h"

enum { PRUNE_ROWS = 5000, PRUNE_ROUNDS = 20 };

/* Runs `sql`, a DELETE whose $1 is how many rows it may take, until it finds fewer. Within the call's transaction. */
MUST_CHECK status prune(struct call *call, const char *sql);
