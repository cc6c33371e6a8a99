/* SPDX-License-Identifier: Apache-2.0 */
/* The methods that a service serves, its own and the kit's: paired with the proto when it starts, and what is known and
 * counted of each. */
#pragma once

#include "common/metrics.h"
#include "common/rpc.h"
#include "common/status.h"

#include <stdbool.h>

struct service;

struct served {
        const struct rpc *rpc; /* NULL: another service's method */
        struct metric *by_status[STATUS_COUNT];
        struct histogram *seconds;
        struct metric *statements;
        bool shows_people; /* its answers hold authors (people.h) */
        bool has_inner;    /* or fields that stay inside (inner.h) */
};

/* One for each method, as schema_method_at; to be freed. NULL when a method has no handler, a handler no method, or
 * their types differ: the log says which. */
struct served *served_new(struct service *service);
