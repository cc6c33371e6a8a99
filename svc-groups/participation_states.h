/* SPDX-License-Identifier: Apache-2.0 */
/* The life of somebody in a group (policy.c) on its row, and what each step does to the group: places, books, schedule.
 * The group's row is locked first, always. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/groups.pb-c.h"

#define SETTLE_PARTICIPATION "settle_participation"

extern const struct lifecycle participation_lifecycle;

/* Somebody in their group. */
struct standing {
        Groups__ParticipationRow who; /* first: the guards take it */
        Groups__GroupRow group;       /* with the caller's own part in it */
};

/* Loads one for the caller, who must be in the group. NOT_FOUND where `group_id` is not its group. */
MUST_CHECK status standing_load(
        struct call *call, const char *group_id, const char *id, bool is_locked, struct standing *out);

/* Loads one for the service's own work, whoever may see it. */
MUST_CHECK status standing_load_own(struct call *call, const char *id, struct standing *out);

/* What the caller is to it: "owner gadmin". */
const char *standing_actors(const struct standing *standing);

/* Takes one step and all that it does; it is the change's only one. */
MUST_CHECK status standing_step(struct call *call, struct standing *standing, const char *actors, const char *action);

/* The platform takes a step, where it is due; elsewhere nothing happens. */
MUST_CHECK status participation_step(struct call *call, const char *id, const char *action);

/* What becoming a member does, for whoever just did: `who` as stored. */
MUST_CHECK status participation_begin(
        struct call *call, const Groups__GroupRow *group, const Groups__ParticipationRow *who, const char *display_as);

/* The job that ends what is leaving. */
status settle_participation(struct call *call, const struct due_job *job);
