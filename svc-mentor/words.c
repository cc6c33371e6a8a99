/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/words.h"

#include "common/sealed.h"

#include <string.h>

status words_clean(struct call *call, size_t n, const char *const *names, char *const *texts, struct review *out)
{
        TRY(review_texts(call, "mentorship", n, names, texts, out));
        if (out->outcome == REVIEW_PUBLISH)
                return STATUS_OK;
        if (out->verdict == NULL)
                return call_fail(call, STATUS_UNAVAILABLE, "moderation is out of reach");
        return call_problem(call, PROBLEM_CONTENT_BLOCKED, "please say it in another way");
}

static const char *context_of(struct call *call, const char *id)
{
        return arena_printf(call->arena, "mentor words of %s", id);
}

struct db_value words_seal(struct call *call, const char *id, const char *text)
{
        return sealed_text(call, context_of(call, id), text);
}

status words_open(struct call *call, const char *id, const ProtobufCBinaryData *sealed, bool is_there, char **out)
{
        *out = NULL;
        return is_there ? sealed_open_text(call, context_of(call, id), *sealed, out) : STATUS_OK;
}
