/* SPDX-License-Identifier: Apache-2.0 */
/* One walker for all messages: a token and a field descriptor meet in read_value. */
#include "common/json_read.h"

#include "common/base64.h"
#include "common/field.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t safe_integer_max = 9007199254740991; /* 2^53-1: what every JSON reader holds exactly */

struct reader {
        struct arena *arena;
        const struct json *json;
        enum json_read_flags flags;
        struct violations *violations;
};

static void wrong_type(struct reader *reader, const struct field_path *path, const char *takes)
{
        violation_add(reader->violations, path, "wrong_type", "must be %s", takes);
}

/* A whole number within what the field holds. Text is that of a JSON number. */
static bool read_integer(struct reader *reader, const ProtobufCFieldDescriptor *field, const char *text,
        const struct field_path *path, void *place)
{
        char *end;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (*end != '\0' || end == text) {
                wrong_type(reader, path, "a whole number");
                return false;
        }
        bool is_wide = field_value_size(field) == 8;
        bool is_unsigned = field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_UINT64 ||
                           field->type == PROTOBUF_C_TYPE_FIXED32 || field->type == PROTOBUF_C_TYPE_FIXED64;
        int64_t max = is_wide ? safe_integer_max : is_unsigned ? UINT32_MAX : INT32_MAX;
        int64_t min = is_unsigned ? 0 : is_wide ? -safe_integer_max : INT32_MIN;
        if (errno != 0 || value > max || value < min) {
                violation_add(reader->violations, path, "out_of_range", "must be from %lld to %lld", (long long)min,
                        (long long)max);
                return false;
        }
        if (is_wide)
                *(int64_t *)place = value;
        else
                *(int32_t *)place = (int32_t)(uint32_t)value;
        return true;
}

static bool read_real(struct reader *reader, const ProtobufCFieldDescriptor *field, const char *text,
        const struct field_path *path, void *place)
{
        char *end;
        double value = strtod(text, &end);
        if (*end != '\0' || end == text || !isfinite(value)) {
                wrong_type(reader, path, "a number");
                return false;
        }
        if (field->type == PROTOBUF_C_TYPE_DOUBLE)
                *(double *)place = value;
        else
                *(float *)place = (float)value;
        return true;
}

static const char *type_takes(const ProtobufCFieldDescriptor *field)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
        case PROTOBUF_C_TYPE_BYTES:
        case PROTOBUF_C_TYPE_ENUM:
                return "text in quotes";
        case PROTOBUF_C_TYPE_BOOL:
                return "true or false";
        case PROTOBUF_C_TYPE_MESSAGE:
                return "an object";
        case PROTOBUF_C_TYPE_DOUBLE:
        case PROTOBUF_C_TYPE_FLOAT:
                return "a number";
        default:
                return "a whole number";
        }
}

/* Text from a path or a query may hold what strtoll and strtod would take beyond JSON's numbers: spaces, a plus sign,
 * hexadecimal digits. */
static bool is_decimal(const char *text)
{
        return (*text == '-' || (*text >= '0' && *text <= '9')) && text[strspn(text, "0123456789+-.eE")] == '\0';
}

static bool read_number(struct reader *reader, const ProtobufCFieldDescriptor *field, const char *text,
        const struct field_path *path, void *place)
{
        if (!is_decimal(text)) {
                wrong_type(reader, path, type_takes(field));
                return false;
        }
        bool is_real = field->type == PROTOBUF_C_TYPE_DOUBLE || field->type == PROTOBUF_C_TYPE_FLOAT;
        return (is_real ? read_real : read_integer)(reader, field, text, path, place);
}

static bool read_enum(struct reader *reader, const ProtobufCFieldDescriptor *field, const char *text,
        const struct field_path *path, void *place)
{
        const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(field->descriptor, text);
        if (value == NULL) {
                violation_add(reader->violations, path, "not_allowed", "is not one of the words allowed here");
                return false;
        }
        *(int *)place = value->value;
        return true;
}

static bool read_bytes(struct reader *reader, const char *text, const struct field_path *path, void *place)
{
        ProtobufCBinaryData *out = place;
        out->data = base64_decode(reader->arena, text, strlen(text), &out->len);
        if (out->data == NULL)
                violation_add(reader->violations, path, "malformed", "must be base64");
        return out->data != NULL;
}

