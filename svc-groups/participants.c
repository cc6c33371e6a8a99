/* SPDX-License-Identifier: Apache-2.0 */
/* People in a group: seen, let in, given roles, gone. Of what others put in, members see a band. */
#include "common/db.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/group_states.h"
#include "svc-groups/ledger.h"
#include "svc-groups/membership.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/policy.h"
#include "svc-groups/schedule.h"

#include <string.h>

#define PARTICIPANT_RPCS(RPC)                                                                                          \
        RPC(ListParticipants, list_participants, Groups__ListParticipantsRequest, Groups__ParticipationList)           \
        RPC(JoinGroup, join_group, Groups__JoinGroupRequest, Groups__Participation)                                    \
        RPC(UpdateParticipation, update_participation, Groups__UpdateParticipationRequest, Groups__Participation)      \
        RPC(RemoveParticipation, remove_participation, Groups__RemoveParticipationRequest, Groups__Departure)
RPC_DECLARE(PARTICIPANT_RPCS)

/* Half of it instalments in time, three tenths the share of one's own target, two tenths celebrations. */
#define ENGAGEMENT                                                                                                     \
        "(50 * coalesce((SELECT avg((e.state IN ('contributed', 'waived'))::integer) FROM schedule_entries e"          \
        "  WHERE e.participation_id = t.id AND e.due_on <= current_date), 1)"                                          \
        " + 30 * least(1, coalesce(t.total_contributed / nullif(coalesce(t.personal_target::numeric,"                  \
        "  (SELECT sum(e.amount) FROM schedule_entries e WHERE e.participation_id = t.id)), 0), 0))"                   \
        " + 20 * least(1, (SELECT count(*) FROM milestone_celebrations c JOIN milestones m ON m.id = c.milestone_id"   \
        "  WHERE c.user_id = t.user_id AND m.group_goal_id = t.group_goal_id AND c.status = 'published') / 5.0))::float8"

#define PARTICIPATION_COLUMNS                                                                                                                                                         \
        "t.id, " AUTHOR_COLUMNS("user", "t.user_id",                                                                                                                                  \
                "CASE WHEN t.display_as = 'pseudonym' THEN 'group:' || t.group_goal_id END") ","                                                                                      \
                                                                                             " t.role, t.is_approved, t.state, t.total_contributed, t.personal_target, t.display_as," \
                                                                                             " t.joined_at::date AS joined_on, t.version, " ENGAGEMENT                                \
                                                                                             " AS engagement_score"

/* $3: the group; $4: the caller; $5: a gadmin, who sees requests and those they have blocked; $6: a state. */
static const char SQL_LIST[] =
        "SELECT " PARTICIPATION_COLUMNS
        ", -(extract(epoch FROM t.joined_at) * 1000000)::bigint AS page_key, t.id AS page_id"
        " FROM group_goal_participations t WHERE (-(extract(epoch FROM t.joined_at) * 1000000)::bigint, t.id) < ($1::bigint, $2::uuid)"
        " AND t.group_goal_id = $3 AND (t.is_approved OR (t.state = 'requested' AND ($5::boolean OR t.user_id = $4::uuid)))"
        " AND ($5::boolean OR " NOT_BLOCKED("$4", "t.user_id") ") AND ($6::text IS NULL OR t.state = $6)"
                                                               " ORDER BY page_key DESC, t.id DESC";
static const char SQL_GET[] = "SELECT " PARTICIPATION_COLUMNS " FROM group_goal_participations t WHERE t.id = $1";
/* Whoever runs the group has not blocked them, nor they them. */
static const char SQL_IS_WELCOME[] =
        "SELECT count(*) AS number FROM group_goal_participations t WHERE t.group_goal_id = $1 AND t.role = 'gadmin'"
        " AND t.state IN " STANDING " AND NOT " NOT_BLOCKED("$2", "t.user_id");
