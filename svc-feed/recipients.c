/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/recipients.h"

#include "common/field.h"
#include "common/uuid.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t recipients_of(struct call *call, const ProtobufCMessage *data, const char ***out)
{
        const ProtobufCFieldDescriptor *field =
                protobuf_c_message_descriptor_get_field_by_name(data->descriptor, "recipient_user_ids");
        if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING || !field_is_repeated(field))
                return 0;
        size_t given = *(size_t *)field_quantifier(data, field), count = 0;
        char *const *ids = *(char *const **)field_place(data, field);
        *out = arena_alloc(call->arena, given * sizeof **out + 1);
        for (size_t i = 0; i < given; i++)
                if (uuid_is_valid(ids[i]))
                        (*out)[count++] = ids[i];
        qsort(*out, count, sizeof **out, compare);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || strcmp((*out)[kept - 1], (*out)[i]) != 0)
                        (*out)[kept++] = (*out)[i];
        return kept;
}
