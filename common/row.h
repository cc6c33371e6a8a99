/* SPDX-License-Identifier: Apache-2.0 */
/* SQL rows to messages: a column fills the field of its name, "viewer.liked" the field of a part; NULL leaves it
 * absent. Results are in PostgreSQL's binary format. */
#pragma once

#include "common/arena.h"
#include "common/status.h"

#include <libpq-fe.h>

/* Fills `message` from one row. Text points into the result, which must live as long as the message. INTERNAL when a
 * column has no field or a type that does not fit it: a mistake of ours. Columns whose names begin with "page_" are
 * passed over. */
MUST_CHECK status row_read(struct arena *arena, const PGresult *result, int row, ProtobufCMessage *message);

/* Appends every row to the repeated message field `field` of `list`. */
MUST_CHECK status row_read_all(
        struct arena *arena, const PGresult *result, int count, ProtobufCMessage *list, const char *field);
