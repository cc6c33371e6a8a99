/* SPDX-License-Identifier: Apache-2.0 */
#include "common/answer_cache.h"

#include "common/buffer.h"
#include "common/cache_remote.h"
#include "common/clock.h"
#include "common/event.h"
#include "common/field.h"
#include "common/flights.h"
#include "common/service.h"

#include <string.h>

bool answer_is_kept(const struct schema_method *method)
{
        return method->rules->cache != NULL && method->rules->cache->has_life;
}

/* Whom an answer is for. One that is the same for everybody is still only for those whose roles were checked when it
 * was made. */
static Sfp__Caller reader_of(const struct schema_method *method, const Sfp__Caller *caller)
{
        Sfp__Caller reader = *caller;
        if (!method->rules->cache->shared)
                return reader;
        reader.user_id = caller->user_id == NULL ? NULL : (char *)(size_t) "any";
        reader.tier = NULL;
        reader.time_zone = NULL;
        return reader;
}

struct answer_key answer_key_of(
        struct arena *arena, const struct schema_method *method, const Sfp__Caller *caller, const struct frame *frame)
{
        const Sfp__Caller reader = reader_of(method, caller);
        size_t name = strlen(method->name) + 1;
        size_t who = protobuf_c_message_get_packed_size(&reader.base);
        uint8_t *bytes = arena_alloc(arena, name + who + frame->payload_size);
        memcpy(bytes, method->name, name);
        protobuf_c_message_pack(&reader.base, bytes + name);
        memcpy(bytes + name + who, frame->payload, frame->payload_size);
        return (struct answer_key){bytes, name + who + frame->payload_size};
}

/* "share:{share_id}" with the request's text field in the braces. */
static struct buffer expand(struct arena *arena, const char *tag, const ProtobufCMessage *in)
{
        struct buffer out = buffer_in(arena);
        const char *open = strchr(tag, '{');
        const char *close = open == NULL ? NULL : strchr(open, '}');
        if (close == NULL) {
                buffer_puts(&out, tag);
                return out;
        }
        const char *name = arena_strndup(arena, open + 1, (size_t)(close - open - 1));
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(in->descriptor, name);
        const char *value =
                field == NULL || field->type != PROTOBUF_C_TYPE_STRING ? NULL : *(char **)field_place(in, field);
        buffer_append(&out, tag, (size_t)(open - tag));
        buffer_puts(&out, value == NULL ? "" : value);
        buffer_puts(&out, close + 1);
        return out;
}

static int64_t life_us(const struct call *call, const Sfp__CachePolicy *policy)
{
        switch (policy->life) {
        case SFP__CACHE_LIFE__CACHE_VOLATILE:
                return CACHE_VOLATILE_MS * 1000LL;
        case SFP__CACHE_LIFE__CACHE_SHORT:
                return CACHE_SHORT_MS * 1000LL;
        case SFP__CACHE_LIFE__CACHE_LONG:
                return CACHE_LONG_MS * 1000LL;
        default:
                return call->service->cache_ttl_us;
        }
}

/* One look for an answer. */
struct search {
        struct call *call;
        struct cache *cache;
        struct cache_answer answer;
        struct cache_mark mark;
        ProtobufCMessage *found;
};

static status unpack(struct search *search, const void *bytes, size_t size)
{
        return frame_unpack(search->call->arena, search->call->method->output->descriptor, bytes, size, &search->found);
}

static void take_kept(void *arg, const void *bytes, size_t size)
{
        struct search *search = arg;
        if (unpack(search, bytes, size) != STATUS_OK)
                search->found = NULL;
}

static bool is_kept_here(struct search *search, bool is_maker)
{
        return cache_get(search->cache, search->answer.key, search->answer.key_size, is_maker, take_kept, search) &&
               search->found != NULL;
}

static void pack(struct search *search, const ProtobufCMessage *message)
{
        search->answer.size = protobuf_c_message_get_packed_size(message);
        uint8_t *bytes = arena_alloc(search->call->arena, search->answer.size + 1);
        protobuf_c_message_pack(message, bytes);
        search->answer.bytes = bytes;
}

