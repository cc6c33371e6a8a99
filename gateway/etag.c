/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/etag.h"

#include "common/field.h"

#include <inttypes.h>
#include <string.h>

enum { VERSION_DIGITS_MAX = 18 };

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessage *payload, const char *name, ProtobufCType type)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(payload->descriptor, name);
        bool is_there =
                field != NULL && field->type == type && !field_is_repeated(field) && field_is_set(payload, field);
        return is_there ? field : NULL;
}

char *etag_of(struct arena *arena, const ProtobufCMessage *payload)
{
        const ProtobufCFieldDescriptor *id = find_field(payload, "id", PROTOBUF_C_TYPE_STRING);
        const ProtobufCFieldDescriptor *version = find_field(payload, "version", PROTOBUF_C_TYPE_INT64);
        if (id == NULL || version == NULL)
                return NULL;
        return arena_printf(arena, "\"%s-%" PRId64 "\"", *(char *const *)field_place(payload, id),
                *(const int64_t *)field_place(payload, version));
}

bool etag_read_version(const char *if_match, uint64_t *out)
{
        size_t length = strlen(if_match);
        const char *dash = strrchr(if_match, '-');
        uint64_t version = 0;
        *out = 0;
        if (strcmp(if_match, "*") == 0)
                return true;
        if (length < 5 || *if_match != '"' || if_match[length - 1] != '"' ||
                strchr(if_match + 1, '"') != if_match + length - 1)
                return false;
        size_t digits = dash == NULL ? 0 : strspn(dash + 1, "0123456789");
        if (digits == 0 || digits > VERSION_DIGITS_MAX || dash + 1 + digits != if_match + length - 1)
                return false;
        for (const char *at = dash + 1; *at != '"'; at++)
                version = version * 10 + (uint64_t)(*at - '0');
        *out = version;
        return version > 0;
}
