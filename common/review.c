/* SPDX-License-Identifier: Apache-2.0 */
#include "common/review.h"

#include "common/buffer.h"
#include "common/rpc_call.h"

#include <string.h>

void review_add_notice(struct call *call, struct review *review, const char *notice)
{
        char **notices = arena_alloc(call->arena, (review->n_notices + 1) * sizeof *notices);
        if (review->n_notices > 0)
                memcpy(notices, review->notices, review->n_notices * sizeof *notices);
        notices[review->n_notices++] = (char *)(size_t)notice;
        review->notices = notices;
}

/* Those that are there, in order. */
static size_t gather(struct call *call, size_t n, char *const *texts, char ***out)
{
        size_t count = 0;
        *out = arena_alloc(call->arena, n * sizeof **out + 1);
        for (size_t i = 0; i < n; i++)
                if (texts[i] != NULL && *texts[i] != '\0')
                        (*out)[count++] = texts[i];
        return count;
}

static size_t count_kind(const Anonymize__CleanedText *cleaned, const char *kind)
{
        size_t count = 0;
        for (size_t i = 0; i < cleaned->n_removals; i++)
                count += strcmp(cleaned->removals[i]->kind, kind) == 0;
        return count;
}

static bool is_first_of_kind(const Anonymize__CleanedText *cleaned, size_t i)
{
        for (size_t before = 0; before < i; before++)
                if (strcmp(cleaned->removals[before]->kind, cleaned->removals[i]->kind) == 0)
                        return false;
        return true;
}

/* "content: removed 1 email, 2 phone". */
void review_note_removals(
        struct call *call, struct review *review, const char *name, const Anonymize__CleanedText *cleaned)
{
        if (cleaned->n_removals == 0)
                return;
        struct buffer notice = buffer_in(call->arena);
        buffer_printf(&notice, "%s: removed", name);
        const char *separator = " ";
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                const char *kind = cleaned->removals[i]->kind;
                if (!is_first_of_kind(cleaned, i))
                        continue;
                buffer_printf(&notice, "%s%zu %s", separator, count_kind(cleaned, kind), kind);
                separator = ", ";
        }
        review_add_notice(call, review, buffer_text(&notice));
}

static status take_cleaned(struct call *call, const char *const *names, char *const *texts,
        const Anonymize__CleanTextReply *reply, struct review *out)
{
        size_t next = 0;
        for (size_t i = 0; i < out->n; i++) {
                out->texts[i] = texts[i];
                if (texts[i] == NULL || *texts[i] == '\0')
                        continue;
                if (next == reply->n_texts)
                        return call_fail(call, STATUS_INTERNAL, "the anonymizer left out a text");
                const Anonymize__CleanedText *cleaned = reply->texts[next++];
                out->texts[i] = cleaned->text == NULL ? (char *)(size_t) "" : cleaned->text;
                review_note_removals(call, out, names[i], cleaned);
        }
        return STATUS_OK;
}

static status clean(struct call *call, size_t n, const char *const *names, char *const *texts, struct review *out)
{
        ProtobufCMessage *reply;
        Anonymize__CleanTextRequest request = ANONYMIZE__CLEAN_TEXT_REQUEST__INIT;
        *out = (struct review){.n = n, .texts = arena_alloc(call->arena, n * sizeof *out->texts + 1)};
        request.n_texts = gather(call, n, texts, &request.texts);
        if (request.n_texts == 0) {
                memcpy(out->texts, texts, n * sizeof *texts);
                return STATUS_OK;
        }
        TRY(rpc_call(call, "sfp.anonymize.Anonymize.CleanText", &request.base, &reply));
        return take_cleaned(call, names, texts, (const Anonymize__CleanTextReply *)reply, out);
}

const char *review_category(const Moderation__CheckReply *ruling)
{
        const Moderation__Category *worst = NULL;
        for (size_t i = 0; i < ruling->n_categories; i++)
                if (worst == NULL || ruling->categories[i]->score > worst->score)
                        worst = ruling->categories[i];
        return worst == NULL ? NULL : worst->name;
}

static const char *reason_of(const Moderation__CheckReply *ruling)
{
        return ruling->n_suggestions > 0 ? ruling->suggestions[0] : "it may break the community's rules";
}

bool review_rule(
        struct call *call, const char *context, size_t n, char *const *texts, struct review *out, const char **blocked)
{
        ProtobufCMessage *reply;
        Moderation__CheckRequest request = MODERATION__CHECK_REQUEST__INIT;
        struct call asking = *call; /* its silence is no failure of ours */
        *blocked = NULL;
        out->outcome = REVIEW_PUBLISH;
        request.n_texts = gather(call, n, texts, &request.texts);
        request.context = (char *)(size_t)context;
        if (request.n_texts == 0)
                return true;
        out->outcome = REVIEW_HOLD;
        if (rpc_call(&asking, "sfp.moderation.Moderation.Check", &request.base, &reply) != STATUS_OK)
                return false;
        const Moderation__CheckReply *ruling = (const Moderation__CheckReply *)reply;
        out->verdict = ruling->verdict == NULL ? "hold" : ruling->verdict;
        out->category = review_category(ruling);
        out->confidence_score = ruling->confidence_score;
        if (strcmp(out->verdict, "block") == 0)
                *blocked = reason_of(ruling);
        else if (strcmp(out->verdict, "hold") == 0)
                review_add_notice(call, out, arena_printf(call->arena, "waits for review: %s", reason_of(ruling)));
        else
                out->outcome = REVIEW_PUBLISH;
        return true;
}

status review_texts(struct call *call, const char *context, size_t n, const char *const *names, char *const *texts,
        struct review *out)
{
        const char *blocked;
        TRY(clean(call, n, names, texts, out));
        if (!review_rule(call, context, n, out->texts, out, &blocked))
                review_add_notice(call, out, "waits for review: moderation is out of reach and will be asked again");
        return blocked == NULL ? STATUS_OK : call_problem(call, PROBLEM_CONTENT_BLOCKED, "%s", blocked);
}

status review_text(struct call *call, const char *context, const char *name, char **text, struct review *out)
{
        TRY(review_texts(call, context, 1, &name, text, out));
        *text = out->texts[0];
        return STATUS_OK;
}
