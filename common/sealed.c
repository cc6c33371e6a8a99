/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sealed.h"

#include "common/frame.h"
#include "common/keyring.h"
#include "common/service.h"

#include <string.h>

ProtobufCBinaryData sealed_message(struct call *call, const char *context, const ProtobufCMessage *message)
{
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *bytes = arena_alloc(call->arena, size + 1);
        protobuf_c_message_pack(message, bytes);
        return keyring_seal(call->service->keys, call->arena, context, bytes, size);
}

static status open_bytes(struct call *call, const char *context, ProtobufCBinaryData sealed, ProtobufCBinaryData *out)
{
        if (keyring_open(call->service->keys, call->arena, context, sealed, out) == STATUS_OK)
                return STATUS_OK;
        return call_fail(call, STATUS_DATA_LOSS, "what was sealed cannot be opened");
}

status sealed_open(struct call *call, const char *context, ProtobufCBinaryData sealed,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        ProtobufCBinaryData opened;
        TRY(open_bytes(call, context, sealed, &opened));
        return frame_unpack(call->arena, descriptor, opened.data, opened.len, out);
}

struct db_value sealed_text(struct call *call, const char *context, const char *text)
{
        if (text == NULL)
                return db_null();
        return db_bytes(keyring_seal(call->service->keys, call->arena, context, text, strlen(text)));
}

status sealed_open_text(struct call *call, const char *context, ProtobufCBinaryData sealed, char **out)
{
        ProtobufCBinaryData opened;
        TRY(open_bytes(call, context, sealed, &opened));
        *out = arena_strndup(call->arena, (const char *)opened.data, opened.len);
        return STATUS_OK;
}
