/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: the cases that moderators are given. It has room for HUMAN_REVIEW_QUEUE_SIZE; what finds none waits in the
 * state "open" and enters by priority when there is, so that nothing is lost. What is urgent enters a full queue, too,
 * and what a moderator gives back or an admin reopens returns to it, whatever its size. */
#pragma once

#include "common/call.h"
#include "sfp/moderation.pb-c.h"

enum {
        QUEUE_FILL_MS = 5000, /* how often those who wait are looked at */
        QUEUE_FILL_MAX = 50   /* how many enter at once */
};

/* Lets an open case in, or has it wait. For a case this transaction has opened or raised: `row` says its state,
 * severity, weight and confidence_score. *may_enter: it is to take the step "enqueue". The case that fills the queue
 * says so by an event; those behind it do not say it again. Holds the door until the end of the transaction. */
MUST_CHECK status queue_admit(struct call *call, const Moderation__Case *row, bool *may_enter);

/* Job: as many of those who wait enter as there is room. */
status queue_fill(struct call *call);
