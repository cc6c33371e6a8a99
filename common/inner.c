/* SPDX-License-Identifier: Apache-2.0 */
#include "common/inner.h"

#include "common/field.h"

enum { DEPTH_MAX = 8 };

static bool is_inner(const struct schema_message *type, unsigned i)
{
        return type->rules[i] != NULL && type->rules[i]->inner;
}

static bool has_inner(const struct schema_message *type, int depth)
{
        for (unsigned i = 0; i < type->descriptor->n_fields; i++)
                if (is_inner(type, i) ||
                        (depth < DEPTH_MAX && type->parts[i] != NULL && has_inner(type->parts[i], depth + 1)))
                        return true;
        return false;
}

bool inner_is_in(const struct schema_message *type)
{
        return has_inner(type, 0);
}

static void clear_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        if (field_is_repeated(field))
                *(size_t *)field_quantifier(message, field) = 0;
        else if (field_is_pointer(field))
                *(void **)field_place(message, field) = NULL;
        else
                *(protobuf_c_boolean *)field_quantifier(message, field) = 0;
}

static void clear_parts(
        const struct schema_message *part, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
        ProtobufCMessage **parts = field_place(message, field);
        size_t count = *parts != NULL;
        if (field_is_repeated(field)) {
                count = *(size_t *)field_quantifier(message, field);
                parts = *(ProtobufCMessage ***)field_place(message, field);
        }
        for (size_t i = 0; i < count; i++)
                inner_clear(part, parts[i]);
}

void inner_clear(const struct schema_message *type, ProtobufCMessage *message)
{
        for (unsigned i = 0; i < type->descriptor->n_fields; i++) {
                if (is_inner(type, i))
                        clear_field(message, &type->descriptor->fields[i]);
                else if (type->parts[i] != NULL)
                        clear_parts(type->parts[i], message, &type->descriptor->fields[i]);
        }
}
