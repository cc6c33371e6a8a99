/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a group (policy.c) on its row, and what each step does besides. The row must be locked. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/groups.pb-c.h"

#define SETTLE_GROUP "settle_group"

extern const struct lifecycle group_lifecycle;

/* The group as what a step is taken on; `actors` as in lifecycle.h. */
struct lifecycle_subject group_subject(const Groups__GroupRow *group, const char *actors);

/* Stores a state and the next version. Storing twice in one transaction is one version. */
MUST_CHECK status group_store(struct call *call, const Groups__GroupRow *group, const char *state);

/* Takes one step and all that it does. */
MUST_CHECK status group_step(struct call *call, const Groups__GroupRow *group, const char *actors, const char *action);

/* What is in the pot has changed: reaches or unreaches the target and milestones, says so, and stores the next version.
 * `out` may be NULL; its lists are of milestone ids. */
struct pot_change {
        Groups__PotRow pot;
        size_t n_reached, n_revoked;
        char **reached, **revoked;
};
MUST_CHECK status group_pot_changed(struct call *call, const Groups__GroupRow *group, struct pot_change *out);

/* The job that ends what is disbursing or cancelling once the pot is empty. */
status settle_group(struct call *call, const struct due_job *job);

/* The job that pauses groups past their day, and cancels those that nothing was done about for DEADLINE_PATIENCE. */
#define DEADLINE_PATIENCE "14 days"
status watch_deadlines(struct call *call);
