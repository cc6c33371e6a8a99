/* SPDX-License-Identifier: Apache-2.0 */
/* Appeals: one for an action, decided by somebody else than took it. */
#pragma once

#include "common/lifecycle.h"
#include "sfp/moderation.pb-c.h"

enum {
        APPEAL_DUE_S = 7 * 24 * 3600,    /* then it is escalated */
        APPEAL_ANSWER_S = 14 * 24 * 3600 /* then it is decided without an answer */
};

#define JOB_APPEAL_DUE    "appeal_due"
#define JOB_APPEAL_ANSWER "appeal_answer"

struct due_job;

extern const struct lifecycle appeal_lifecycle;

/* Jobs: a decision is overdue; no answer came. */
status appeal_is_due(struct call *call, const struct due_job *job);
status appeal_answer_is_due(struct call *call, const struct due_job *job);

/* Adds what one side says, numbered under the appeal's lock. `by`: affected or moderator. */
MUST_CHECK status appeal_add_message(struct call *call, const char *id, const char *by, const char *text);
