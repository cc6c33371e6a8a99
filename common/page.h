/* SPDX-License-Identifier: Apache-2.0 */
/* Lists by keyset: one page of a method whose request has `limit`, `cursor` and `offset` and whose reply has `items`,
 * `next_cursor` and `has_more`. */
#pragma once

#include "common/db.h"

/* As far as a list is counted. */
enum { PAGE_COUNT_MAX = 1000 };

/* Runs `sql` for the page asked for and fills the reply. The statement gets $1 (bigint) and $2 (uuid), the sort key and
 * id of the row before the page, then `values` from $3 on. It selects the fields of an item and, as page_key and
 * page_id, its own key and id; it says WHERE (key, id) < ($1, $2) and ORDER BY key DESC, id DESC, and no LIMIT: that is
 * added here, as a literal. A cursor that is not of this list is BAD_CURSOR; a cursor with an offset too. A
 * request that has set `count` has the whole list counted, up to PAGE_COUNT_MAX, into total_count. */
#define page_rows(call, in, out, sql, ...) page_run(call, in, out, sql, DB_VALUES("", "", ##__VA_ARGS__))

MUST_CHECK status page_run(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out, const char *sql,
        const struct db_value *values, int count);
