/* SPDX-License-Identifier: Apache-2.0 */
/* Many people whose figures are in a month, without asking the platform for each: rows as svc-peers seals them. */
#pragma once

#include "sfp/peers.pb-c.h"

#include <stdbool.h>

/* `count` people with the same figures and bands, each under a key of theirs, which is under the service's (DATA_KEYS).
 * Their ids are in no other table. False, with a reason on the standard error, when the database does not take them. */
bool crowd_add(
        const char *database_url, const char *data_keys, const char *period, const Peers__Snapshot *figures, int count);
