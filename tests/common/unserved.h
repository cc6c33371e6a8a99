/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers for what a test's service does not serve, so that its tables pair with the proto. */
#pragma once

#include "common/rpc.h"

/* Handlers for all methods of the service `name` but those in `tables` (NULL-terminated): they answer UNIMPLEMENTED.
 * They live in the arena. */
const struct rpc *unserved_rpcs(
        struct arena *arena, const struct schema *schema, const char *name, const struct rpc *const *tables);