static const char SQL_HAS_TOKEN[] =
        "SELECT id FROM group_savings_goals g WHERE id = $1 AND invite_token = $2 AND NOT is_hidden"
        " AND status <> 'draft'";
static const char SQL_INSERT[] =
        "INSERT INTO group_goal_participations (id, group_goal_id, user_id, role, state, display_as, personal_target)"
        " VALUES ($1, $2, $3, 'member', $4, $5, $6)";
static const char SQL_UPDATE[] =
        "UPDATE group_goal_participations SET role = coalesce($2, role), personal_target = coalesce($3::bigint, personal_target),"
        " display_as = coalesce($4, display_as), version = version + 1 WHERE id = $1";

/* Exact figures where the caller may have them, a band elsewhere. */
static void show(struct call *call, const Groups__GroupRow *group, Groups__Participation *item)
{
        const char *user_id = item->user != NULL ? item->user->user_id : NULL;
        bool is_mine = user_id != NULL && strcmp(user_id, call->caller->user_id) == 0;
        if (!is_mine && !is_gadmin(group))
                item->has_engagement_score = 0;
        if (is_mine || sees_amounts(group))
                return;
        item->contributed_band = (char *)(size_t)amount_band(call->arena, item->total_contributed, group->currency);
        item->has_total_contributed = item->has_personal_target = 0;
}

static status get(struct call *call, const Groups__GroupRow *group, const char *id, Groups__Participation *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id));
        show(call, group, out);
        return STATUS_OK;
}

static status list_participants(
        struct call *call, const Groups__ListParticipantsRequest *in, Groups__ParticipationList *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        TRY(page_rows(call, &in->base, &out->base, SQL_LIST, in->group_goal_id, call->caller->user_id,
                (int)is_gadmin(&group), in->state));
        for (size_t i = 0; i < out->n_items; i++)
                show(call, &group, out->items[i]);
        return STATUS_OK;
}

/* A good token opens what cannot be seen without. */
static status load_to_join(
        struct call *call, const Groups__JoinGroupRequest *in, Groups__GroupRow *group, bool *has_token)
{
        Groups__Id row = GROUPS__ID__INIT;
        status found = STATUS_NOT_FOUND;
        if (in->invite_token != NULL)
                found = db_one(call, &row.base, SQL_HAS_TOKEN, in->group_goal_id, in->invite_token);
        *has_token = found == STATUS_OK;
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        return *has_token ? group_load_by_token(call, in->group_goal_id, group)
                          : group_load(call, in->group_goal_id, true, group);
}

