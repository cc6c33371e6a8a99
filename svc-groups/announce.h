/* SPDX-License-Identifier: Apache-2.0 */
/* The events of svc-groups. Those who are to be told are the members but for whoever did it; who did it is told only of
 * somebody who appears by name. */
#pragma once

#include "common/call.h"
#include "sfp/groups.pb-c.h"

MUST_CHECK status announce_created(struct call *call, const Groups__GroupRow *group, const char *goal_type);
MUST_CHECK status announce_updated(struct call *call, const Groups__GroupRow *group);
MUST_CHECK status announce_status(struct call *call, const Groups__GroupRow *group, const char *from, const char *to);

/* Somebody is a member. */
MUST_CHECK status announce_joined(struct call *call, const Groups__ParticipationRow *who, const char *display_as);

/* Told to whom it is about; a request to the gadmins as well. */
MUST_CHECK status announce_participation(
        struct call *call, const Groups__ParticipationRow *who, const char *from, const char *to);

MUST_CHECK status announce_posted(
        struct call *call, const Groups__GroupRow *group, const char *contribution_id, int64_t amount, int64_t seq);
MUST_CHECK status announce_reversed(
        struct call *call, const Groups__GroupRow *group, const Groups__ContributionRow *contribution, int64_t seq);
MUST_CHECK status announce_milestone(
        struct call *call, const char *group_id, const Groups__Milestone *milestone, bool is_reached);
MUST_CHECK status announce_celebration(struct call *call, const Groups__GroupRow *group, const char *milestone_id,
        const char *celebration_id, const char *kind);
MUST_CHECK status announce_due(struct call *call, const Groups__DueRow *row, bool is_overdue);
