/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/participation_states.h"

#include "common/db.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/group_states.h"
#include "svc-groups/ledger.h"
#include "svc-groups/membership.h"
#include "svc-groups/policy.h"
#include "svc-groups/schedule.h"

#include <string.h>

#define PARTICIPATION_STATE_RPCS(RPC)                                                                                  \
        RPC(GetParticipationTransitions, get_participation_transitions, Groups__GetParticipationTransitionsRequest,    \
                Sfp__Transitions)                                                                                      \
        RPC(PostParticipationTransition, post_participation_transition, Groups__ParticipationTransitionRequest,        \
                Sfp__TransitionResult)
RPC_DECLARE(PARTICIPATION_STATE_RPCS)

static const char SQL_GROUP_OF[] = "SELECT group_goal_id FROM group_goal_participations WHERE id = $1";
static const char SQL_LOAD[] =
        "SELECT t.id, t.group_goal_id, t.user_id, t.role, t.state, t.version, t.total_contributed, t.is_removal,"
        " t.display_as, g.status AS group_status, g.currency, g.target_amount,"
        " g.total_participants < g.max_participants AS has_place, t.user_id IS NOT DISTINCT FROM $2::uuid AS is_mine,"
        " t.role <> 'gadmin' OR t.state = 'suspended' OR EXISTS (SELECT FROM group_goal_participations o"
        "  WHERE o.group_goal_id = g.id AND o.id <> t.id AND o.role = 'gadmin' AND o.user_id IS NOT NULL"
        "  AND o.state IN ('active', 'delinquent')) AS can_be_spared"
        " FROM group_goal_participations t JOIN group_savings_goals g ON g.id = t.group_goal_id WHERE t.id = $1";
static const char SQL_MOVE[] =
        "UPDATE group_goal_participations SET state = $3, is_removal = $4::boolean, version = $2::bigint + 1,"
        " joined_at = CASE WHEN state = 'requested' THEN now() ELSE joined_at END WHERE id = $1";
static const char SQL_PLACES[] =
        "UPDATE group_savings_goals SET total_participants = total_participants + $2::integer WHERE id = $1";

status standing_load(struct call *call, const char *group_id, const char *id, bool is_locked, struct standing *out)
{
        Groups__Id place = GROUPS__ID__INIT;
        groups__participation_row__init(&out->who);
        groups__group_row__init(&out->group);
        TRY(db_one(call, &place.base, SQL_GROUP_OF, id));
        if (group_id != NULL && strcmp(group_id, place.group_goal_id) != 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        TRY(group_load(call, place.group_goal_id, is_locked, &out->group));
        TRY(db_one(call, &out->who.base, SQL_LOAD, id, call->caller->user_id));
        if (!out->who.is_mine && !is_member(&out->group) && !out->group.is_moderator)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        return STATUS_OK;
}

status standing_load_own(struct call *call, const char *id, struct standing *out)
{
        Groups__Id place = GROUPS__ID__INIT;
        groups__participation_row__init(&out->who);
        groups__group_row__init(&out->group);
        TRY(db_one(call, &place.base, SQL_GROUP_OF, id));
        TRY(group_load_own(call, place.group_goal_id, &out->group));
        return db_one(call, &out->who.base, SQL_LOAD, id, db_null());
}

const char *standing_actors(const struct standing *standing)
{
        static const char *const actors[2][2][2] = {{{"", "mod"}, {"gadmin", "gadmin mod"}},
                {{"owner", "owner mod"}, {"owner gadmin", "owner gadmin mod"}}};
        return actors[standing->who.is_mine][is_gadmin(&standing->group)][standing->group.is_moderator];
}

static struct lifecycle_subject subject_of(const struct standing *standing, const char *actors)
{
        const Groups__ParticipationRow *who = &standing->who;
        return (struct lifecycle_subject){who->id, who->state, who->version, actors, standing, 0};
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        struct standing *standing = arena_alloc(call->arena, sizeof *standing);
        TRY(standing_load(call, NULL, id, is_locked, standing));
        *out = subject_of(standing, standing_actors(standing));
        return STATUS_OK;
}

static status change_places(struct call *call, const char *group_id, int by)
{
        return db_exec(call, SQL_PLACES, group_id, by);
}

status participation_begin(
        struct call *call, const Groups__GroupRow *group, const Groups__ParticipationRow *who, const char *display_as)
{
        TRY(change_places(call, group->id, 1));
        TRY(ledger_open(call, group->id, who->id));
        TRY(group_store(call, group, group->status));
        TRY(schedule_make(call, group->id));
        return announce_joined(call, who, display_as);
}

static status begin(struct call *call, const struct standing *standing)
{
        return participation_begin(call, &standing->group, &standing->who, standing->who.display_as);
}

/* What they have in the pot goes back; the others' schedule is made anew. */
static status depart(struct call *call, const struct standing *standing)
{
        struct parts parts;
        const Groups__GroupRow *group = &standing->group;
        TRY(ledger_refunds(call, group, standing->who.id, &parts));
        TRY(ledger_pay_back(call, group->id, "refund", &parts));
        TRY(db_exec(call, "DELETE FROM schedule_entries WHERE participation_id = $1 AND state IN ('due', 'overdue')",
                standing->who.id));
        TRY(db_later(call, NULL, "DELETE FROM plan_shares WHERE participation_id = $1", standing->who.id));
        TRY(group_pot_changed(call, group, NULL));
        TRY(schedule_make(call, group->id));
        return job_schedule(call, SETTLE_PARTICIPATION, standing->who.id, 0, (ProtobufCBinaryData){0, NULL});
}

static status waive(struct call *call, const struct standing *standing)
{
        return schedule_waive(call, standing->who.id);
}

static status free_place(struct call *call, const struct standing *standing)
{
        TRY(change_places(call, standing->group.id, -1));
        return group_store(call, &standing->group, standing->group.status);
}

/* What an action does beside changing the state; the others do nothing. */
static const struct {
        const char *action;
        status (*run)(struct call *call, const struct standing *standing);
} effects[] = {
        {"approve", begin},
        {"waive", waive},
        {"leave", depart},
        {"remove", depart},
        {"settled", free_place},
        {"removed", free_place},
};

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const struct standing *standing = subject->facts;
        const char *action = step->transition->action;
        bool is_removal = standing->who.is_removal || strcmp(action, "remove") == 0;
        TRY(db_exec(call, SQL_MOVE, subject->id, subject->version, step->to, (int)is_removal));
        TRY(announce_participation(call, &standing->who, step->from, step->to));
        for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
                if (strcmp(effects[i].action, action) == 0)
                        return effects[i].run(call, standing);
        return STATUS_OK;
}

