/* SPDX-License-Identifier: Apache-2.0 */
/* Message to JSON, as json_read.h takes it: absent fields are left out, repeated fields are always there. */
#pragma once

#include "common/buffer.h"

/* Appends the message as one object. */
void json_write(struct buffer *out, const ProtobufCMessage *message);

/* The same without empty lists. */
void json_write_sparse(struct buffer *out, const ProtobufCMessage *message);

/* Appends `text` in quotes with what must be escaped escaped. The text must be UTF-8. */
void json_write_string(struct buffer *out, const char *text);
