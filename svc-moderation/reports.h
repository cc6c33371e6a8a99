/* SPDX-License-Identifier: Apache-2.0 */
/* What people point at, each once for a reason. */
#pragma once

#include "common/call.h"

#include <stdbool.h>

enum { REPORTS_A_DAY = 20 };

/* Answers all reports of a case that wait: upheld or dismissed, by this action. Their reporters are told, and weigh
 * accordingly from now on. */
MUST_CHECK status reports_answer(struct call *call, const char *case_id, const char *action_id, bool is_upheld);

/* The case has entered the queue: its reports, which were open, are linked. */
MUST_CHECK status reports_link(struct call *call, const char *case_id);

/* The action was wrong: what its reports had earned is taken back, once. */
MUST_CHECK status reports_overturn(struct call *call, const char *action_id);
