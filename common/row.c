/* SPDX-License-Identifier: Apache-2.0 */
/* One table of column types; a column's bytes become a value, and a value goes into any field that can hold it. */
#include "common/row.h"

#include "common/clock.h"
#include "common/field.h"
#include "common/uuid.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { COLUMNS_MAX = 64, POSTGRES_EPOCH_DAYS = 10957 };

static uint64_t big_endian(const char *bytes, int size)
{
        uint64_t value = 0;
        for (int i = 0; i < size; i++)
                value = value << 8 | (uint8_t)bytes[i];
        return value;
}

/* A column's value on its way: a number, a real, text or bytes. */
struct value {
        enum { NUMBER, REAL, TEXT, BYTES } kind;
        int64_t number;
        double real;
        char *text;
        int length;
};

static struct value read_bool(struct arena *arena, const char *bytes, int length)
{
        (void)arena;
        (void)length;
        return (struct value){.kind = NUMBER, .number = *bytes != 0};
}

static struct value read_int(struct arena *arena, const char *bytes, int length)
{
        (void)arena;
        uint64_t raw = big_endian(bytes, length);
        int64_t number = length == 2 ? (int16_t)raw : length == 4 ? (int32_t)raw : (int64_t)raw;
        return (struct value){.kind = NUMBER, .number = number};
}

static struct value read_float(struct arena *arena, const char *bytes, int length)
{
        (void)arena;
        uint64_t raw = big_endian(bytes, length);
        double wide;
        float narrow;
        uint32_t half = (uint32_t)raw;
        memcpy(&wide, &raw, sizeof wide);
        memcpy(&narrow, &half, sizeof narrow);
        return (struct value){.kind = REAL, .real = length == 4 ? (double)narrow : wide};
}

static struct value read_text(struct arena *arena, const char *bytes, int length)
{
        (void)arena;
        return (struct value){.kind = TEXT, .text = (char *)(size_t)bytes, .length = length};
}

static struct value read_bytes(struct arena *arena, const char *bytes, int length)
{
        (void)arena;
        return (struct value){.kind = BYTES, .text = (char *)(size_t)bytes, .length = length};
}

static struct value read_jsonb(struct arena *arena, const char *bytes, int length)
{
        return read_text(arena, bytes + 1, length - 1); /* behind the format's version */
}

static struct value read_uuid(struct arena *arena, const char *bytes, int length)
{
        (void)length;
        char *text = arena_alloc(arena, UUID_SIZE);
        uuid_format((const uint8_t *)bytes, text);
        return (struct value){.kind = TEXT, .text = text, .length = UUID_SIZE - 1};
}

static struct value read_time(struct arena *arena, const char *bytes, int length)
{
        char *text = arena_alloc(arena, CLOCK_RFC3339_SIZE);
        int64_t us;
        /* "infinity" is the largest number there is: it stays the largest. */
        if (__builtin_add_overflow(
                    (int64_t)big_endian(bytes, length), (int64_t)POSTGRES_EPOCH_DAYS * 86400 * 1000000, &us))
                us = INT64_MAX;
        clock_rfc3339(us, text);
        return (struct value){.kind = TEXT, .text = text, .length = (int)strlen(text)};
}

static struct value read_date(struct arena *arena, const char *bytes, int length)
{
        char *text = arena_alloc(arena, CLOCK_RFC3339_SIZE);
        clock_date((int64_t)(int32_t)big_endian(bytes, length) + POSTGRES_EPOCH_DAYS, text);
        return (struct value){.kind = TEXT, .text = text, .length = (int)strlen(text)};
}

/* `least` and `most` bytes make a value of the type; anything else is refused unread. */
static const struct column_type {
        Oid oid;
        int least;
        int most;
        struct value (*read)(struct arena *arena, const char *bytes, int length);
} column_types[] = {
        {16, 1, 1, read_bool},          /* bool */
        {17, 0, INT_MAX, read_bytes},   /* bytea */
        {19, 0, INT_MAX, read_text},    /* name */
        {20, 8, 8, read_int},           /* int8 */
        {21, 2, 2, read_int},           /* int2 */
        {23, 4, 4, read_int},           /* int4 */
        {25, 0, INT_MAX, read_text},    /* text */
        {700, 4, 4, read_float},        /* float4 */
        {701, 8, 8, read_float},        /* float8 */
        {1042, 0, INT_MAX, read_text},  /* bpchar */
        {1043, 0, INT_MAX, read_text},  /* varchar */
        {1082, 4, 4, read_date},        /* date */
        {1184, 8, 8, read_time},        /* timestamptz */
        {2950, 16, 16, read_uuid},      /* uuid */
        {3802, 1, INT_MAX, read_jsonb}, /* jsonb */
};

