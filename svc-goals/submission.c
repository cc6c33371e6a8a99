/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/submission.h"

#include "common/rpc_call.h"

#include <string.h>

enum { TEXTS = 4 };

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

/* A tag that held an identifier is no tag any more. */
static void keep_clean_tags(struct call *call, const Goals__ShareText *raw, const Anonymize__CleanTextReply *reply,
        size_t first, struct submission *out)
{
        out->text.tags = arena_alloc(call->arena, raw->n_tags * sizeof *out->text.tags + 1);
        out->text.n_tags = 0;
        for (size_t i = 0; i < raw->n_tags; i++) {
                if (reply->texts[first + i]->n_removals > 0)
                        review_note_removals(call, &out->review, "tags", reply->texts[first + i]);
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
                review_note_removals(call, &out->review, texts[places[i]].name, reply->texts[i]);
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
        gather(call, text, &all, &n, places);
        if (!review_rule(call, "goal_share", n, all, review, &blocked))
                return OUTCOME_RETRY;
        *reason = blocked;
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
        case OUTCOME_HOLD:
                return STATUS_OK;
        case OUTCOME_RETRY:
                review_add_notice(call, &submission->review,
                        "waits for review: moderation is out of reach and will be asked again");
                return STATUS_OK;
        case OUTCOME_REFUSE:
                break;
        }
        return call_problem(call, PROBLEM_CONTENT_BLOCKED, "%s", reason);
}
