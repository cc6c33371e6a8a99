/* SPDX-License-Identifier: Apache-2.0 */
/* A ZIP file made in memory (APPNOTE 6.3, by libzip). The same entries make the same bytes: nothing of the day or the
 * machine goes into it. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <protobuf-c/protobuf-c.h>

struct zip_entry {
        const char *name; /* UTF-8, relative, with slashes; no two alike */
        const char *bytes;
        size_t length;
};

/* `out` lives in the arena. INTERNAL when the library refuses, RESOURCE_EXHAUSTED when the file has more than `max`
 * bytes. */
MUST_CHECK status zip_file_make(
        struct arena *arena, size_t n_entries, const struct zip_entry *entries, size_t max, ProtobufCBinaryData *out);
