/* SPDX-License-Identifier: Apache-2.0 */
/* Requests at the same moment: each by a client of its own, on a connection of its own. */
#pragma once

#include "tests/e2e/client.h"

enum { TWINS_MAX = 16 };

/* Sends all of them at once and waits; statuses[i] is what was answered to requests[i]. */
void ask_at_once(int count, const struct request *requests, int *statuses);

/* How many of them were answered with this status. */
int count_status(int count, const int *statuses, int status);
