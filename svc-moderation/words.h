/* SPDX-License-Identifier: Apache-2.0 */
/* What people wrote, as it is kept at the desk: sealed, each value good for one row. */
#pragma once

#include "common/sealed.h"

/* `what` and `id` name the place: "details of report", its id; `of` is whose words they are (NULL: the desk's own). */
struct db_value words_seal(struct call *call, const char *of, const char *what, const char *id, const char *text);
struct db_value words_seal_all(
        struct call *call, const char *of, const char *what, const char *id, size_t n, char *const *texts);

/* Opens them again, if there are some. */
MUST_CHECK status words_open(
        struct call *call, const char *what, const char *id, bool is_there, ProtobufCBinaryData sealed, char **out);
MUST_CHECK status words_open_all(struct call *call, const char *what, const char *id, bool is_there,
        ProtobufCBinaryData sealed, size_t *n, char ***out);
