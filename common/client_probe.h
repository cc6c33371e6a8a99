/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the endpoints of a target how they are: sfp.health.Health.Check every CLIENT_PROBE_US, and of an ejected one as
 * soon as its time is over. Private to the client. */
#pragma once

#include "common/client_target.h"

enum { CLIENT_PROBE_DEADLINE_US = 1000000 };

/* Sends the probes that are due; their answers are taken on threads of the transport. */
void client_probe_target(struct client_target *target, int64_t now_us);
