/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a message against the rules beside its fields (proto/sfp/options.proto). */
#pragma once

#include "common/schema.h"
#include "common/violation.h"

/* Adds a violation for every field of `message`, and of its parts, that breaks a rule. Every string is checked to be
 * UTF-8, with rules or without, because protobuf-c does not. `message` must be of `schema`'s type. */
void validate_message(
        const struct schema_message *schema, const ProtobufCMessage *message, struct violations *violations);
