/* SPDX-License-Identifier: Apache-2.0 */
#include "common/db_value.h"

#include <string.h>

enum { UUID_OID = 2950, UUID_BYTES = 16, ARRAY_HEAD_SIZE = 20 };

/* A text[] literal: every element quoted. */
static const char *write_texts(struct arena *arena, const struct db_value *value)
{
        size_t size = 3;
        for (size_t i = 0; i < value->count; i++)
                size += strlen(value->texts[i]) * 2 + 3;
        char *literal = arena_alloc(arena, size);
        char *out = literal;
        *out++ = '{';
        for (size_t i = 0; i < value->count; i++) {
                if (i > 0)
                        *out++ = ',';
                *out++ = '"';
                for (const char *at = value->texts[i]; *at != '\0'; at++) {
                        if (*at == '"' || *at == '\\')
                                *out++ = '\\';
                        *out++ = *at;
                }
                *out++ = '"';
        }
        *out++ = '}';
        *out = '\0';
        return literal;
}

static char *write_big_endian(char *out, uint32_t number)
{
        for (int i = 0; i < 4; i++)
                out[i] = (char)(number >> (24 - 8 * i));
        return out + 4;
}

/* One dimension (none when it is empty) of elements that are never NULL: how many, from 1 on; each with its length. */
static const char *write_uuids(struct arena *arena, const struct db_value *value, int *length)
{
        char *array = arena_alloc(arena, ARRAY_HEAD_SIZE + value->n_uuids * (4 + UUID_BYTES)), *out = array;
        out = write_big_endian(out, value->n_uuids > 0);
        out = write_big_endian(out, 0);
        out = write_big_endian(out, UUID_OID);
        if (value->n_uuids > 0) {
                out = write_big_endian(out, (uint32_t)value->n_uuids);
                out = write_big_endian(out, 1);
        }
        for (size_t i = 0; i < value->n_uuids; i++, out += UUID_BYTES) {
                out = write_big_endian(out, UUID_BYTES);
                memcpy(out, value->uuids[i], UUID_BYTES);
        }
        *length = (int)(out - array);
        return array;
}

static const char *write_number(struct arena *arena, int64_t number)
{
        char *end = (char *)arena_alloc(arena, 24) + 23;
        uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
        *end = '\0';
        do
                *--end = (char)('0' + rest % 10);
        while ((rest /= 10) > 0);
        if (number < 0)
                *--end = '-';
        return end;
}

const char *db_value_write(struct arena *arena, const struct db_value *value, int *length, int *format)
{
        *length = 0;
        *format = value->kind == DB_BYTES || value->kind == DB_UUIDS;
        switch (value->kind) {
        case DB_TEXT:
                return value->text;
        case DB_INTEGER:
                return write_number(arena, value->integer);
        case DB_REAL:
                return arena_printf(arena, "%.17g", value->real);
        case DB_BYTES:
                *length = (int)value->bytes.len;
                return value->bytes.len == 0 ? "" : (const char *)value->bytes.data;
        case DB_TEXTS:
                return write_texts(arena, value);
        case DB_UUIDS:
                return write_uuids(arena, value, length);
        case DB_NULL:
                break;
        }
        return NULL;
}
