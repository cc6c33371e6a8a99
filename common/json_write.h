/* SPDX-License-Identifier: Apache-2.0 */
/* Message to JSON, as json_read.h takes it: absent fields are left out, repeated fields are always there; sfp.Json
 * stands as its text says. */
#pragma once

#include "common/buffer.h"

#include <stdbool.h>

/* Appends the message as one object. */
void json_write(struct buffer *out, const ProtobufCMessage *message);

/* The same without empty lists. */
void json_write_sparse(struct buffer *out, const ProtobufCMessage *message);

/* Which fields of a message are written, by their index in its descriptor. */
struct json_mask {
        struct json_mask_field {
                bool is_shown;
                struct json_mask *part; /* of a message in it; NULL: all of that */
        } * fields;
};

/* As json_write, but of each message only what its mask shows. NULL: everything. */
void json_write_masked(struct buffer *out, const ProtobufCMessage *message, const struct json_mask *mask);

/* Appends `text` in quotes with what must be escaped escaped. The text must be UTF-8. */
void json_write_string(struct buffer *out, const char *text);
