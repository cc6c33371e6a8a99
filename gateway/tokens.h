/* SPDX-License-Identifier: Apache-2.0 */
/* What a gateway needs to know bearer tokens: the secret or the issuer's keys, by its settings. */
#pragma once

#include "common/metrics.h"
#include "common/status.h"

struct gateway;

/* Sets the gateway's `keys` and `jwt`. INVALID_ARGUMENT with a line on stderr when the settings do not belong together;
 * tokens_stop is to be called then, too. */
MUST_CHECK status tokens_start(struct gateway *gateway, struct metrics *metrics);
void tokens_stop(struct gateway *gateway);
