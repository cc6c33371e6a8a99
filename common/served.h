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
        const struct rpc *rpc;                             /* NULL: another service's method */
        struct histogram *_Atomic by_status[STATUS_COUNT]; /* how long calls took; NULL: none ended so */
        struct metric *statements;
        bool shows_people; /* its answers hold authors (people.h) */
        bool has_inner;    /* or fields that stay inside (inner.h) */
};

/* One for each method, as schema_method_at; to be freed. NULL when a method has no handler, a handler no method, or
 * their types differ: the log says which. */
struct served *served_new(struct service *service);

/* Counts a call of `method` that took so long and ended so. `trace_id` as histogram_observe. */
void served_observe(struct served *served, struct metrics *metrics, const struct schema_method *method, status code,
        int64_t us, const char *trace_id);
