/* SPDX-License-Identifier: Apache-2.0 */
/* JSON to message. Keys are the proto's field names; 64-bit integers are JSON numbers of at most 2^53-1 in size; times
 * are text; bytes are base64; null means absent. */
#pragma once

#include "common/json_scan.h"
#include "common/schema.h"
#include "common/violation.h"

enum json_read_flags {
        JSON_STRICT = 0,
        JSON_IGNORE_UNKNOWN =
                1, /* keys without a field are passed over: for documents of others, such as token claims */
};

/* Fills `message`, which was initialised by its type's init and keeps what the object does not name. Everything made
 * lives in the arena. What does not fit becomes a violation: wrong_type, unknown_field, out_of_range, malformed.
 * INVALID_ARGUMENT only when the root is no object. */
MUST_CHECK status json_read(struct arena *arena, const struct json *json, const struct schema_message *schema,
        ProtobufCMessage *message, enum json_read_flags flags, struct violations *violations);

/* Sets one field from text, as in a path or a query: numbers in decimal, booleans as true/false, a repeated field gains
 * a value. A field that does not exist or does not fit becomes a violation. */
void json_read_text(struct arena *arena, const struct schema_message *schema, ProtobufCMessage *message,
        const char *name, const char *text, struct violations *violations);

/* Does the message have this field? */
bool json_has_field(const struct schema_message *schema, const char *name);
