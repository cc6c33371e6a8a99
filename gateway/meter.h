/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway counts of the requests it answers. */
#pragma once

#include "common/metrics.h"
#include "gateway/route.h"

struct meter;

/* `scheme` is that of the addresses: "http" or "https". Kept, as are `metrics` and `routes`. */
struct meter *meter_new(struct metrics *metrics, const struct routes *routes, const char *scheme);
void meter_free(struct meter *meter);

/* Takes one more request in unless `limit` are in flight already. */
bool meter_admit(struct meter *meter, int64_t limit);

/* One that was admitted has ended. */
void meter_release(struct meter *meter);

int64_t meter_in_flight(const struct meter *meter);

/* A response with a code was given; `route` is NULL where none was found. `trace_id` as histogram_observe. */
void meter_observe(struct meter *meter, const struct route *route, const char *verb, int code, int64_t duration_us,
        const char *trace_id);
