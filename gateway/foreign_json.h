/* SPDX-License-Identifier: Apache-2.0 */
/* JSON documents that others make: parts of tokens, and keys. What we have no field for is passed over, the rest must
 * fit, and nothing may be said twice. */
#pragma once

#include "common/json_scan.h"
#include "common/schema.h"

/* Reads an object into `message`, which was initialised. False when it is none, or breaks a rule of its fields. `json`
 * is the whole of it, pointing into `bytes`; NULL: not wanted. */
bool foreign_json_read(struct arena *arena, const char *bytes, size_t size, const struct schema_message *schema,
        ProtobufCMessage *message, struct json *json);

/* Is there a member `name` of the root, whatever its value? *token is the value then. */
bool foreign_json_find(const struct json *json, const char *name, uint32_t *token);
