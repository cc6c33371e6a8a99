/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sealed.h"

#include "common/frame.h"
#include "common/keyring.h"
#include "common/person_keys.h"
#include "common/service.h"

#include <string.h>

/* Where there is no database there are no people's keys. A key that cannot be had is a statement that failed, this one
 * or one queued before it: what is sealed without it is never committed. */
static ProtobufCBinaryData seal(
        struct call *call, const char *user_id, const char *context, const void *bytes, size_t size)
{
        const struct person_key *key;
        const struct keyring *keys = call->service->keys;
        bool is_of_person = user_id != NULL && call->db != NULL;
        if (is_of_person && call->broken == STATUS_OK)
                call->broken = person_key_take(call, user_id, &key);
        if (!is_of_person || call->broken != STATUS_OK)
                return keyring_seal(keys, call->arena, context, bytes, size);
        return keyring_seal_under(keys, call->arena, key->bytes, key->id, context, bytes, size);
}

ProtobufCBinaryData sealed_message_of(
        struct call *call, const char *user_id, const char *context, const ProtobufCMessage *message)
{
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *bytes = arena_alloc(call->arena, size + 1);
        protobuf_c_message_pack(message, bytes);
        return seal(call, user_id, context, bytes, size);
}

ProtobufCBinaryData sealed_message(struct call *call, const char *context, const ProtobufCMessage *message)
{
        return sealed_message_of(call, call->caller->user_id, context, message);
}

/* *is_gone: whose it was has been erased. */
static status open_bytes(
        struct call *call, const char *context, ProtobufCBinaryData sealed, ProtobufCBinaryData *out, bool *is_gone)
{
        const struct keyring *keys = call->service->keys;
        const uint8_t *id = keyring_key_of(sealed);
        const struct person_key *key = NULL;
        status found = id == NULL ? STATUS_OK : person_key_find(call, id, &key);
        *is_gone = found == STATUS_NOT_FOUND;
        if (*is_gone)
                return STATUS_OK;
        TRY(found);
        status opened = id == NULL ? keyring_open(keys, call->arena, context, sealed, out)
                                   : keyring_open_under(keys, call->arena, key->bytes, context, sealed, out);
        return opened == STATUS_OK ? STATUS_OK : call_fail(call, STATUS_DATA_LOSS, "what was sealed cannot be opened");
}

status sealed_open(struct call *call, const char *context, ProtobufCBinaryData sealed,
        const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **out)
{
        bool is_gone;
        ProtobufCBinaryData opened = {0, NULL};
        TRY(open_bytes(call, context, sealed, &opened, &is_gone));
        return frame_unpack(call->arena, descriptor, opened.data, opened.len, out);
}

struct db_value sealed_text_of(struct call *call, const char *user_id, const char *context, const char *text)
{
        return text == NULL ? db_null() : db_bytes(seal(call, user_id, context, text, strlen(text)));
}

struct db_value sealed_text(struct call *call, const char *context, const char *text)
{
        return sealed_text_of(call, call->caller->user_id, context, text);
}

status sealed_open_text(struct call *call, const char *context, ProtobufCBinaryData sealed, char **out)
{
        bool is_gone;
        ProtobufCBinaryData opened;
        TRY(open_bytes(call, context, sealed, &opened, &is_gone));
        *out = is_gone ? NULL : arena_strndup(call->arena, (const char *)opened.data, opened.len);
        return STATUS_OK;
}

status sealed_prepare_start(
        struct call *call, size_t n_sealed, const ProtobufCBinaryData *sealed, struct person_keys_asked *asked)
{
        const uint8_t **ids = arena_alloc(call->arena, n_sealed * sizeof *ids + 1);
        size_t n_ids = 0;
        for (size_t i = 0; i < n_sealed; i++)
                if ((ids[n_ids] = keyring_key_of(sealed[i])) != NULL)
                        n_ids++;
        return person_keys_start(call, n_ids, ids, asked);
}

status sealed_prepare_wait(struct call *call, struct person_keys_asked *asked)
{
        return person_keys_wait(call, asked);
}

status sealed_prepare(struct call *call, size_t n_sealed, const ProtobufCBinaryData *sealed)
{
        struct person_keys_asked asked;
        TRY(sealed_prepare_start(call, n_sealed, sealed, &asked));
        return sealed_prepare_wait(call, &asked);
}
