/* SPDX-License-Identifier: Apache-2.0 */
/* Records that cannot be rewritten unseen: each holds a hash over what it says and the hash of the record before it. A
 * hash is SHA-256 over the previous one (CHAIN_SIZE bytes; zeros for the first) and then, for each field in its order,
 * its length as a big-endian u32 and its bytes; an absent field is as the empty one. Whoever has the records can check
 * them; docs/privacy.md lists the fields of each kind. */
#pragma once

#include "common/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

enum { CHAIN_SIZE = 32 };

/* The hash of a record, in the arena. `previous` without bytes stands for that of a first record. */
ProtobufCBinaryData chain_link(
        struct arena *arena, ProtobufCBinaryData previous, size_t n_fields, const char *const *fields);

/* CHAIN_SIZE zeros, in the arena: what stands in front of the first. */
ProtobufCBinaryData chain_start(struct arena *arena);

bool chain_is_same(ProtobufCBinaryData left, ProtobufCBinaryData right);
