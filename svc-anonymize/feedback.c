/* SPDX-License-Identifier: Apache-2.0 */
/* How satisfied people are. Nobody is named: who answers again on the same day replaces what was said. */
#include "svc-anonymize/feedback.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/rpc.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/cleaner.h"

#define FEEDBACK_RPCS(RPC) RPC(SendFeedback, send_feedback, Anonymize__SendFeedbackRequest, Anonymize__Feedback)
RPC_DECLARE(FEEDBACK_RPCS)

static const char SQL_KEEP[] =
        "INSERT INTO feedback (feature, person_tag, score, text) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (feature, day, person_tag) DO UPDATE SET score = excluded.score, text = excluded.text"
        " RETURNING feature, score, text, day";

ProtobufCBinaryData feedback_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "feedback", user_id);
}

static status send_feedback(struct call *call, const Anonymize__SendFeedbackRequest *in, Anonymize__Feedback *out)
{
        struct cleaned_text cleaned = {.text = NULL};
        if (in->text != NULL)
                cleaner_clean(call->arena, in->text, &cleaned);
        return db_one(call, &out->base, SQL_KEEP, in->feature, feedback_tag(call, call->caller->user_id), in->score,
                cleaned.text);
}

RPC_TABLE(feedback_rpcs, FEEDBACK_RPCS);
