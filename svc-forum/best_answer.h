/* SPDX-License-Identifier: Apache-2.0 */
/* The one accepted post of a topic. */
#pragma once

#include "common/call.h"
#include "sfp/forum.pb-c.h"

/* Its post is no longer seen: the topic, which the caller has locked, is unsolved. */
MUST_CHECK status best_answer_withdraw(struct call *call, const Forum__Post *post);

/* It is back after a moderator had taken it away: it is accepted again, unless the topic, which the caller has locked,
 * has another answer by now or is closed to such. */
MUST_CHECK status best_answer_restore(struct call *call, const Forum__Post *post);
