/* SPDX-License-Identifier: Apache-2.0 */
/* The services inside of every service: what the kit itself answers on each mesh address, whatever else is served
 * there. They are called at a target: rpc_call_at(call, "goals", "sfp.health.Health.Check", ...). */
#pragma once

#include "common/rpc.h"

#include <stdbool.h>

struct kit_part {
        const char *package;             /* last word of the proto's package; NULL ends the list */
        const struct rpc *const *tables; /* as service_definition.tables */
        bool is_control;                 /* about the server itself: answered on its control lane, without a database */
};

extern const struct kit_part kit_parts[];

/* The handlers of a package that the kit serves; NULL when it is a service's own. */
const struct rpc *const *kit_part_tables(const char *package);

/* Whether a method's full name, of `length` bytes, is of a package for the control lane. Quick. */
bool kit_part_is_control(const char *method, size_t length);
