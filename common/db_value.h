/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of a statement. DB_VALUES(id, 42, name) makes a list of them from C values by their types:
 * text (NULL is SQL NULL), whole numbers, truth values, doubles, bytes (ProtobufCBinaryData); db_texts() for text[],
 * db_uuids() for uuid[] (many of them are read faster as bytes: the statement must say ::uuid[]), db_null() for NULL,
 * DB_OPTIONAL(message, field) for an optional number. Text is read by PostgreSQL as the type the statement needs.
 */
#pragma once

#include "common/arena.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_value {
        enum { DB_NULL, DB_TEXT, DB_INTEGER, DB_REAL, DB_BYTES, DB_TEXTS, DB_UUIDS } kind;
        union {
                const char *text;
                int64_t integer;
                double real;
                ProtobufCBinaryData bytes;
                struct {
                        char *const *texts;
                        size_t count;
                };
                struct {
                        const uint8_t *const *uuids; /* 16 bytes each */
                        size_t n_uuids;
                };
        };
};

static inline struct db_value db_null(void)
{
        return (struct db_value){.kind = DB_NULL};
}

static inline struct db_value db_text(const char *text)
{
        return text == NULL ? db_null() : (struct db_value){.kind = DB_TEXT, .text = text};
}

static inline struct db_value db_integer(int64_t integer)
{
        return (struct db_value){.kind = DB_INTEGER, .integer = integer};
}

static inline struct db_value db_real(double real)
{
        return (struct db_value){.kind = DB_REAL, .real = real};
}

static inline struct db_value db_bytes(ProtobufCBinaryData bytes)
{
        return (struct db_value){.kind = DB_BYTES, .bytes = bytes};
}

static inline struct db_value db_texts(size_t count, char *const *texts)
{
        return (struct db_value){.kind = DB_TEXTS, .texts = texts, .count = count};
}

static inline struct db_value db_uuids(size_t count, const uint8_t *const *uuids)
{
        return (struct db_value){.kind = DB_UUIDS, .uuids = uuids, .n_uuids = count};
}

static inline struct db_value db_same(struct db_value value)
{
        return value;
}

/* What libpq takes for a value: its text, or for bytes and uuids bytes with *length and *format 1. In the arena,
 * or the value's own. */
const char *db_value_write(struct arena *arena, const struct db_value *value, int *length, int *format);

#define DB_OPTIONAL(message, field) ((message)->has_##field ? db_integer((int64_t)(message)->field) : db_null())

/* clang-format off */
#define DB_VALUE(x) _Generic((x), \
        char *: db_text, const char *: db_text, \
        bool: db_integer, int: db_integer, long: db_integer, long long: db_integer, \
        unsigned: db_integer, unsigned long: db_integer, \
        double: db_real, ProtobufCBinaryData: db_bytes, struct db_value: db_same)(x)

/* DB_VALUE of each of up to 20 arguments. */
#define DB_EACH_1(x) DB_VALUE(x)
#define DB_EACH_2(x, ...) DB_VALUE(x), DB_EACH_1(__VA_ARGS__)
#define DB_EACH_3(x, ...) DB_VALUE(x), DB_EACH_2(__VA_ARGS__)
#define DB_EACH_4(x, ...) DB_VALUE(x), DB_EACH_3(__VA_ARGS__)
#define DB_EACH_5(x, ...) DB_VALUE(x), DB_EACH_4(__VA_ARGS__)
#define DB_EACH_6(x, ...) DB_VALUE(x), DB_EACH_5(__VA_ARGS__)
#define DB_EACH_7(x, ...) DB_VALUE(x), DB_EACH_6(__VA_ARGS__)
#define DB_EACH_8(x, ...) DB_VALUE(x), DB_EACH_7(__VA_ARGS__)
#define DB_EACH_9(x, ...) DB_VALUE(x), DB_EACH_8(__VA_ARGS__)
#define DB_EACH_10(x, ...) DB_VALUE(x), DB_EACH_9(__VA_ARGS__)
#define DB_EACH_11(x, ...) DB_VALUE(x), DB_EACH_10(__VA_ARGS__)
#define DB_EACH_12(x, ...) DB_VALUE(x), DB_EACH_11(__VA_ARGS__)
#define DB_EACH_13(x, ...) DB_VALUE(x), DB_EACH_12(__VA_ARGS__)
#define DB_EACH_14(x, ...) DB_VALUE(x), DB_EACH_13(__VA_ARGS__)
#define DB_EACH_15(x, ...) DB_VALUE(x), DB_EACH_14(__VA_ARGS__)
#define DB_EACH_16(x, ...) DB_VALUE(x), DB_EACH_15(__VA_ARGS__)
#define DB_EACH_17(x, ...) DB_VALUE(x), DB_EACH_16(__VA_ARGS__)
#define DB_EACH_18(x, ...) DB_VALUE(x), DB_EACH_17(__VA_ARGS__)
#define DB_EACH_19(x, ...) DB_VALUE(x), DB_EACH_18(__VA_ARGS__)
#define DB_EACH_20(x, ...) DB_VALUE(x), DB_EACH_19(__VA_ARGS__)
#define DB_EACH_N(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, each, ...) each
#define DB_EACH(...) DB_EACH_N(__VA_ARGS__, DB_EACH_20, DB_EACH_19, DB_EACH_18, DB_EACH_17, DB_EACH_16, DB_EACH_15, \
        DB_EACH_14, DB_EACH_13, DB_EACH_12, DB_EACH_11, DB_EACH_10, DB_EACH_9, DB_EACH_8, DB_EACH_7, DB_EACH_6, DB_EACH_5, \
        DB_EACH_4, DB_EACH_3, DB_EACH_2, DB_EACH_1)(__VA_ARGS__)

/* Two arguments: the array and its length. The first place is a dummy so that no values at all are fine too. */
#define DB_VALUES(...) \
        (const struct db_value[]){DB_EACH(db_null() __VA_OPT__(,) __VA_ARGS__)} + 1, \
        (int) (sizeof((const struct db_value[]){DB_EACH(db_null() __VA_OPT__(,) __VA_ARGS__)}) / sizeof(struct db_value)) - 1
/* clang-format on */
