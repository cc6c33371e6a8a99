/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_write.h"

#include "common/base64.h"
#include "common/field.h"
#include "sfp/json.pb-c.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that stand for themselves run until one that must be escaped. */
static size_t clean_run(const char *text)
{
        size_t length = 0;
        for (unsigned char byte; (byte = (unsigned char)text[length]) >= 0x20 && byte != '"' && byte != '\\';)
                length++;
        return length;
}

static void write_escape(struct buffer *out, char byte)
{
        static const char from[] = "\"\\\b\f\n\r\t";
        static const char to[] = "\"\\bfnrt";
        const char *found = strchr(from, byte);
        if (found != NULL) {
                buffer_putc(out, '\\');
                buffer_putc(out, to[found - from]);
        } else {
                buffer_printf(out, "\\u%04x", (unsigned char)byte);
        }
}

void json_write_string(struct buffer *out, const char *text)
{
        buffer_putc(out, '"');
        for (;;) {
                size_t run = clean_run(text);
                buffer_append(out, text, run);
                text += run;
                if (*text == '\0')
                        break;
                write_escape(out, *text++);
        }
        buffer_putc(out, '"');
}

static void write_integer(struct buffer *out, int64_t value)
{
        char digits[24];
        char *at = digits + sizeof digits;
        uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
        do
                *--at = (char)('0' + rest % 10);
        while ((rest /= 10) > 0);
        if (value < 0)
                *--at = '-';
        buffer_append(out, at, (size_t)(digits + sizeof digits - at));
}

/* The shortest of the usual precisions that reads back as the same number. */
static void write_real(struct buffer *out, double value)
{
        char text[32];
        if (!isfinite(value)) {
                buffer_puts(out, "null");
                return;
        }
        for (int precision = 6; precision <= 17; precision++) {
                snprintf(text, sizeof text, "%.*g", precision, value);
                if (strtod(text, NULL) == value)
                        break;
        }
        buffer_puts(out, text);
}

/* What of a message is written. */
struct choice {
        bool is_sparse;
        const struct json_mask *mask; /* NULL: all */
};

static void write_message(struct buffer *out, const ProtobufCMessage *message, struct choice choice);

static void write_value(
        struct buffer *out, const ProtobufCFieldDescriptor *field, const void *place, struct choice choice)
{
        switch (field->type) {
        case PROTOBUF_C_TYPE_STRING:
                json_write_string(out, *(char *const *)place);
                break;
        case PROTOBUF_C_TYPE_MESSAGE:
                write_message(out, *(ProtobufCMessage *const *)place, choice);
                break;
        case PROTOBUF_C_TYPE_BOOL:
                buffer_puts(out, *(const protobuf_c_boolean *)place ? "true" : "false");
                break;
        case PROTOBUF_C_TYPE_ENUM: {
                const ProtobufCEnumValue *value =
                        protobuf_c_enum_descriptor_get_value(field->descriptor, *(const int *)place);
                json_write_string(out, value == NULL ? "" : value->name);
                break;
        }
        case PROTOBUF_C_TYPE_BYTES: {
                const ProtobufCBinaryData *bytes = place;
                json_write_string(out, base64_encode(out->arena, bytes->data, bytes->len));
                break;
        }
        case PROTOBUF_C_TYPE_DOUBLE:
                write_real(out, *(const double *)place);
                break;
        case PROTOBUF_C_TYPE_FLOAT:
                write_real(out, (double)*(const float *)place);
                break;
        case PROTOBUF_C_TYPE_UINT32:
        case PROTOBUF_C_TYPE_FIXED32:
                write_integer(out, *(const uint32_t *)place);
                break;
        default:
                write_integer(out, field_value_size(field) == 8 ? *(const int64_t *)place : *(const int32_t *)place);
        }
}

static void write_list(struct buffer *out, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
        struct choice choice)
{
        size_t count = *(size_t *)field_quantifier(message, field);
        const char *values = *(char **)field_place(message, field);
        buffer_putc(out, '[');
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        buffer_putc(out, ',');
                write_value(out, field, values + i * field_value_size(field), choice);
        }
        buffer_putc(out, ']');
}

/* The part of a choice that is for the messages in a field. */
static struct choice part_of(struct choice choice, unsigned field)
{
        return (struct choice){choice.is_sparse, choice.mask == NULL ? NULL : choice.mask->fields[field].part};
}

/* What is JSON already. */
static void write_ready(struct buffer *out, const Sfp__Json *json)
{
        buffer_puts(out, json->text == NULL ? "null" : json->text);
}

static void write_message(struct buffer *out, const ProtobufCMessage *message, struct choice choice)
{
        char separator = '{';
        if (message->descriptor == &sfp__json__descriptor) {
                write_ready(out, (const Sfp__Json *)message);
                return;
        }
        for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
                const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
                bool is_list = field_is_repeated(field);
                if (!field_is_set(message, field) && (!is_list || choice.is_sparse))
                        continue;
                if (choice.mask != NULL && !choice.mask->fields[i].is_shown)
                        continue;
                buffer_putc(out, separator);
                buffer_putc(out, '"');
                buffer_puts(out, field->name);
                buffer_append(out, "\":", 2);
                if (is_list)
                        write_list(out, message, field, part_of(choice, i));
                else
                        write_value(out, field, field_place(message, field), part_of(choice, i));
                separator = ',';
        }
        buffer_puts(out, separator == '{' ? "{}" : "}");
}

void json_write(struct buffer *out, const ProtobufCMessage *message)
{
        write_message(out, message, (struct choice){.is_sparse = false});
}

void json_write_sparse(struct buffer *out, const ProtobufCMessage *message)
{
        write_message(out, message, (struct choice){.is_sparse = true});
}

void json_write_masked(struct buffer *out, const ProtobufCMessage *message, const struct json_mask *mask)
{
        write_message(out, message, (struct choice){.mask = mask});
}
