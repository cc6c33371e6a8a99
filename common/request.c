/* SPDX-License-Identifier: Apache-2.0 */
#include "common/request.h"

#include "common/identity.h"
#include "common/service.h"

#include <string.h>

static status read_header(struct arena *arena, struct message *message, struct request *out)
{
        ProtobufCMessage *header;
        TRY(frame_split(message_bytes(message), message_size(message), &out->frame));
        TRY(frame_unpack(arena, &sfp__request_header__descriptor, out->frame.header, out->frame.header_size, &header));
        out->header = (const Sfp__RequestHeader *)header;
        return STATUS_OK;
}

/* Our headers begin with the method (field 1, shorter than 128 bytes). */
size_t request_peek(struct message *message, char method[REQUEST_METHOD_SIZE])
{
        struct frame frame;
        method[0] = '\0';
        if (frame_split(message_bytes(message), message_size(message), &frame) != STATUS_OK || frame.header_size < 2 ||
                frame.header[0] != (1 << 3 | 2) || frame.header[1] >= REQUEST_METHOD_SIZE ||
                frame.header_size - 2 < frame.header[1])
                return 0;
        memcpy(method, frame.header + 2, frame.header[1]);
        method[frame.header[1]] = '\0';
        return frame.header[1];
}

status request_read(const struct service *service, struct arena *arena, struct message *message, struct request *out)
{
        Sfp__Caller *caller;
        TRY(read_header(arena, message, out));
        TRY(identity_check(service->identity, arena, &out->frame, out->header, &caller));
        const char *method = out->header->method;
        out->caller = caller;
        out->method = method == NULL ? NULL : schema_method_find(service->schema, method);
        return STATUS_OK;
}
