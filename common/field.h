/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing one field of a protobuf-c message by its descriptor: the ground under every walker. Only what the
 * protos use is here: `optional` and `repeated` fields. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* Address of the member: the value itself, or for a repeated field the pointer to its array. */
static inline void *field_place(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        return (char *)(size_t)message + field->offset;
}

/* The has_ flag of an optional number, or n_ of a repeated field. */
static inline void *field_quantifier(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        return (char *)(size_t)message + field->quantifier_offset;
}

static inline bool field_is_repeated(const ProtobufCFieldDescriptor *field)
{
        return field->label == PROTOBUF_C_LABEL_REPEATED;
}

/* Is the value a pointer whose NULL means absent? */
static inline bool field_is_pointer(const ProtobufCFieldDescriptor *field)
{
        return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

/* Has the message a value here? A repeated field: at least one. A string that still is its default counts as absent. */
static inline bool field_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        if (field_is_repeated(field))
                return *(size_t *)field_quantifier(message, field) > 0;
        if (field_is_pointer(field)) {
                const void *value = *(void **)field_place(message, field);
                return value != NULL && value != field->default_value;
        }
        return *(protobuf_c_boolean *)field_quantifier(message, field);
}

/* The text in the field of this name; NULL when it is absent, or the message has no such text. */
static inline char *field_text(const ProtobufCMessage *message, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || field_is_repeated(field))
                return NULL;
        return *(char **)field_place(message, field);
}

/* The flag in the field of this name; false when it is absent. */
static inline bool field_flag(const ProtobufCMessage *message, const char *name)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        return field != NULL && field->type == PROTOBUF_C_TYPE_BOOL && !field_is_repeated(field) &&
               *(protobuf_c_boolean *)field_place(message, field);
}

/* Lets the text field of this name be `value`, and the list of texts `values`, which are not copied. A message that has
 * no such field stays as it is: what several have in common is written once. */
static inline void field_set_text(ProtobufCMessage *message, const char *name, const char *value)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (field != NULL && field->type == PROTOBUF_C_TYPE_STRING && !field_is_repeated(field))
                *(char **)field_place(message, field) = (char *)(size_t)value;
}

static inline void field_set_texts(ProtobufCMessage *message, const char *name, size_t count, char **values)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
        if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || !field_is_repeated(field))
                return;
        *(size_t *)field_quantifier(message, field) = count;
        *(char ***)field_place(message, field) = values;
}

/* Bytes that one value takes in the struct or in the array of a repeated field. */
static inline size_t field_value_size(const ProtobufCFieldDescriptor *field)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_SINT64:
        case PROTOBUF_C_TYPE_SFIXED64:
        case PROTOBUF_C_TYPE_UINT64:
        case PROTOBUF_C_TYPE_FIXED64:
        case PROTOBUF_C_TYPE_DOUBLE:
                return 8;
        case PROTOBUF_C_TYPE_STRING:
        case PROTOBUF_C_TYPE_MESSAGE:
                return sizeof(void *);
        case PROTOBUF_C_TYPE_BYTES:
                return sizeof(ProtobufCBinaryData);
        default:
                return 4;
        }
}
