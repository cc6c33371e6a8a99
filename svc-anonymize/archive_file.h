/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as a file for its owner: README.txt, schema.json, and of every table <service>/<table>.json, with
 * <service>/<table>.csv beside it where its rows are flat (table_rows.h). */
#pragma once

#include "common/arena.h"
#include "common/status.h"
#include "common/transport.h"
#include "sfp/profile.pb-c.h"

enum {
        ARCHIVE_MAX = TRANSPORT_MESSAGE_MAX + 4096, /* bytes of an archive that is handed out at once, as sealed */
        ARCHIVE_UNPACKED_MAX = 16 << 20,            /* of all entries of a file together */
        ARCHIVE_FILE_MAX = TRANSPORT_MESSAGE_MAX - (64 << 10), /* of the file, which goes as one message */
};

/* The same archive makes the same bytes, in the arena, which takes no more than them. RESOURCE_EXHAUSTED when a bound
 * is passed, INTERNAL when a service has two tables of one name. */
MUST_CHECK status archive_file_make(struct arena *arena, const Anonymize__Archive *archive, ProtobufCBinaryData *out);
