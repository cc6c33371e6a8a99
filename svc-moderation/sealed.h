/* SPDX-License-Identifier: Apache-2.0 */
/* What people wrote, as it is kept at the desk: sealed, each value good for one row. */
#pragma once

#include "common/call.h"

/* `what` and `id` name the place: "details of report", its id. NULL text is no bytes. */
struct db_value seal_text(struct call *call, const char *what, const char *id, const char *text);
struct db_value seal_texts(struct call *call, const char *what, const char *id, size_t n, char *const *texts);

/* Opens it again, if there is something, and takes the bytes out of the message's field: *has and *sealed are empty
 * afterwards. What does not open is DATA_LOSS. */
MUST_CHECK status open_text(struct call *call, const char *what, const char *id, protobuf_c_boolean *has,
        ProtobufCBinaryData *sealed, char **out);
MUST_CHECK status open_texts(struct call *call, const char *what, const char *id, protobuf_c_boolean *has,
        ProtobufCBinaryData *sealed, size_t *n, char ***out);
