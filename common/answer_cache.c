/* SPDX-License-Identifier: Apache-2.0 */
#include "common/answer_cache.h"

#include "common/buffer.h"
#include "common/clock.h"
#include "common/field.h"

#include <string.h>

bool answer_is_kept(const struct schema_method *method)
{
        return method->rules->cache != NULL && method->rules->cache->has_ttl_ms;
}

struct answer_key answer_key_of(
        struct arena *arena, const struct schema_method *method, const Sfp__Caller *caller, const struct frame *frame)
{
        size_t name = strlen(method->name) + 1;
        size_t who = protobuf_c_message_get_packed_size(&caller->base);
        uint8_t *bytes = arena_alloc(arena, name + who + frame->payload_size);
        memcpy(bytes, method->name, name);
        protobuf_c_message_pack(&caller->base, bytes + name);
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

struct cache_mark answer_mark(
        struct cache *cache, struct arena *arena, const struct schema_method *method, const ProtobufCMessage *in)
{
        struct buffer tag = expand(arena, method->rules->cache->tag == NULL ? "" : method->rules->cache->tag, in);
        return cache_mark_of(cache, buffer_text(&tag), tag.length);
}

void answer_keep(struct cache *cache, const struct schema_method *method, struct answer_key key, struct cache_mark mark,
        struct arena *arena, const ProtobufCMessage *out)
{
        size_t size = protobuf_c_message_get_packed_size(out);
        uint8_t *bytes = arena_alloc(arena, size + 1);
        protobuf_c_message_pack(out, bytes);
        cache_put(cache, key.bytes, key.size, bytes, size, mark,
                clock_now_us() + (int64_t)method->rules->cache->ttl_ms * 1000);
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
