/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a frame of the mesh, taken apart as either side does. */
#include "common/frame.h"
#include "common/validate.h"
#include "sfp/goals.pb-c.h"
#include "sfp/rpc.pb-c.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 1 << 20 };

static const struct schema *the_schema(void)
{
        static struct schema *schema;
        if (schema == NULL)
                schema = schema_new();
        return schema;
}

static void check_payload(struct arena *arena, const ProtobufCMessageDescriptor *type, const struct frame *frame)
{
        ProtobufCMessage *message;
        struct violations violations = violations_in(arena);
        if (frame_unpack(arena, type, frame->payload, frame->payload_size, &message) == STATUS_OK)
                validate_message(schema_message_find(the_schema(), type), message, &violations);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct frame frame;
        ProtobufCMessage *header;
        if (frame_split(bytes, size, &frame) != STATUS_OK)
                return 0;
        FUZZ_ASSERT(FRAME_PREFIX + frame.header_size + frame.payload_size == size);
        struct arena *arena = arena_new(ARENA_LIMIT * 4);
        (void)!frame_unpack(arena, &sfp__request_header__descriptor, frame.header, frame.header_size, &header);
        (void)!frame_unpack(arena, &sfp__reply_header__descriptor, frame.header, frame.header_size, &header);
        check_payload(arena, &goals__create_share_request__descriptor, &frame);
        check_payload(arena, &goals__share_list__descriptor, &frame);
        arena_free(arena);
        return 0;
}
