/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of this community as messages: checked, compiled, tried on what people have decided. */
#pragma once

#include "common/call.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/rules.h"

enum { RULEBOOK_FIRST = 1, BACKTEST_CASES = 500 };

/* Compiles them beside those built in; rules without a pattern are guidelines only. */
MUST_CHECK status community_rules_compile(struct arena *arena, const Moderation__Rulebook *book, struct rules **out);

/* Holds two sets of rules against the newest BACKTEST_CASES cases that were ruled on. */
MUST_CHECK status community_rules_backtest(
        struct call *call, const struct rules *old, const struct rules *new_rules, Moderation__Backtest *out);
