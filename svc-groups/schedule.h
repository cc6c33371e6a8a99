/* SPDX-License-Identifier: Apache-2.0 */
/* Who owes what when. Made of the plan (plan_rules.h) for what is missing yet; what is paid, late or waived already
 * stays. The group's row must be locked. */
#pragma once

#include "common/call.h"

/* Makes it anew from tomorrow on, for an active group; for another one there is none to make. */
MUST_CHECK status schedule_make(struct call *call, const char *group_id);

/* Drops what is not due yet. */
MUST_CHECK status schedule_drop(struct call *call, const char *group_id);

/* Has what a member paid in pay their instalments, the oldest first. *is_late: some are overdue still. */
MUST_CHECK status schedule_refresh(struct call *call, const char *participation_id, bool *is_late);

/* Forgives a member what is overdue. */
MUST_CHECK status schedule_waive(struct call *call, const char *participation_id);

/* The job that tells people what is due today, and marks what is overdue. */
status remind_of_schedule(struct call *call);
