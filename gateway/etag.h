/* SPDX-License-Identifier: Apache-2.0 */
/* Entity tags (RFC 9110, section 8.8.3) of resources that have an id and a version: "<id>-<version>", always strong. */
#pragma once

#include "common/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

/* The tag of a message with the fields `id` (text) and `version` (int64), in the arena; NULL when it has none. */
char *etag_of(struct arena *arena, const ProtobufCMessage *payload);

/* Reads an If-Match: one strong tag of ours gives its version, "*" gives 0. False for anything else. */
bool etag_read_version(const char *if_match, uint64_t *out);
