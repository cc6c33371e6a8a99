/* SPDX-License-Identifier: Apache-2.0 */
#include "common/frame.h"

#include "common/transport.h"

#include <string.h>

/* A message with prefix and header written and room for the payload, whose place is *payload. */
static status start_frame(const ProtobufCMessage *header, size_t payload_size, struct message **out, uint8_t **payload)
{
        size_t header_size = protobuf_c_message_get_packed_size(header);
        if (header_size > UINT16_MAX || FRAME_PREFIX + header_size + payload_size > TRANSPORT_MESSAGE_MAX)
                return STATUS_RESOURCE_EXHAUSTED;
        struct message *message = message_new(FRAME_PREFIX + header_size + payload_size);
        if (message == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        uint8_t *bytes = message_bytes(message);
        bytes[0] = FRAME_VERSION >> 8;
        bytes[1] = FRAME_VERSION & 0xFF;
        bytes[2] = (uint8_t)(header_size >> 8);
        bytes[3] = (uint8_t)header_size;
        protobuf_c_message_pack(header, bytes + FRAME_PREFIX);
        *payload = bytes + FRAME_PREFIX + header_size;
        *out = message;
        return STATUS_OK;
}

status frame_pack(const ProtobufCMessage *header, const ProtobufCMessage *payload, struct message **out)
{
        uint8_t *place;
        TRY(start_frame(header, payload == NULL ? 0 : protobuf_c_message_get_packed_size(payload), out, &place));
        if (payload != NULL)
                protobuf_c_message_pack(payload, place);
        return STATUS_OK;
}

status frame_pack_bytes(const ProtobufCMessage *header, const void *payload, size_t payload_size, struct message **out)
{
        uint8_t *place;
        TRY(start_frame(header, payload_size, out, &place));
        memcpy(place, payload, payload_size);
        return STATUS_OK;
}

status frame_split(const uint8_t *bytes, size_t size, struct frame *out)
{
        if (size < FRAME_PREFIX || (bytes[0] << 8 | bytes[1]) != FRAME_VERSION)
                return STATUS_INVALID_ARGUMENT;
        size_t header_size = (size_t)(bytes[2] << 8 | bytes[3]);
        if (FRAME_PREFIX + header_size > size)
                return STATUS_INVALID_ARGUMENT;
        out->header = bytes + FRAME_PREFIX;
        out->header_size = header_size;
        out->payload = out->header + header_size;
        out->payload_size = size - FRAME_PREFIX - header_size;
        return STATUS_OK;
}

status frame_unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes,
        size_t size, ProtobufCMessage **out)
{
        ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, arena_protobuf_allocator(arena), size, bytes);
        if (message == NULL)
                return STATUS_INVALID_ARGUMENT;
        *out = message;
        return STATUS_OK;
}
