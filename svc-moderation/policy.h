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
 * below REPORT_WEIGHT_MIN, so that whoever is honest is heard, nor above REPORT_WEIGHT_MAX, so that nobody's word alone
 * is a verdict; 0 for who is muted. */
#define REPORT_WEIGHT_MIN 0.1
#define REPORT_WEIGHT_MAX 8.0
double report_weight(const char *experience_level, int upheld, int dismissed);

/* Was somebody wrong in more than four of five reports, of ten at least that were ruled on? They go on reporting, are
 * not told, and count for nothing until they are right more often. */
bool reporter_is_muted(int upheld, int dismissed);

/* Does a case enter the queue? `weight`: of its reports; `is_by_machine`: a machine points at it. Harm to life always
 * does; what nobody points at whose word counts never does; hate, scams and worse do when the queue is full, too. */
bool case_may_enter(int severity, double weight, bool is_by_machine, bool has_room);

/* What a machine is unsure of and finds no room: is it visible meanwhile? Only what harms least is. */
bool is_visible_while_it_waits(int severity);

/* What an action on a case brings about, as words for the client; ends with NULL. */
const char *const *action_effects(const char *action_taken);

/* The word for moderation.content.checked about something that waits. */
const char *held_verdict(const char *action_taken);

/* Does the action stop its author from writing? */
bool action_is_sanction(const char *action_taken);

/* Must it say for how long? */
bool action_needs_duration(const char *action_taken);
