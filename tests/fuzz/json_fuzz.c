/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the body of a request: what is read must pass the rules' walker and come back from its own JSON. */
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/validate.h"
#include "sfp/goals.pb-c.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const ProtobufCMessageDescriptor *const types[] = {
        &goals__create_share_request__descriptor, &goals__share_list__descriptor, &sfp__claims__descriptor};

static ProtobufCMessage *read_bytes(struct arena *arena, const struct schema_message *type, const char *bytes,
        size_t size, struct violations *violations)
{
        struct json json;
        const char *why;
        ProtobufCMessage *message = arena_alloc(arena, type->descriptor->sizeof_message);
        type->descriptor->message_init(message);
        if (json_scan(arena, bytes, size, &json, &why) != STATUS_OK ||
                json_read(arena, &json, type, message, JSON_STRICT, violations) != STATUS_OK)
                return NULL;
        return message;
}

static void check_type(struct arena *arena, const struct schema_message *type, const char *bytes, size_t size)
{
        struct violations violations = violations_in(arena);
        const ProtobufCMessage *message = read_bytes(arena, type, bytes, size, &violations);
        if (message == NULL)
                return;
        validate_message(type, message, &violations);
        struct buffer once = buffer_in(arena);
        struct buffer twice = buffer_in(arena);
        struct violations none = violations_in(arena);
        json_write(&once, message);
        const ProtobufCMessage *back = read_bytes(arena, type, once.bytes, once.length, &none);
        FUZZ_ASSERT(back != NULL && none.count == 0);
        json_write(&twice, back);
        FUZZ_ASSERT(strcmp(once.bytes, twice.bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct schema *schema;
        if (schema == NULL)
                schema = schema_new();
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
                check_type(arena, schema_message_find(schema, types[i]), (const char *)bytes, size);
        arena_free(arena);
        return 0;
}
