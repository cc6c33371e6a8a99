/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from client.c so that a test's own client reads replies as the real one does. */
#include "common/client.h"
#include "common/frame.h"

#include <stdbool.h>

static bool read_reply(
        struct arena *arena, const struct schema_method *method, struct message *reply, struct client_reply *out)
{
        struct frame frame;
        ProtobufCMessage *header;
        if (frame_split(message_bytes(reply), message_size(reply), &frame) != STATUS_OK ||
                frame_unpack(arena, &sfp__reply_header__descriptor, frame.header, frame.header_size, &header) !=
                        STATUS_OK)
                return false;
        out->header = (const Sfp__ReplyHeader *)header;
        out->status = status_from_number((int)out->header->status);
        return out->status != STATUS_OK || frame_unpack(arena, method->output->descriptor, frame.payload,
                                                   frame.payload_size, &out->payload) == STATUS_OK;
}

void client_reply_read(struct arena *arena, const struct schema_method *method, status code, struct message *reply,
        struct client_reply *out)
{
        *out = (struct client_reply){.status = code};
        if (reply != NULL && !read_reply(arena, method, reply, out))
                *out = (struct client_reply){.status = STATUS_INTERNAL};
        message_free(reply);
}
