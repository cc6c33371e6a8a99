/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk decides without looking anywhere: the lives of cases, reports and appeals, and what weighs how much. */
#pragma once

#include "common/lifecycle.h"

extern const struct transition case_transitions[];
extern const struct transition report_transitions[];
extern const struct transition appeal_transitions[];

/* How urgent a category is, 1 to 9: harm to life, then to people, then to purses, then to the place. */
int category_severity(const char *category);

/* What a report counts: one, a half more for each level of experience above newcomer, and a bonus for having been right
 * (Discourse's: none up to five rulings, then (share upheld - 0.7) * log4(rulings) * 5, which may be negative). Never
 * below 0. */
double report_weight(const char *experience_level, int upheld, int dismissed);

/* What an action on a case brings about, as words for the client; ends with NULL. */
const char *const *action_effects(const char *action_taken);

/* The word for moderation.content.checked about something that waits. */
const char *held_verdict(const char *action_taken);

/* Does the action stop its author from writing? */
bool action_is_sanction(const char *action_taken);

/* Must it say for how long? */
bool action_needs_duration(const char *action_taken);
