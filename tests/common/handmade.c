/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/handmade.h"

#include <string.h>

struct handmade handmade;

void handmade_begin(void)
{
        handmade.arena = arena_new(0);
}

void handmade_end(void)
{
        arena_free(handmade.arena);
}

static void clear_result(void *result)
{
        PQclear(result);
}

PGresult *result_of(const struct column *columns, int count, int rows)
{
        PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
        PGresAttDesc attributes[80];
        memset(attributes, 0, sizeof attributes);
        for (int c = 0; c < count; c++)
                attributes[c] = (PGresAttDesc){.name = columns[c].name, .format = 1, .typid = columns[c].type};
        ck_assert_int_eq(PQsetResultAttrs(result, count, attributes), 1);
        for (int row = 0; row < rows; row++)
                for (int c = 0; c < count; c++)
                        ck_assert_int_eq(PQsetvalue(result, row, c, (char *)(size_t)columns[c].bytes,
                                                 columns[c].bytes == NULL ? -1 : columns[c].size),
                                1);
        arena_defer(handmade.arena, clear_result, result);
        return result;
}

status read_row(const struct column *columns, int count, ProtobufCMessage *out)
{
        return row_read(handmade.arena, result_of(columns, count, 1), 0, out);
}

status read_one(struct column column, ProtobufCMessage *out)
{
        return read_row(&column, 1, out);
}
