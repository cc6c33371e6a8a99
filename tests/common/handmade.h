/* SPDX-License-Identifier: Apache-2.0 */
/* Rows made by hand, in the binary format, so that no server is needed. They live until handmade_end. */
#pragma once

#include "common/row.h"
#include "tests/suite.h"

/* PostgreSQL's numbers of types. */
enum {
        BOOL = 16,
        BYTEA = 17,
        NAME = 19,
        INT8 = 20,
        INT2 = 21,
        INT4 = 23,
        TEXT = 25,
        FLOAT4 = 700,
        FLOAT8 = 701,
        BPCHAR = 1042,
        VARCHAR = 1043,
        DATE = 1082,
        TIMESTAMPTZ = 1184,
        INTERVAL = 1186,
        NUMERIC = 1700,
        UUID = 2950,
        JSONB = 3802,
        TEXTS = 1009,
        INT4S = 1007
};

struct column {
        char *name;
        Oid type;
        const char *bytes; /* NULL: SQL NULL */
        int size;
};

extern struct handmade {
        struct arena *arena;
} handmade;

void handmade_begin(void);
void handmade_end(void);

/* A result of `rows` rows, all alike. libpq copies values into blocks of its own, where a sanitizer does not see reads
 * behind them. */
PGresult *result_of(const struct column *columns, int count, int rows);

/* Reads one row of these columns, or of this one. */
status read_row(const struct column *columns, int count, ProtobufCMessage *out);
status read_one(struct column column, ProtobufCMessage *out);

/* The same; `...` is a struct column's. */
#define READ_ONE(out, ...) read_one((struct column){__VA_ARGS__}, &(out)->base)
