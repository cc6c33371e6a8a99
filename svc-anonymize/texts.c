/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning texts on behalf of the other services. Nothing is kept. */
#include "common/rpc.h"
#include "common/text.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/cleaner.h"
#include "svc-anonymize/demographics.h"

#define TEXT_RPCS(RPC) RPC(CleanText, clean_text, Anonymize__CleanTextRequest, Anonymize__CleanTextReply)
RPC_DECLARE(TEXT_RPCS)

/* In one call, all texts together: as much as the arena of a call has room to clean, whatever they hold. */
enum { POINTS_MAX = 50000 };

static Anonymize__Removal *new_removal(struct call *call, const struct cleaner_removal *removal)
{
        Anonymize__Removal *out = arena_alloc(call->arena, sizeof *out);
        anonymize__removal__init(out);
        out->kind = (char *)(size_t)removal->kind;
        out->has_start = out->has_length = 1;
        out->start = (uint32_t)removal->start;
        out->length = (uint32_t)removal->length;
        return out;
}

static Anonymize__CleanedText *clean(struct call *call, const char *text)
{
        struct cleaned_text cleaned;
        Anonymize__CleanedText *out = arena_alloc(call->arena, sizeof *out);
        anonymize__cleaned_text__init(out);
        cleaner_clean(call->arena, text, &cleaned);
        out->text = cleaned.text;
        out->n_removals = cleaned.n_removals;
        out->removals = arena_alloc(call->arena, cleaned.n_removals * sizeof *out->removals);
        for (size_t i = 0; i < cleaned.n_removals; i++)
                out->removals[i] = new_removal(call, &cleaned.removals[i]);
        return out;
}

static status clean_text(struct call *call, const Anonymize__CleanTextRequest *in, Anonymize__CleanTextReply *out)
{
        if (text_length_of_all(in->n_texts, in->texts) > POINTS_MAX)
                return call_invalid(call, "texts", "too_long", "must have at most %d characters together", POINTS_MAX);
        out->texts = arena_alloc(call->arena, in->n_texts * sizeof *out->texts);
        for (size_t i = 0; i < in->n_texts; i++)
                out->texts[out->n_texts++] = clean(call, in->texts[i]);
        if (in->generalize == NULL)
                return STATUS_OK;
        out->bands = arena_alloc(call->arena, sizeof *out->bands);
        anonymize__bands__init(out->bands);
        return demographics_generalize(call, in->generalize, out->bands);
}

RPC_TABLE(text_rpcs, TEXT_RPCS);
