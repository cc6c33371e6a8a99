/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/sealed.h"

#include "common/db_value.h"
#include "common/frame.h"
#include "common/keyring.h"
#include "common/service.h"
#include "sfp/moderation.pb-c.h"

static const char *context_of(struct call *call, const char *what, const char *id)
{
        return arena_printf(call->arena, "moderation %s %s", what, id);
}

struct db_value seal_texts(struct call *call, const char *what, const char *id, size_t n, char *const *texts)
{
        Moderation__SealedTexts plain = MODERATION__SEALED_TEXTS__INIT;
        plain.n_texts = n;
        plain.texts = (char **)(size_t)texts;
        size_t size = moderation__sealed_texts__get_packed_size(&plain);
        uint8_t *bytes = arena_alloc(call->arena, size + 1);
        moderation__sealed_texts__pack(&plain, bytes);
        return db_bytes(keyring_seal(call->service->keys, call->arena, context_of(call, what, id), bytes, size));
}

struct db_value seal_text(struct call *call, const char *what, const char *id, const char *text)
{
        char *texts[] = {(char *)(size_t)text};
        return text == NULL ? db_null() : seal_texts(call, what, id, 1, texts);
}

status open_texts(struct call *call, const char *what, const char *id, protobuf_c_boolean *has,
        ProtobufCBinaryData *sealed, size_t *n, char ***out)
{
        ProtobufCBinaryData opened;
        Moderation__SealedTexts *plain;
        *n = 0;
        if (!*has)
                return STATUS_OK;
        *has = 0;
        if (keyring_open(call->service->keys, call->arena, context_of(call, what, id), *sealed, &opened) != STATUS_OK)
                return call_fail(call, STATUS_DATA_LOSS, "a sealed text cannot be opened");
        TRY(frame_unpack(call->arena, &moderation__sealed_texts__descriptor, opened.data, opened.len,
                (ProtobufCMessage **)&plain));
        *n = plain->n_texts;
        *out = plain->texts;
        return STATUS_OK;
}

status open_text(struct call *call, const char *what, const char *id, protobuf_c_boolean *has,
        ProtobufCBinaryData *sealed, char **out)
{
        size_t n;
        char **texts;
        TRY(open_texts(call, what, id, has, sealed, &n, &texts));
        *out = n > 0 ? texts[0] : NULL;
        return STATUS_OK;
}