/* Its life begins when it is there. */
static void keep(struct search *search, const struct cache_remote_mark *remote_mark)
{
        struct cache_remote *remote = cache_remote_of(search->cache);
        const Sfp__CachePolicy *policy = search->call->method->rules->cache;
        search->answer.fresh_until_us = clock_now_us() + life_us(search->call, policy);
        search->answer.stale_until_us = search->answer.fresh_until_us + policy->stale_ms * 1000LL;
        cache_put(search->cache, &search->answer, search->mark);
        if (remote != NULL && cache_is_current(search->cache, search->mark))
                cache_remote_put(remote, search->call->arena, remote_mark, &search->answer);
}

/* The second tier's answer, or a new one. */
static status fetch_or_make(struct search *search, const struct answer_maker *maker, ProtobufCMessage **out)
{
        struct cache_remote_mark remote_mark = {.epoch = ""};
        struct cache_remote *remote = cache_remote_of(search->cache);
        if (remote != NULL && cache_remote_get(remote, search->call->arena, &remote_mark, &search->answer) &&
                unpack(search, search->answer.bytes, search->answer.size) == STATUS_OK) {
                cache_put(search->cache, &search->answer, search->mark);
                *out = search->found;
                return STATUS_OK;
        }
        TRY(maker->make(maker->arg, out));
        pack(search, *out);
        keep(search, &remote_mark);
        return STATUS_OK;
}

/* Somebody or something is away for a while. */
static bool is_passing(status code)
{
        return code == STATUS_UNAVAILABLE || code == STATUS_DEADLINE_EXCEEDED || code == STATUS_RESOURCE_EXHAUSTED;
}

static status make_and_land(
        struct search *search, const struct answer_maker *maker, struct flight *flight, ProtobufCMessage **out)
{
        status result = fetch_or_make(search, maker, out);
        const ProtobufCBinaryData bytes = {search->answer.size, (uint8_t *)(size_t)search->answer.bytes};
        flights_land(cache_flights(search->cache), flight, result == STATUS_OK ? &bytes : NULL);
        if (!is_passing(result) || !is_kept_here(search, false))
                return result;
        *out = search->found;
        return STATUS_OK;
}

status answer_get(struct call *call, const struct frame *frame, const ProtobufCMessage *in,
        const struct answer_maker *maker, ProtobufCMessage **out)
{
        struct flight *flight;
        ProtobufCBinaryData made;
        struct cache *cache = call->service->cache;
        const char *policy_tag = call->method->rules->cache->tag;
        struct answer_key key = answer_key_of(call->arena, call->method, call->caller, frame);
        struct buffer tag = expand(call->arena, policy_tag == NULL ? "" : policy_tag, in);
        struct search search = {
                .call = call, .cache = cache, .mark = cache_mark_of(cache, buffer_text(&tag), tag.length)};
        search.answer = (struct cache_answer){
                .key = key.bytes, .key_size = key.size, .tag = buffer_text(&tag), .tag_length = tag.length};
        if (is_kept_here(&search, true)) {
                *out = search.found;
                return STATUS_OK;
        }
        const struct flight_request request = {key.bytes, key.size, search.mark, call->deadline_us};
        if (!flights_join(cache_flights(cache), call->arena, &request, &made, &flight))
                return make_and_land(&search, maker, flight, out);
        TRY(unpack(&search, made.data, made.len));
        *out = search.found;
        return STATUS_OK;
}

char **answer_cleared_tags(
        struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in, size_t *count)
{
        const Sfp__CachePolicy *policy = method->rules->cache;
        *count = policy == NULL ? 0 : policy->n_clears;
        char **tags = *count == 0 ? NULL : arena_alloc(arena, *count * sizeof *tags);
        for (size_t i = 0; i < *count; i++) {
                struct buffer tag = expand(arena, policy->clears[i], in);
                tags[i] = (char *)(size_t)buffer_text(&tag);
        }
        return tags;
}

void answer_clear(
        struct cache *cache, struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in)
{
        size_t count;
        char **tags = answer_cleared_tags(arena, method, in, &count);
        for (size_t i = 0; i < count; i++)
                cache_clear(cache, tags[i], strlen(tags[i]));
}

status answer_outdate(struct call *call, size_t n_tags, char **tags)
{
        Events__CacheEntriesInvalidated event = EVENTS__CACHE_ENTRIES_INVALIDATED__INIT;
        event.n_tags = n_tags;
        event.tags = tags;
        return n_tags == 0 ? STATUS_OK : event_publish(call, &event.base);
}
