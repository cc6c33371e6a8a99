/* SPDX-License-Identifier: Apache-2.0 */
/* What people point at, each once for a reason. */
#pragma once

#include "common/call.h"

#include <stdbool.h>

enum { REPORTS_A_DAY = 20 };

/* Answers all reports of a case that wait: upheld or dismissed. Their reporters are told, and weigh accordingly from
 * now on. */
MUST_CHECK status reports_answer(struct call *call, const char *case_id, bool is_upheld);
