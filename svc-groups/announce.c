/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/announce.h"

#include "common/db.h"
#include "common/event.h"
#include "svc-groups/division.h"
#include "svc-groups/group_columns.h"

#include <string.h>

#define SQL_RECIPIENTS                                                                                                 \
        "SELECT coalesce(array_agg(user_id), '{}') AS user_ids FROM (SELECT user_id FROM group_goal_participations"    \
        " WHERE group_goal_id = $1 AND state IN " STANDING " AND user_id IS NOT NULL"                                  \
        " AND user_id IS DISTINCT FROM $2::uuid"

static const char SQL_MEMBERS[] = SQL_RECIPIENTS " ORDER BY joined_at LIMIT 100) m";
static const char SQL_GADMINS[] = SQL_RECIPIENTS " AND role = 'gadmin' ORDER BY joined_at LIMIT 100) m";

/* The event's fields are filled by name, whatever its type. */
#define TELL(event, recipients)                                                                                        \
        do {                                                                                                           \
                (event).n_recipient_user_ids = (recipients).n_user_ids;                                                \
                (event).recipient_user_ids = (recipients).user_ids;                                                    \
        } while (0)

static status members(struct call *call, const char *group_id, const char *sql, Groups__Recipients *out)
{
        groups__recipients__init(out);
        return db_one(call, &out->base, sql, group_id, call->caller->user_id);
}

static char *actor(struct call *call, const char *display_as)
{
        bool is_named = display_as != NULL && strcmp(display_as, "profile") == 0;
        return is_named ? call->caller->user_id : NULL;
}

status announce_created(struct call *call, const Groups__GroupRow *group, const char *goal_type)
{
        Groups__GoalCreated event = GROUPS__GOAL_CREATED__INIT;
        event.group_goal_id = group->id;
        event.goal_type = (char *)(size_t)goal_type;
        event.visibility = group->visibility;
        event.actor_user_id = actor(call, group->display_as);
        return event_publish(call, &event.base);
}