static const struct column_type *find_type(Oid oid)
{
        for (size_t i = 0; i < sizeof column_types / sizeof *column_types; i++)
                if (column_types[i].oid == oid)
                        return &column_types[i];
        return NULL;
}

static status read_value(
        struct arena *arena, const struct column_type *type, const char *bytes, int length, struct value *out)
{
        if (type == NULL || length < type->least || length > type->most)
                return STATUS_INTERNAL;
        *out = type->read(arena, bytes, length);
        return STATUS_OK;
}

static bool holds_number(const ProtobufCFieldDescriptor *field, int64_t number)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_SINT64:
        case PROTOBUF_C_TYPE_SFIXED64:
                return true;
        case PROTOBUF_C_TYPE_UINT64:
        case PROTOBUF_C_TYPE_FIXED64:
                return number >= 0;
        case PROTOBUF_C_TYPE_UINT32:
        case PROTOBUF_C_TYPE_FIXED32:
                return number >= 0 && number <= UINT32_MAX;
        default:
                return number >= INT32_MIN && number <= INT32_MAX;
        }
}

/* Puts a value where a field of this type keeps its own. */
static status put_value(const ProtobufCFieldDescriptor *field, const struct value *value, void *place)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
                if (value->kind != TEXT)
                        return STATUS_INTERNAL;
                *(char **)place = value->text;
                return STATUS_OK;
        case PROTOBUF_C_TYPE_BYTES:
                if (value->kind != BYTES)
                        return STATUS_INTERNAL;
                *(ProtobufCBinaryData *)place = (ProtobufCBinaryData){(size_t)value->length, (uint8_t *)value->text};
                return STATUS_OK;
        case PROTOBUF_C_TYPE_DOUBLE:
                *(double *)place = value->kind == REAL ? value->real : (double)value->number;
                return value->kind == REAL || value->kind == NUMBER ? STATUS_OK : STATUS_INTERNAL;
        case PROTOBUF_C_TYPE_MESSAGE:
        case PROTOBUF_C_TYPE_FLOAT:
                return STATUS_INTERNAL;
        default:
                if (value->kind != NUMBER || !holds_number(field, value->number))
                        return STATUS_INTERNAL;
                if (field_value_size(field) == 8)
                        *(int64_t *)place = value->number;
                else
                        *(int32_t *)place = (int32_t)value->number;
                return STATUS_OK;
        }
}

/* Reads the element at *at and moves behind it. NULL has no place in a repeated field. */
static status read_element(
        struct arena *arena, const struct column_type *type, const char **at, const char *end, struct value *out)
{
        if (end - *at < 4)
                return STATUS_INTERNAL;
        int length = (int32_t)big_endian(*at, 4);
        *at += 4;
        if (length < 0 || length > end - *at)
                return STATUS_INTERNAL;
        TRY(read_value(arena, type, *at, length, out));
        *at += length;
        if (out->kind == TEXT)
                out->text = arena_strndup(arena, out->text, (size_t)out->length); /* no NUL stands behind an element */
        return STATUS_OK;
}

enum { ARRAY_HEAD = 12, ARRAY_HEAD_1 = 20 };

/* Empty and one-dimensional arrays: i32 dimensions, i32 has NULLs, u32 element type, then for one dimension i32 count,
 * i32 first index, length and bytes of each element. */
static status put_array(struct arena *arena, const ProtobufCFieldDescriptor *field, const char *bytes, int length,
        ProtobufCMessage *message)
{
        if (length == ARRAY_HEAD && big_endian(bytes, 4) == 0)
                return STATUS_OK;
        if (length < ARRAY_HEAD_1 || big_endian(bytes, 4) != 1)
                return STATUS_INTERNAL;
        const struct column_type *type = find_type((Oid)big_endian(bytes + 8, 4));
        const char *at = bytes + ARRAY_HEAD_1, *end = bytes + length;
        size_t count = big_endian(bytes + 12, 4);
        if (count > (size_t)(end - at) / 4) /* each element has a length at least */
                return STATUS_INTERNAL;
        size_t size = field_value_size(field);
        char *values = arena_zalloc(arena, count * size + 1);
        for (size_t i = 0; i < count; i++) {
                struct value value;
                TRY(read_element(arena, type, &at, end, &value));
                TRY(put_value(field, &value, values + i * size));
        }
        if (at != end)
                return STATUS_INTERNAL;
        *(char **)field_place(message, field) = values;
        *(size_t *)field_quantifier(message, field) = count;
        return STATUS_OK;
}

