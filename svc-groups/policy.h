/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of groups and of people in them, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

/* Guards take a Groups__GroupRow. */
extern const struct transition group_transitions[];

/* Guards take a Groups__ParticipationRow. */
extern const struct transition participation_transitions[];

/* The life of a celebration; there are no guards. */
extern const struct transition celebration_transitions[];

/* Does an action of a group pay back what is in the pot? */
bool action_pays_back(const char *action);

/* Is the group in a state in which people may be let in, or leave? */
bool group_takes_members(const char *state);
bool group_lets_go(const char *state);