static enum json_type type_of(const ProtobufCFieldDescriptor *field)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
        case PROTOBUF_C_TYPE_BYTES:
        case PROTOBUF_C_TYPE_ENUM:
                return JSON_STRING;
        case PROTOBUF_C_TYPE_BOOL:
                return JSON_TRUE;
        case PROTOBUF_C_TYPE_MESSAGE:
                return JSON_OBJECT;
        default:
                return JSON_NUMBER;
        }
}

/* A value given as text, for every type but messages. */
static bool read_text(struct reader *reader, const ProtobufCFieldDescriptor *field, char *text,
        const struct field_path *path, void *place)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
                *(char **)place = text;
                return true;
        case PROTOBUF_C_TYPE_BYTES:
                return read_bytes(reader, text, path, place);
        case PROTOBUF_C_TYPE_ENUM:
                return read_enum(reader, field, text, path, place);
        case PROTOBUF_C_TYPE_BOOL:
                *(protobuf_c_boolean *)place = strcmp(text, "true") == 0;
                if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
                        return true;
                wrong_type(reader, path, "true or false");
                return false;
        case PROTOBUF_C_TYPE_MESSAGE:
                wrong_type(reader, path, "an object");
                return false;
        default:
                return read_number(reader, field, text, path, place);
        }
}

static void read_object(struct reader *reader, uint32_t token, const struct schema_message *schema,
        ProtobufCMessage *message, const struct field_path *parent);

static ProtobufCMessage *new_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor)
{
        ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
        descriptor->message_init(message);
        return message;
}

static bool read_value(struct reader *reader, uint32_t token, const struct schema_message *schema, unsigned i,
        const struct field_path *path, void *place)
{
        const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
        const struct json_token *value = &reader->json->tokens[token];
        enum json_type type = value->type == JSON_FALSE ? JSON_TRUE : value->type;
        if (type != type_of(field)) {
                wrong_type(reader, path, type_takes(field));
                return false;
        }
        if (type == JSON_OBJECT) {
                ProtobufCMessage *part = new_message(reader->arena, field->descriptor);
                read_object(reader, token, schema->parts[i], part, path);
                *(ProtobufCMessage **)place = part;
                return true;
        }
        char *text = type == JSON_STRING
                             ? json_string(reader->arena, reader->json, token)
                             : arena_strndup(reader->arena, reader->json->bytes + value->start, value->length);
        return read_text(reader, field, text, path, place);
}

static void read_array(struct reader *reader, uint32_t token, const struct schema_message *schema, unsigned i,
        ProtobufCMessage *message, const struct field_path *path)
{
        const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
        const struct json_token *array = &reader->json->tokens[token];
        if (array->type != JSON_ARRAY) {
                wrong_type(reader, path, "a list");
                return;
        }
        size_t size = field_value_size(field);
        char *values = arena_zalloc(reader->arena, array->count * size + 1);
        uint32_t element = token + 1;
        size_t count = 0;
        for (uint32_t n = 0; n < array->count; n++, element = reader->json->tokens[element].next) {
                const struct field_path place = {path->parent, path->name, (long)n};
                count += read_value(reader, element, schema, i, &place, values + count * size);
        }
        *(char **)field_place(message, field) = values;
        *(size_t *)field_quantifier(message, field) = count;
}

static void read_field(struct reader *reader, uint32_t token, const struct schema_message *schema, unsigned i,
        ProtobufCMessage *message, const struct field_path *path)
{
        const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
        if (reader->json->tokens[token].type == JSON_NULL)
                return;
        if (field_is_repeated(field))
                read_array(reader, token, schema, i, message, path);
        else if (read_value(reader, token, schema, i, path, field_place(message, field)) && !field_is_pointer(field))
                *(protobuf_c_boolean *)field_quantifier(message, field) = 1;
}

static bool is_shown(const struct schema_message *schema, unsigned i)
{
        return schema->rules[i] == NULL || !schema->rules[i]->inner;
}

