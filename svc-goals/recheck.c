/* SPDX-License-Identifier: Apache-2.0 */
/* Moderation is asked before the share is locked. What was changed or withdrawn meanwhile has another version, or no
 * job any more. */
#include "svc-goals/recheck.h"

#include "svc-goals/moderated.h"
#include "svc-goals/pending.h"
#include "svc-goals/share_states.h"
#include "svc-goals/submission.h"

#include <string.h>

static status settle(struct call *call, const char *id, enum outcome outcome, const struct review *review)
{
        struct lifecycle_subject share;
        struct lifecycle_step step;
        TRY(share_load(call, id, &share));
        if (strcmp(share.state, "pending_review") != 0)
                return STATUS_OK; /* it went another way */
        TRY(lifecycle_step(call, &share_lifecycle, &share, outcome == OUTCOME_PUBLISH ? "pass" : "hold", NULL, &step));
        TRY(share_lifecycle.apply(call, &share, &step));
        if (outcome != OUTCOME_PUBLISH)
                TRY(share_hold(call, id, review));
        return share_outdate(call, 1, &share.id);
}

status recheck_share(struct call *call, const struct due_job *job)
{
        Goals__ShareText *text;
        const char *reason;
        struct review review = {0};
        status found = pending_load(call, job->key, &text);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK; /* it is gone, and so is the question */
        TRY(found);
        enum outcome outcome = submission_outcome(call, text, &review, &reason);
        if (outcome == OUTCOME_RETRY)
                return call_fail(call, STATUS_UNAVAILABLE, "moderation is out of reach");
        return settle(call, job->key, outcome, &review);
}
