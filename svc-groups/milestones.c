/* SPDX-License-Identifier: Apache-2.0 */
/* Milestones on the way to the target. That one is reached, or no longer, is told where the pot changes
 * (group_states.c). */
#include "common/content.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-groups/group_states.h"
#include "svc-groups/membership.h"
#include "svc-groups/policy.h"

#define MILESTONE_RPCS(RPC)                                                                                            \
        RPC(ListMilestones, list_milestones, Groups__GetGroupRequest, Groups__MilestoneList)                           \
        RPC(CreateMilestone, create_milestone, Groups__CreateMilestoneRequest, Groups__Milestone)
RPC_DECLARE(MILESTONE_RPCS)

enum { MILESTONES_MAX = 50 };

#define MILESTONE_COLUMNS "m.id, m.title, m.at_percentage, m.at_amount, m.reached_at"
static const char SQL_LIST[] =
        "SELECT " MILESTONE_COLUMNS " FROM milestones m JOIN group_savings_goals g ON g.id = m.group_goal_id"
        " WHERE m.group_goal_id = $1 ORDER BY coalesce(m.at_amount, g.target_amount::numeric * m.at_percentage / 100), m.id";
static const char SQL_GET[] = "SELECT " MILESTONE_COLUMNS " FROM milestones m WHERE m.id = $1";
static const char SQL_COUNT[] = "SELECT count(*) AS number FROM milestones WHERE group_goal_id = $1";
static const char SQL_INSERT[] =
        "INSERT INTO milestones (id, group_goal_id, title, at_percentage, at_amount) VALUES ($1, $2, $3, $4, $5)";

static status list_milestones(struct call *call, const Groups__GetGroupRequest *in, Groups__MilestoneList *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        return db_rows(call, &out->base, "items", SQL_LIST, group.id);
}

static status check_place(struct call *call, const Groups__CreateMilestoneRequest *in, const Groups__GroupRow *group)
{
        Groups__Id count = GROUPS__ID__INIT;
        if (!group_lets_go(group->status))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the group is %s", group->status);
        if (in->has_at_percentage == in->has_at_amount)
                return call_invalid(call, "at_percentage", "required", "give it or at_amount, and only one of the two");
        if (in->at_amount > group->target_amount)
                return call_invalid(call, "at_amount", "out_of_range", "must not be above the target");
        TRY(db_one(call, &count.base, SQL_COUNT, group->id));
        if (count.number >= MILESTONES_MAX)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "a group has at most %d milestones", MILESTONES_MAX);
        return STATUS_OK;
}

/* A name that would have to wait for people is not worth waiting for. */
static status review_title(struct call *call, char *title, struct review *review)
{
        static const char *const names[] = {"title"};
        char *const texts[] = {title};
        TRY(review_texts(call, "group milestone", 1, names, texts, review));
        if (review->outcome == REVIEW_HOLD)
                return call_problem(call, PROBLEM_CONTENT_BLOCKED, "choose another title for the milestone");
        return STATUS_OK;
}

/* One that is passed already is reached at once, and told. */
static status create_milestone(struct call *call, const Groups__CreateMilestoneRequest *in, Groups__Milestone *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        struct review review;
        char id[UUID_SIZE];
        uuid_v7(id);
        TRY(group_load_as_gadmin(call, in->group_goal_id, false, &group));
        TRY(review_title(call, in->title, &review));
        groups__group_row__init(&group);
        TRY(group_load_as_gadmin(call, in->group_goal_id, true, &group));
        TRY(check_place(call, in, &group));
        TRY(db_exec(call, SQL_INSERT, id, group.id, review.texts[0], DB_OPTIONAL(in, at_percentage),
                DB_OPTIONAL(in, at_amount)));
        TRY(group_pot_changed(call, &group, NULL));
        return db_one(call, &out->base, SQL_GET, id);
}

RPC_TABLE(milestone_rpcs, MILESTONE_RPCS);
