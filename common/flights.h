/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are being made. Who asks for one of them waits for it instead of making it again; a failure is nobody's
 * but its maker's, and then another one of those who wait makes it. */
#pragma once

#include "common/cache.h"

struct flights;
struct flight;

struct flights *flights_new(struct metrics *metrics);
void flights_free(struct flights *flights);

/* What a caller asks for. `mark` is the state of its tag as the caller sees it: an answer that was begun before the tag
 * was cleared is not for somebody who asks after that. */
struct flight_request {
        const void *key;
        size_t key_size;
        struct cache_mark mark;
        int64_t deadline_us;
};

/* True when somebody else has made the answer: *bytes in the arena. False when the caller is to make it: *out is to be
 * landed, always; it is NULL when the deadline has passed. */
bool flights_join(struct flights *flights, struct arena *arena, const struct flight_request *request,
        ProtobufCBinaryData *bytes, struct flight **out);

/* Hands the answer to those who wait; NULL: it failed. NULL for `flight` is allowed. */
void flights_land(struct flights *flights, struct flight *flight, const ProtobufCBinaryData *bytes);
