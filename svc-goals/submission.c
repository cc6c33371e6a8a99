/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/submission.h"

#include "common/buffer.h"
#include "common/rpc_call.h"

#include <string.h>

enum { TEXTS = 4, NOTICES_MAX = 8 };

/* The members of a ShareText that are sentences, with the names their owner knows them by. */
static const struct {
        const char *name;
        size_t offset;
} texts[TEXTS] = {
        {"goal_title", offsetof(Goals__ShareText, goal_title)},
        {"goal_description", offsetof(Goals__ShareText, goal_description)},
        {"strategy_description", offsetof(Goals__ShareText, strategy_description)},
        {"tips_and_lessons", offsetof(Goals__ShareText, tips_and_lessons)},
};

static char **text_at(const Goals__ShareText *share, size_t i)
{
        return (char **)((char *)(size_t)share + texts[i].offset);
}

/* All that is said, tags too, as one list; *places gets where each sentence came from. Returns how many are sentences.
 */
static size_t gather(struct call *call, const Goals__ShareText *share, char ***out, size_t *n_out, size_t places[TEXTS])
{
        size_t n = 0;
        char **list = arena_alloc(call->arena, (TEXTS + share->n_tags) * sizeof *list);
        for (size_t i = 0; i < TEXTS; i++) {
                if (*text_at(share, i) == NULL)
                        continue;
                places[n] = i;
                list[n++] = *text_at(share, i);
        }
        if (share->n_tags > 0)
                memcpy(list + n, share->tags, share->n_tags * sizeof *list);
        *out = list;
        *n_out = n + share->n_tags;
        return n;
}

static void add_notice(struct call *call, struct submission *submission, const char *notice)
{
        if (submission->notices == NULL)
                submission->notices = arena_alloc(call->arena, NOTICES_MAX * sizeof *submission->notices);
        if (submission->n_notices < NOTICES_MAX)
                submission->notices[submission->n_notices++] = arena_strdup(call->arena, notice);
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

/* "goal_description: removed 1 email, 2 phone". */
static void note_removals(
        struct call *call, struct submission *submission, const char *field, const Anonymize__CleanedText *cleaned)
{
        if (cleaned->n_removals == 0)
                return;
        struct buffer notice = buffer_in(call->arena);
        buffer_printf(&notice, "%s: removed", field);
        const char *separator = " ";
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                const char *kind = cleaned->removals[i]->kind;
                if (!is_first_of_kind(cleaned, i))
                        continue;
                buffer_printf(&notice, "%s%zu %s", separator, count_kind(cleaned, kind), kind);
                separator = ", ";
        }
        add_notice(call, submission, buffer_text(&notice));
}

/* A tag that held an identifier is no tag any more. */
static void keep_clean_tags(struct call *call, const Goals__ShareText *raw, const Anonymize__CleanTextReply *reply,
        size_t first, struct submission *out)
{
        out->text.tags = arena_alloc(call->arena, raw->n_tags * sizeof *out->text.tags + 1);
        out->text.n_tags = 0;
        for (size_t i = 0; i < raw->n_tags; i++) {
                if (reply->texts[first + i]->n_removals > 0)
                        note_removals(call, out, "tags", reply->texts[first + i]);
                else
                        out->text.tags[out->text.n_tags++] = raw->tags[i];
        }
}

/* What bands are asked for; NULL: none. */
static Anonymize__GeneralizeRequest *facts_of(
        struct call *call, const int64_t *amount, const char *currency, bool with_profile)
{
        if (amount == NULL && !with_profile)
                return NULL;
        Anonymize__GeneralizeRequest *facts = arena_alloc(call->arena, sizeof *facts);
        anonymize__generalize_request__init(facts);
        if (amount != NULL) {
                facts->has_amount = 1;
                facts->amount = *amount;
        }
        facts->currency = (char *)(size_t)currency;
        facts->user_id = with_profile ? call->caller->user_id : NULL;
        return facts;
}

static status take_cleaned(struct call *call, const Goals__ShareText *raw, const size_t *places, size_t n_sentences,
        const Anonymize__CleanTextReply *reply, struct submission *out)
{
        if (reply->n_texts != n_sentences + raw->n_tags)
                return call_fail(call, STATUS_INTERNAL, "the anonymizer left out a text");
        out->text = *raw;
        for (size_t i = 0; i < n_sentences; i++) {
                *text_at(&out->text, places[i]) =
                        reply->texts[i]->text == NULL ? (char *)(size_t) "" : reply->texts[i]->text;
                note_removals(call, out, texts[places[i]].name, reply->texts[i]);
        }
        keep_clean_tags(call, raw, reply, n_sentences, out);
        return STATUS_OK;
}

status submission_clean(struct call *call, const Goals__ShareText *raw, const int64_t *amount, const char *currency,
        bool with_profile, struct submission *out)
{
        size_t places[TEXTS];
        ProtobufCMessage *cleaned;
        Anonymize__CleanTextRequest request = ANONYMIZE__CLEAN_TEXT_REQUEST__INIT;
        *out = (struct submission){.text = GOALS__SHARE_TEXT__INIT};
        size_t n_sentences = gather(call, raw, &request.texts, &request.n_texts, places);
        request.generalize = facts_of(call, amount, currency, with_profile);
        TRY(rpc_call(call, "sfp.anonymize.Anonymize.CleanText", &request.base, &cleaned));
        const Anonymize__CleanTextReply *reply = (const Anonymize__CleanTextReply *)cleaned;
        out->bands = reply->bands;
        return take_cleaned(call, raw, places, n_sentences, reply, out);
}

enum outcome submission_outcome(
        struct call *call, const Goals__ShareText *text, struct review *review, const char **reason)
{
        size_t places[TEXTS], n;
        char **all;
        const char *blocked;
        *review = (struct review){0};
        gather(call, text, &all, &n, places);
        if (!review_rule(call, "goal_share", n, all, review, &blocked))
                return OUTCOME_RETRY;
        *reason = blocked != NULL ? blocked : review->n_notices > 0 ? review->notices[0] : "";
        if (blocked != NULL)
                return OUTCOME_REFUSE;
        return review->outcome == REVIEW_HOLD ? OUTCOME_HOLD : OUTCOME_PUBLISH;
}

status submission_rule(struct call *call, struct submission *submission)
{
        const char *reason = NULL;
        submission->outcome = submission_outcome(call, &submission->text, &submission->review, &reason);
        switch (submission->outcome) {
        case OUTCOME_PUBLISH:
                return STATUS_OK;
        case OUTCOME_HOLD:
                add_notice(call, submission, reason);
                return STATUS_OK;
        case OUTCOME_RETRY:
                add_notice(call, submission, "waits for review: moderation is out of reach and will be asked again");
                return STATUS_OK;
        case OUTCOME_REFUSE:
                break;
        }
        return call_problem(call, PROBLEM_CONTENT_BLOCKED, "%s", reason);
}
