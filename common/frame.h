/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a mesh message: u16 version | u16 header length | header | payload, integers big-endian
 * (proto/sfp/rpc.proto). */
#pragma once

#include "common/arena.h"
#include "common/message.h"
#include "common/status.h"

enum { FRAME_VERSION = 1, FRAME_PREFIX = 4 };

/* Header and payload packed into a new message. `payload` may be NULL. RESOURCE_EXHAUSTED when it would be over
 * TRANSPORT_MESSAGE_MAX or the header over 64 KiB. */
MUST_CHECK status frame_pack(const ProtobufCMessage *header, const ProtobufCMessage *payload, struct message **out);

/* The same with a payload that is packed already. */
MUST_CHECK status frame_pack_bytes(
        const ProtobufCMessage *header, const void *payload, size_t payload_size, struct message **out);

/* A frame taken apart. Pointers go into the message. */
struct frame {
        const uint8_t *header;
        size_t header_size;
        const uint8_t *payload;
        size_t payload_size;
};

/* INVALID_ARGUMENT for anything that is no whole frame of our version. */
MUST_CHECK status frame_split(const uint8_t *bytes, size_t size, struct frame *out);

/* Unpacks a message into the arena. INVALID_ARGUMENT when the bytes are none, or would take more than the arena has
 * left. */
MUST_CHECK status frame_unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes,
        size_t size, ProtobufCMessage **out);