static status put_column(struct arena *arena, const ProtobufCFieldDescriptor *field, Oid oid, const char *bytes,
        int length, ProtobufCMessage *message)
{
        if (field_is_repeated(field))
                return put_array(arena, field, bytes, length, message);
        struct value value;
        TRY(read_value(arena, find_type(oid), bytes, length, &value));
        TRY(put_value(field, &value, field_place(message, field)));
        if (!field_is_pointer(field))
                *(protobuf_c_boolean *)field_quantifier(message, field) = 1;
        return STATUS_OK;
}

/* Where the columns of a result go. */
struct column_plan {
        const ProtobufCFieldDescriptor *part;  /* the message field in front of the dot, or NULL */
        const ProtobufCFieldDescriptor *field; /* NULL: passed over */
};

static status plan_column(const char *name, const ProtobufCMessageDescriptor *descriptor, struct column_plan *out)
{
        char part[64];
        const char *dot = strchr(name, '.');
        *out = (struct column_plan){0};
        if (strncmp(name, "page_", 5) == 0)
                return STATUS_OK;
        if (dot != NULL && (size_t)(dot - name) < sizeof part) {
                memcpy(part, name, (size_t)(dot - name));
                part[dot - name] = '\0';
                out->part = protobuf_c_message_descriptor_get_field_by_name(descriptor, part);
                if (out->part == NULL || out->part->type != PROTOBUF_C_TYPE_MESSAGE || field_is_repeated(out->part))
                        return STATUS_INTERNAL;
                descriptor = out->part->descriptor;
                name = dot + 1;
        }
        out->field = protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
        return out->field == NULL ? STATUS_INTERNAL : STATUS_OK;
}

static status make_plan(const PGresult *result, const ProtobufCMessageDescriptor *descriptor, struct column_plan *plan)
{
        int columns = PQnfields(result);
        if (columns > COLUMNS_MAX)
                return STATUS_INTERNAL;
        for (int c = 0; c < columns; c++)
                TRY(plan_column(PQfname(result, c), descriptor, &plan[c]));
        return STATUS_OK;
}

/* The part's message, made on first use. */
static ProtobufCMessage *part_of(struct arena *arena, ProtobufCMessage *message, const ProtobufCFieldDescriptor *part)
{
        ProtobufCMessage **place = field_place(message, part);
        if (*place == NULL) {
                const ProtobufCMessageDescriptor *descriptor = part->descriptor;
                *place = arena_alloc(arena, descriptor->sizeof_message);
                descriptor->message_init(*place);
        }
        return *place;
}

static status read_planned(
        struct arena *arena, const PGresult *result, int row, const struct column_plan *plan, ProtobufCMessage *message)
{
        int columns = PQnfields(result);
        for (int c = 0; c < columns; c++) {
                if (plan[c].field == NULL || PQgetisnull(result, row, c))
                        continue;
                ProtobufCMessage *target = plan[c].part == NULL ? message : part_of(arena, message, plan[c].part);
                TRY(put_column(arena, plan[c].field, PQftype(result, c), PQgetvalue(result, row, c),
                        PQgetlength(result, row, c), target));
        }
        return STATUS_OK;
}

status row_read(struct arena *arena, const PGresult *result, int row, ProtobufCMessage *message)
{
        struct column_plan plan[COLUMNS_MAX];
        TRY(make_plan(result, message->descriptor, plan));
        return read_planned(arena, result, row, plan, message);
}

status row_read_all(struct arena *arena, const PGresult *result, int count, ProtobufCMessage *list, const char *name)
{
        struct column_plan plan[COLUMNS_MAX];
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(list->descriptor, name);
        if (field == NULL || !field_is_repeated(field) || field->type != PROTOBUF_C_TYPE_MESSAGE)
                return STATUS_INTERNAL;
        const ProtobufCMessageDescriptor *descriptor = field->descriptor;
        TRY(make_plan(result, descriptor, plan));
        ProtobufCMessage **items = arena_alloc(arena, (size_t)count * sizeof *items + 1);
        for (int row = 0; row < count; row++) {
                items[row] = arena_alloc(arena, descriptor->sizeof_message);
                descriptor->message_init(items[row]);
                TRY(read_planned(arena, result, row, plan, items[row]));
        }
        *(ProtobufCMessage ***)field_place(list, field) = items;
        *(size_t *)field_quantifier(list, field) = (size_t)count;
        return STATUS_OK;
}
