/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that are for the inside of a service (inner in options.proto): SQL fills them, handlers read them, and
 * the kit clears them before an answer is kept or leaves. */
#pragma once

#include "common/schema.h"

#include <stdbool.h>

/* Does this type have such fields, in itself or in a part? */
bool inner_is_in(const struct schema_message *type);

/* Clears them, in all parts. */
void inner_clear(const struct schema_message *type, ProtobufCMessage *message);