const struct lifecycle participation_lifecycle = {
        .kind = "participation",
        .transitions = participation_transitions,
        .load = load,
        .apply = apply,
};

status standing_step(struct call *call, struct standing *standing, const char *actors, const char *action)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = subject_of(standing, actors);
        TRY(lifecycle_step(call, &participation_lifecycle, &subject, action, NULL, &step));
        TRY(apply(call, &subject, &step));
        standing->who.state = (char *)(size_t)step.to;
        return STATUS_OK;
}

status participation_step(struct call *call, const char *id, const char *action)
{
        struct standing standing;
        TRY(standing_load_own(call, id, &standing));
        if (lifecycle_find(participation_transitions, standing.who.state, action, "sys") == NULL)
                return STATUS_OK;
        return standing_step(call, &standing, "sys", action);
}

status settle_participation(struct call *call, const struct due_job *job)
{
        struct standing standing;
        TRY(standing_load_own(call, job->key, &standing));
        if (strcmp(standing.who.state, "leaving") != 0)
                return STATUS_OK;
        return standing_step(call, &standing, "sys", standing.who.is_removal ? "removed" : "settled");
}

/* The pair of methods knows one id; that the path's group is its group is seen to in front. */
static status check_place(struct call *call, const char *group_id, const char *id)
{
        Groups__Id place = GROUPS__ID__INIT;
        TRY(db_one(call, &place.base, SQL_GROUP_OF, id));
        if (strcmp(group_id, place.group_goal_id) != 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such thing");
        return STATUS_OK;
}

static status get_participation_transitions(
        struct call *call, const Groups__GetParticipationTransitionsRequest *in, Sfp__Transitions *out)
{
        Sfp__GetTransitionsRequest request = SFP__GET_TRANSITIONS_REQUEST__INIT;
        TRY(check_place(call, in->group_goal_id, in->participation_id));
        request.id = in->participation_id;
        return transitions_get(call, &participation_lifecycle, &request, out);
}

static status post_participation_transition(
        struct call *call, const Groups__ParticipationTransitionRequest *in, Sfp__TransitionResult *out)
{
        Sfp__TransitionRequest request = SFP__TRANSITION_REQUEST__INIT;
        TRY(check_place(call, in->group_goal_id, in->participation_id));
        request.id = in->participation_id;
        request.action = in->action;
        request.reason = in->reason;
        request.expected_version = in->expected_version;
        request.dry_run = in->dry_run;
        return transitions_post(call, &participation_lifecycle, &request, out);
}

RPC_TABLE(participation_state_rpcs, PARTICIPATION_STATE_RPCS);
