/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the answers of methods whose rules have a cache policy, and clears what a method's success changes. Answers are
 * kept per caller and request, or per request alone for methods that say they are shared. Of callers with the same
 * request one makes the answer and the others wait for it. Used by the dispatcher, and answer_outdate by jobs and
 * consumers whose effects no method's policy names. */
#pragma once

#include "common/cache.h"
#include "common/call.h"
#include "common/frame.h"

enum { CACHE_VOLATILE_MS = 2000, CACHE_SHORT_MS = 30000, CACHE_LONG_MS = 600000 };

struct answer_key {
        const uint8_t *bytes;
        size_t size;
};

/* How an answer is made that is not there. */
struct answer_maker {
        status (*make)(void *arg, ProtobufCMessage **out);
        void *arg;
};

/* Is the method one whose answers are kept? */
bool answer_is_kept(const struct schema_method *method);

/* Who asks what, as bytes in the arena. */
struct answer_key answer_key_of(
        struct arena *arena, const struct schema_method *method, const Sfp__Caller *caller, const struct frame *frame);

/* The kept answer, or one that somebody else is making, or a new one; *out is replaced by it. A failure to make it is
 * answered from what is past its freshness where the policy allows that. */
MUST_CHECK status answer_get(struct call *call, const struct frame *frame, const ProtobufCMessage *in,
        const struct answer_maker *maker, ProtobufCMessage **out);

/* After a success: makes stale what the method says it changes. */
void answer_clear(
        struct cache *cache, struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in);

/* Makes stale, with the commit of the call's transaction, what carries these tags: published as an event, which every
 * replica hears, this one too. None: nothing happens. */
MUST_CHECK status answer_outdate(struct call *call, size_t n_tags, char **tags);

/* The tags that answer_clear makes stale, for other replicas; NULL when there are none. */
char **answer_cleared_tags(
        struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in, size_t *count);