/* By a name that need not end in NUL. */
static bool find_named(const struct schema_message *schema, const char *name, size_t length, unsigned *out)
{
        const ProtobufCMessageDescriptor *descriptor = schema->descriptor;
        unsigned low = 0, high = descriptor->n_fields;
        while (low < high) {
                unsigned middle = (low + high) / 2;
                const char *field = descriptor->fields[descriptor->fields_sorted_by_name[middle]].name;
                int order = strncmp(name, field, length);
                if (order == 0 && field[length] == '\0') {
                        *out = descriptor->fields_sorted_by_name[middle];
                        return is_shown(schema, *out);
                }
                if (order > 0)
                        low = middle + 1;
                else /* of one that the name begins, too: it is behind the name */
                        high = middle;
        }
        return false;
}

static bool find_field(const struct schema_message *schema, const char *name, unsigned *out)
{
        return find_named(schema, name, strlen(name), out);
}

/* The field that a key names; `next` is looked at first, since most documents have the fields in their order. */
static bool find_key(
        const struct reader *reader, uint32_t key, const struct schema_message *schema, unsigned next, unsigned *out)
{
        const struct json_token *token = &reader->json->tokens[key];
        const char *name = reader->json->bytes + token->start;
        if (token->has_escapes)
                return find_field(schema, json_string(reader->arena, reader->json, key), out);
        if (next < schema->descriptor->n_fields) {
                const char *expected = schema->descriptor->fields[next].name;
                *out = next;
                if (strncmp(name, expected, token->length) == 0 && expected[token->length] == '\0')
                        return is_shown(schema, next);
        }
        return find_named(schema, name, token->length, out);
}

static void read_object(struct reader *reader, uint32_t token, const struct schema_message *schema,
        ProtobufCMessage *message, const struct field_path *parent)
{
        uint32_t count = reader->json->tokens[token].count;
        uint32_t key = token + 1;
        unsigned next = 0, i;
        for (uint32_t n = 0; n < count; n++, key = reader->json->tokens[key + 1].next) {
                struct field_path path = {parent, NULL, -1};
                if (find_key(reader, key, schema, next, &i)) {
                        next = i + 1;
                        path.name = schema->descriptor->fields[i].name;
                        read_field(reader, key + 1, schema, i, message, &path);
                } else if ((reader->flags & JSON_IGNORE_UNKNOWN) == 0) {
                        path.name = json_string(reader->arena, reader->json, key);
                        violation_add(reader->violations, &path, "unknown_field", "is not a field of this request");
                }
        }
}

status json_read(struct arena *arena, const struct json *json, const struct schema_message *schema,
        ProtobufCMessage *message, enum json_read_flags flags, struct violations *violations)
{
        struct reader reader = {arena, json, flags, violations};
        if (json->tokens[0].type != JSON_OBJECT)
                return STATUS_INVALID_ARGUMENT;
        read_object(&reader, 0, schema, message, NULL);
        return STATUS_OK;
}

/* Room for one more value of a repeated field. */
static void *grow(struct arena *arena, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        size_t *count = field_quantifier(message, field);
        char **values = field_place(message, field);
        size_t size = field_value_size(field);
        char *grown = arena_zalloc(arena, (*count + 1) * size);
        if (*count > 0)
                memcpy(grown, *values, *count * size);
        *values = grown;
        return grown + *count * size;
}

void json_read_text(struct arena *arena, const struct schema_message *schema, ProtobufCMessage *message,
        const char *name, const char *text, struct violations *violations)
{
        struct reader reader = {.arena = arena, .violations = violations};
        const struct field_path path = {NULL, name, -1};
        unsigned i;
        if (!find_field(schema, name, &i)) {
                violation_add(violations, &path, "unknown_field", "is not a parameter of this request");
                return;
        }
        const ProtobufCFieldDescriptor *field = &schema->descriptor->fields[i];
        char *copy = arena_strdup(arena, text);
        if (field_is_repeated(field)) {
                if (read_text(&reader, field, copy, &path, grow(arena, message, field)))
                        ++*(size_t *)field_quantifier(message, field);
        } else if (read_text(&reader, field, copy, &path, field_place(message, field)) && !field_is_pointer(field)) {
                *(protobuf_c_boolean *)field_quantifier(message, field) = 1;
        }
}

bool json_has_field(const struct schema_message *schema, const char *name)
{
        unsigned i;
        return find_field(schema, name, &i);
}
