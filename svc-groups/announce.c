/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/announce.h"

#include "common/db.h"
#include "common/event.h"
#include "common/field.h"
#include "svc-groups/division.h"
#include "svc-groups/group_columns.h"

#include <string.h>

#define SQL_RECIPIENTS                                                                                                 \
        "SELECT coalesce(array_agg(user_id), '{}') AS user_ids FROM (SELECT user_id FROM group_goal_participations"    \
        " WHERE group_goal_id = $1 AND state IN " STANDING " AND user_id IS NOT NULL"                                  \
        " AND user_id IS DISTINCT FROM $2::uuid"

static const char SQL_MEMBERS[] = SQL_RECIPIENTS " ORDER BY joined_at LIMIT 100) m";
static const char SQL_GADMINS[] = SQL_RECIPIENTS " AND role = 'gadmin' ORDER BY joined_at LIMIT 100) m";

/* Tells it to the members of a group, or to its gadmins, but for `except` (NULL: nobody). */
static status tell(
        struct call *call, ProtobufCMessage *event, const char *group_id, const char *sql, const char *except)
{
        Groups__Recipients told = GROUPS__RECIPIENTS__INIT;
        TRY(db_one(call, &told.base, sql, group_id, except));
        field_set_text(event, "group_goal_id", group_id);
        field_set_texts(event, "recipient_user_ids", told.n_user_ids, told.user_ids);
        return event_publish(call, event);
}

static status tell_others(struct call *call, ProtobufCMessage *event, const char *group_id)
{
        return tell(call, event, group_id, SQL_MEMBERS, call->caller->user_id);
}

static status tell_one(struct call *call, ProtobufCMessage *event, const char *group_id, char *user_id)
{
        char **told = arena_alloc(call->arena, sizeof *told);
        told[0] = user_id;
        field_set_text(event, "group_goal_id", group_id);
        field_set_texts(event, "recipient_user_ids", user_id != NULL, told);
        return event_publish(call, event);
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
        event.actor_user_id = actor(call, group->display_as);
        return tell_others(call, &event.base, group->id);
}

status announce_status(struct call *call, const Groups__GroupRow *group, const char *from, const char *to)
{
        Groups__GoalStatusChanged event = GROUPS__GOAL_STATUS_CHANGED__INIT;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.has_is_public = 1;
        event.is_public = strcmp(group->visibility, "private") != 0 && strcmp(to, "draft") != 0;
        event.actor_user_id = actor(call, group->display_as);
        return tell_others(call, &event.base, group->id);
}

status announce_joined(struct call *call, const Groups__ParticipationRow *who, const char *display_as)
{
        Groups__ParticipantJoined event = GROUPS__PARTICIPANT_JOINED__INIT;
        event.participation_id = who->id;
        event.role = who->role;
        event.actor_user_id = display_as != NULL && strcmp(display_as, "profile") == 0 ? who->user_id : NULL;
        return tell_others(call, &event.base, who->group_goal_id);
}

/* Whom it is about is told, but for what they did themselves. */
status announce_participation(struct call *call, const Groups__ParticipationRow *who, const char *from, const char *to)
{
        Groups__ParticipantStateChanged event = GROUPS__PARTICIPANT_STATE_CHANGED__INIT;
        const char *actor_id = call->caller->user_id;
        bool is_own = who->user_id != NULL && actor_id != NULL && strcmp(who->user_id, actor_id) == 0;
        event.participation_id = who->id;
        event.from = (char *)(size_t)from;
        event.to = (char *)(size_t)to;
        event.role = who->role;
        if (strcmp(to, "requested") == 0)
                return tell(call, &event.base, who->group_goal_id, SQL_GADMINS, actor_id);
        return tell_one(call, &event.base, who->group_goal_id, is_own ? NULL : who->user_id);
}

status announce_posted(
        struct call *call, const Groups__GroupRow *group, const char *contribution_id, int64_t amount, int64_t seq)
{
        Groups__ContributionPosted event = GROUPS__CONTRIBUTION_POSTED__INIT;
        event.contribution_id = (char *)(size_t)contribution_id;
        event.participation_id = group->participation_id;
        event.amount_band = (char *)(size_t)amount_band(call->arena, amount, group->currency);
        event.has_seq = 1;
        event.seq = seq;
        event.actor_user_id = actor(call, group->display_as);
        return tell_others(call, &event.base, group->id);
}

status announce_reversed(
        struct call *call, const Groups__GroupRow *group, const Groups__ContributionRow *contribution, int64_t seq)
{
        Groups__ContributionReversed event = GROUPS__CONTRIBUTION_REVERSED__INIT;
        event.contribution_id = contribution->id;
        event.participation_id = contribution->participation_id;
        event.amount_band = (char *)(size_t)amount_band(call->arena, contribution->amount, group->currency);
        event.has_seq = 1;
        event.seq = seq;
        return tell_others(call, &event.base, group->id);
}

/* All members are told, the one who paid in as well. */
status announce_milestone(struct call *call, const char *group_id, const Groups__Milestone *milestone, bool is_reached)
{
        Groups__MilestoneReached reached = GROUPS__MILESTONE_REACHED__INIT;
        Groups__MilestoneRevoked revoked = GROUPS__MILESTONE_REVOKED__INIT;
        reached.milestone_id = revoked.milestone_id = milestone->id;
        reached.has_percentage = revoked.has_percentage = milestone->has_at_percentage;
        reached.percentage = revoked.percentage = milestone->at_percentage;
        return tell(call, is_reached ? &reached.base : &revoked.base, group_id, SQL_MEMBERS, NULL);
}

status announce_celebration(struct call *call, const Groups__GroupRow *group, const char *milestone_id,
        const char *celebration_id, const char *kind)
{
        Groups__CelebrationCreated event = GROUPS__CELEBRATION_CREATED__INIT;
        event.milestone_id = (char *)(size_t)milestone_id;
        event.celebration_id = (char *)(size_t)celebration_id;
        event.kind = (char *)(size_t)kind;
        event.actor_user_id = actor(call, group->display_as);
        return tell_others(call, &event.base, group->id);
}

status announce_due(struct call *call, const Groups__DueRow *row, bool is_overdue)
{
        Groups__ScheduleDue due = GROUPS__SCHEDULE_DUE__INIT;
        Groups__ScheduleOverdue overdue = GROUPS__SCHEDULE_OVERDUE__INIT;
        due.participation_id = overdue.participation_id = row->participation_id;
        due.due_on = overdue.due_on = row->due_on;
        return tell_one(call, is_overdue ? &overdue.base : &due.base, row->group_goal_id, row->user_id);
}
