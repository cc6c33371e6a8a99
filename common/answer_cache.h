/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the answers of methods whose rules have a cache policy, per caller and request, and clears what a method's
 * success changes. Used by the dispatcher alone. */
#pragma once

#include "common/cache.h"
#include "common/call.h"
#include "common/frame.h"

/* The key of a request and the mark its answer is to be kept with; made before the answer. */
struct answer_key {
        const uint8_t *bytes;
        size_t size;
};

/* Is the method one whose answers are kept? */
bool answer_is_kept(const struct schema_method *method);

/* Who asks what, as bytes in the arena. */
struct answer_key answer_key_of(
        struct arena *arena, const struct schema_method *method, const Sfp__Caller *caller, const struct frame *frame);

/* The state of the answer's tag, for answer_keep. */
struct cache_mark answer_mark(
        struct cache *cache, struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in);

/* Keeps a success. */
void answer_keep(struct cache *cache, const struct schema_method *method, struct answer_key key, struct cache_mark mark,
        struct arena *arena, const ProtobufCMessage *out);

/* After a success: makes stale what the method says it changes. */
void answer_clear(
        struct cache *cache, struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in);

/* The tags that answer_clear makes stale, for other replicas; NULL when there are none. */
char **answer_cleared_tags(
        struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in, size_t *count);