status announce_updated(struct call *call, const Groups__GroupRow *group)
{
        Groups__GoalUpdated event = GROUPS__GOAL_UPDATED__INIT;
        Groups__Recipients told;
        TRY(members(call, group->id, SQL_MEMBERS, &told));
        event.group_goal_id = group->id;
        event.actor_user_id = actor(call, group->display_as);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_status(struct call *call, const Groups__GroupRow *group, const char *from, const char *to)
{
        Groups__GoalStatusChanged event = GROUPS__GOAL_STATUS_CHANGED__INIT;
        Groups__Recipients told;
        TRY(members(call, group->id, SQL_MEMBERS, &told));
        event.group_goal_id = group->id;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.has_is_public = 1;
        event.is_public = strcmp(group->visibility, "private") != 0 && strcmp(to, "draft") != 0;
        event.actor_user_id = actor(call, group->display_as);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_joined(struct call *call, const Groups__ParticipationRow *who, const char *display_as)
{
        Groups__ParticipantJoined event = GROUPS__PARTICIPANT_JOINED__INIT;
        Groups__Recipients told;
        TRY(members(call, who->group_goal_id, SQL_MEMBERS, &told));
        event.group_goal_id = who->group_goal_id;
        event.participation_id = who->id;
        event.role = who->role;
        event.actor_user_id = display_as != NULL && strcmp(display_as, "profile") == 0 ? who->user_id : NULL;
        TELL(event, told);
        return event_publish(call, &event.base);
}

/* Whom it is about is told, but for what they did themselves. */
static void add_subject(struct call *call, const Groups__ParticipationRow *who, Groups__Recipients *told)
{
        const char *actor_id = call->caller->user_id;
        if (who->user_id == NULL || (actor_id != NULL && strcmp(who->user_id, actor_id) == 0))
                return;
        char **user_ids = arena_alloc(call->arena, sizeof *user_ids);
        user_ids[0] = who->user_id;
        told->n_user_ids = 1;
        told->user_ids = user_ids;
}

status announce_participation(struct call *call, const Groups__ParticipationRow *who, const char *from, const char *to)
{
        Groups__ParticipantStateChanged event = GROUPS__PARTICIPANT_STATE_CHANGED__INIT;
        Groups__Recipients told = GROUPS__RECIPIENTS__INIT;
        if (strcmp(to, "requested") == 0)
                TRY(members(call, who->group_goal_id, SQL_GADMINS, &told));
        else
                add_subject(call, who, &told);
        event.group_goal_id = who->group_goal_id;
        event.participation_id = who->id;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.role = who->role;
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_posted(
        struct call *call, const Groups__GroupRow *group, const char *contribution_id, int64_t amount, int64_t seq)
{
        Groups__ContributionPosted event = GROUPS__CONTRIBUTION_POSTED__INIT;
        Groups__Recipients told;
        TRY(members(call, group->id, SQL_MEMBERS, &told));
        event.group_goal_id = group->id;
        event.contribution_id = (char *)(size_t)contribution_id;
        event.participation_id = group->participation_id;
        event.amount_band = (char *)(size_t)amount_band(call->arena, amount, group->currency);
        event.has_seq = 1;
        event.seq = seq;
        event.actor_user_id = actor(call, group->display_as);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_reversed(
        struct call *call, const Groups__GroupRow *group, const Groups__ContributionRow *contribution, int64_t seq)
{
        Groups__ContributionReversed event = GROUPS__CONTRIBUTION_REVERSED__INIT;
        Groups__Recipients told;
        TRY(members(call, group->id, SQL_MEMBERS, &told));
        event.group_goal_id = group->id;
        event.contribution_id = contribution->id;
        event.participation_id = contribution->participation_id;
        event.amount_band = (char *)(size_t)amount_band(call->arena, contribution->amount, group->currency);
        event.has_seq = 1;
        event.seq = seq;
        TELL(event, told);
        return event_publish(call, &event.base);
}

/* All members are told, the one who paid in as well. */
status announce_milestone(struct call *call, const char *group_id, const Groups__Milestone *milestone, bool is_reached)
{
        Groups__MilestoneReached reached = GROUPS__MILESTONE_REACHED__INIT;
        Groups__MilestoneRevoked revoked = GROUPS__MILESTONE_REVOKED__INIT;
        Groups__Recipients told = GROUPS__RECIPIENTS__INIT;
        TRY(db_one(call, &told.base, SQL_MEMBERS, group_id, db_null()));
        reached.group_goal_id = revoked.group_goal_id = (char *)(size_t)group_id;
        reached.milestone_id = revoked.milestone_id = milestone->id;
        reached.has_percentage = revoked.has_percentage = milestone->has_at_percentage;
        reached.percentage = revoked.percentage = milestone->at_percentage;
        TELL(reached, told);
        TELL(revoked, told);
        return event_publish(call, is_reached ? &reached.base : &revoked.base);
}

status announce_celebration(struct call *call, const Groups__GroupRow *group, const char *milestone_id,
        const char *celebration_id, const char *kind)
{
        Groups__CelebrationCreated event = GROUPS__CELEBRATION_CREATED__INIT;
        Groups__Recipients told;
        TRY(members(call, group->id, SQL_MEMBERS, &told));
        event.group_goal_id = group->id;
        event.milestone_id = (char *)(size_t)milestone_id;
        event.celebration_id = (char *)(size_t)celebration_id;
        event.kind = (char *)(size_t)kind;
        event.actor_user_id = actor(call, group->display_as);
        TELL(event, told);
        return event_publish(call, &event.base);
}

status announce_due(struct call *call, const Groups__DueRow *row, bool is_overdue)
{
        Groups__ScheduleDue due = GROUPS__SCHEDULE_DUE__INIT;
        Groups__ScheduleOverdue overdue = GROUPS__SCHEDULE_OVERDUE__INIT;
        char **user_ids = arena_alloc(call->arena, sizeof *user_ids);
        user_ids[0] = row->user_id;
        due.group_goal_id = overdue.group_goal_id = row->group_goal_id;
        due.participation_id = overdue.participation_id = row->participation_id;
        due.due_on = overdue.due_on = row->due_on;
        due.n_recipient_user_ids = overdue.n_recipient_user_ids = row->user_id != NULL;
        due.recipient_user_ids = overdue.recipient_user_ids = user_ids;
        return event_publish(call, is_overdue ? &overdue.base : &due.base);
}