static status check_welcome(struct call *call, const Groups__GroupRow *group)
{
        Groups__Id blocked = GROUPS__ID__INIT;
        if (group->participation_id != NULL)
                return call_fail(call, STATUS_ALREADY_EXISTS, "you are in this group, or have asked to be");
        TRY(db_one(call, &blocked.base, SQL_IS_WELCOME, group->id, call->caller->user_id));
        if (blocked.number > 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        if (!group_takes_members(group->status))
                return call_fail(
                        call, STATUS_FAILED_PRECONDITION, "the group takes nobody in while it is %s", group->status);
        return STATUS_OK;
}

static Groups__ParticipationRow newcomer(struct call *call, const Groups__GroupRow *group)
{
        Groups__ParticipationRow who = GROUPS__PARTICIPATION_ROW__INIT;
        who.id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(who.id);
        who.group_goal_id = group->id;
        who.user_id = call->caller->user_id;
        who.role = (char *)(size_t) "member";
        who.group_status = group->status;
        who.has_place = group->total_participants < group->max_participants;
        return who;
}

static status join_group(struct call *call, const Groups__JoinGroupRequest *in, Groups__Participation *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        bool has_token;
        TRY(load_to_join(call, in, &group, &has_token));
        TRY(check_welcome(call, &group));
        bool joins = has_token || strcmp(group.visibility, "open") == 0;
        Groups__ParticipationRow who = newcomer(call, &group);
        struct lifecycle_step step;
        struct lifecycle_subject subject = {.id = who.id, .state = LIFECYCLE_NEW, .actors = "owner", .facts = &who};
        TRY(lifecycle_step(call, &participation_lifecycle, &subject, joins ? "join" : "request", NULL, &step));
        TRY(db_exec(call, SQL_INSERT, who.id, group.id, who.user_id, step.to, in->display_as,
                DB_OPTIONAL(in, personal_target)));
        if (joins)
                TRY(participation_begin(call, &group, &who, in->display_as));
        else
                TRY(announce_participation(call, &who, step.from, step.to));
        return get(call, &group, who.id, out);
}

/* Whose each field is: a role and admission the gadmins', the rest one's own. */
static status check_fields(
        struct call *call, const Groups__UpdateParticipationRequest *in, const struct standing *standing)
{
        bool is_admins = in->role != NULL || in->has_is_approved;
        bool is_own = in->has_personal_target || in->display_as != NULL;
        if ((is_admins && !is_gadmin(&standing->group)) || (is_own && !standing->who.is_mine))
                return call_fail(call, STATUS_PERMISSION_DENIED, "this is for others than you");
        if (in->has_is_approved && !in->is_approved)
                return call_invalid(call, "is_approved", "not_allowed", "must be true: the action decline says no");
        bool steps_down = in->role != NULL && strcmp(in->role, "gadmin") != 0;
        if (steps_down && !standing->who.can_be_spared)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the group needs a gadmin: name another one first");
        return STATUS_OK;
}

static status update_participation(
        struct call *call, const Groups__UpdateParticipationRequest *in, Groups__Participation *out)
{
        struct standing standing;
        TRY(standing_load(call, in->group_goal_id, in->participation_id, true, &standing));
        TRY(call_expect_version(call, standing.who.version));
        TRY(check_fields(call, in, &standing));
        if (in->is_approved)
                TRY(standing_step(call, &standing, "gadmin", "approve"));
        if (in->role != NULL && strcmp(standing.who.state, "requested") == 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "let them in first");
        if (in->role != NULL || in->has_personal_target || in->display_as != NULL)
                TRY(db_exec(call, SQL_UPDATE, in->participation_id, in->role, DB_OPTIONAL(in, personal_target),
                        in->display_as));
        if (in->has_personal_target)
                TRY(schedule_make(call, standing.group.id));
        return get(call, &standing.group, in->participation_id, out);
}

static const char *departure_of(const struct standing *standing)
{
        bool is_request = strcmp(standing->who.state, "requested") == 0;
        if (standing->who.is_mine)
                return is_request ? "withdraw" : "leave";
        return is_request ? "decline" : "remove";
}

static status remove_participation(
        struct call *call, const Groups__RemoveParticipationRequest *in, Groups__Departure *out)
{
        struct standing standing;
        struct lifecycle_step planned;
        struct parts parts;
        TRY(standing_load(call, in->group_goal_id, in->participation_id, true, &standing));
        TRY(call_expect_version(call, standing.who.version));
        const char *actors = standing_actors(&standing);
        if (*actors == '\0')
                return call_fail(call, STATUS_PERMISSION_DENIED, "this is for others than you");
        const char *action = departure_of(&standing);
        const struct lifecycle_subject subject = {
                standing.who.id, standing.who.state, standing.who.version, actors, &standing, 0};
        TRY(lifecycle_plan(call, &participation_lifecycle, &subject, action, &planned));
        TRY(ledger_refunds(call, &standing.group, standing.who.id, &parts));
        out->refunds = refunds_shown(call, &parts, standing.group.currency, &out->n_refunds);
        out->state = (char *)(size_t)planned.to;
        call->is_rehearsal = in->dry_run;
        return in->dry_run ? STATUS_OK : standing_step(call, &standing, actors, action);
}

RPC_TABLE(participant_rpcs, PARTICIPANT_RPCS);
