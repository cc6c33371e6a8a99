/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/words.h"

#include "sfp/moderation.pb-c.h"

static const char *context_of(struct call *call, const char *what, const char *id)
{
        return arena_printf(call->arena, "moderation %s %s", what, id);
}

struct db_value words_seal(struct call *call, const char *of, const char *what, const char *id, const char *text)
{
        return sealed_text_of(call, of, context_of(call, what, id), text);
}

struct db_value words_seal_all(
        struct call *call, const char *of, const char *what, const char *id, size_t n, char *const *texts)
{
        Moderation__SealedTexts plain = MODERATION__SEALED_TEXTS__INIT;
        plain.n_texts = n;
        plain.texts = (char **)(size_t)texts;
        return db_bytes(sealed_message_of(call, of, context_of(call, what, id), &plain.base));
}

status words_open(
        struct call *call, const char *what, const char *id, bool is_there, ProtobufCBinaryData sealed, char **out)
{
        return is_there ? sealed_open_text(call, context_of(call, what, id), sealed, out) : STATUS_OK;
}

status words_open_all(struct call *call, const char *what, const char *id, bool is_there, ProtobufCBinaryData sealed,
        size_t *n, char ***out)
{
        Moderation__SealedTexts *plain;
        *n = 0;
        if (!is_there)
                return STATUS_OK;
        TRY(sealed_open(call, context_of(call, what, id), sealed, &moderation__sealed_texts__descriptor,
                (ProtobufCMessage **)&plain));
        *n = plain->n_texts;
        *out = plain->texts;
        return STATUS_OK;
}
