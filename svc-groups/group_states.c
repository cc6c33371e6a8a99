/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/group_states.h"

#include "common/db.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_columns.h"
#include "svc-groups/ledger.h"
#include "svc-groups/membership.h"
#include "svc-groups/policy.h"
#include "svc-groups/schedule.h"

#include <string.h>

#define GROUP_STATE_RPCS(RPC)                                                                                          \
        RPC(GetGroupTransitions, get_group_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                  \
        RPC(PostGroupTransition, post_group_transition, Sfp__TransitionRequest, Groups__GroupTransitionResult)
RPC_DECLARE(GROUP_STATE_RPCS)

/* What is paid out stays to be seen as what was saved. */
static const char SQL_STORE[] =
        "UPDATE group_savings_goals SET status = $3, pause_reason = $4, version = $2::bigint + 1,"
        " paused_at = CASE WHEN $3 = 'paused' THEN coalesce(paused_at, now()) END,"
        " closing_amount = CASE WHEN $3 = 'disbursing' THEN current_amount ELSE closing_amount END WHERE id = $1";
#define THRESHOLD "coalesce(m.at_amount, ceil(g.target_amount::numeric * m.at_percentage / 100)::bigint)"
static const char SQL_MILESTONES[] =
        "UPDATE milestones m SET reached_at = CASE WHEN m.reached_at IS NULL THEN now() END FROM group_savings_goals g"
        " WHERE g.id = $1 AND m.group_goal_id = g.id AND (m.reached_at IS NULL) = (" THRESHOLD " <= g.current_amount)"
        " RETURNING m.id, m.title, m.at_percentage, m.at_amount, m.reached_at";
static const char SQL_POT[] = "SELECT current_amount, target_amount, status, version, " PROGRESS(
        "g") " AS progress_percentage"
             " FROM group_savings_goals g WHERE id = $1";
static const char SQL_LATE[] =
        "SELECT id FROM group_savings_goals WHERE target_date < current_date AND (status = 'active'"
        " OR (status = 'paused' AND pause_reason = 'deadline' AND paused_at < now() - interval '" DEADLINE_PATIENCE
        "'))"
        " ORDER BY id LIMIT 20";

static const char *const roles[2][2] = {{"", "mod"}, {"gadmin", "gadmin mod"}};

struct lifecycle_subject group_subject(const Groups__GroupRow *group, const char *actors)
{
        return (struct lifecycle_subject){group->id, group->status, group->version, actors, group, 0};
}

static status store(struct call *call, const Groups__GroupRow *group, const char *state, const char *pause_reason)
{
        return db_later(call, NULL, SQL_STORE, group->id, group->version, state, pause_reason);
}

status group_store(struct call *call, const Groups__GroupRow *group, const char *state)
{
        return store(call, group, state, group->pause_reason);
}

static Groups__GroupRow *new_row(struct call *call)
{
        Groups__GroupRow *row = arena_alloc(call->arena, sizeof *row);
        groups__group_row__init(row);
        return row;
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Groups__GroupRow *group = new_row(call);
        TRY(group_load(call, id, is_locked, group));
        const char *actors = roles[is_gadmin(group)][group->is_moderator];
        *out = group_subject(group, *actors == '\0' && is_member(group) ? "member" : actors);
        return STATUS_OK;
}

static status make_schedule(struct call *call, const Groups__GroupRow *group)
{
        return schedule_make(call, group->id);
}

static status pay_back(struct call *call, const Groups__GroupRow *group, const char *kind)
{
        struct parts parts;
        TRY(ledger_refunds(call, group, NULL, &parts));
        TRY(ledger_pay_back(call, group->id, kind, &parts));
        TRY(schedule_drop(call, group->id));
        return job_schedule(call, SETTLE_GROUP, group->id, 0, (ProtobufCBinaryData){0, NULL});
}

static status refund(struct call *call, const Groups__GroupRow *group)
{
        return pay_back(call, group, "refund");
}

static status pay_out(struct call *call, const Groups__GroupRow *group)
{
        return pay_back(call, group, "payout");
}

/* What an action does beside changing the state; the others do nothing. */
static const struct {
        const char *action;
        status (*run)(struct call *call, const Groups__GroupRow *group);
        const char *pause_reason;
} effects[] = {
        {"activate", make_schedule},
        {"pause", NULL, "gadmin"},
        {"freeze", NULL, "frozen"},
        {"resume", make_schedule},
        {"raise_target", make_schedule},
        {"complete", pay_out},
        {"complete_partial", pay_out},
        {"cancel", refund},
};

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Groups__GroupRow *group = subject->facts;
        status (*run)(struct call *, const Groups__GroupRow *) = NULL;
        const char *pause_reason = NULL;
        for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
                if (strcmp(effects[i].action, step->transition->action) != 0)
                        continue;
                run = effects[i].run;
                pause_reason = effects[i].pause_reason;
        }
        if (pause_reason != NULL && strcmp(step->actor, "sys") == 0)
                pause_reason = "deadline";
        TRY(store(call, group, step->to, pause_reason));
        TRY(announce_status(call, group, step->from, step->to));
        return run == NULL ? STATUS_OK : run(call, group);
}

const struct lifecycle group_lifecycle = {
        .kind = "group",
        .transitions = group_transitions,
        .load = load,
        .apply = apply,
};

status group_step(struct call *call, const Groups__GroupRow *group, const char *actors, const char *action)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = group_subject(group, actors);
        TRY(lifecycle_step(call, &group_lifecycle, &subject, action, NULL, &step));
        return apply(call, &subject, &step);
}

static status change_milestones(struct call *call, const Groups__GroupRow *group, struct pot_change *change)
{
        Groups__MilestoneList moved = GROUPS__MILESTONE_LIST__INIT;
        TRY(db_rows(call, &moved.base, "items", SQL_MILESTONES, group->id));
        change->reached = arena_alloc(call->arena, moved.n_items * sizeof(char *) + 1);
        change->revoked = arena_alloc(call->arena, moved.n_items * sizeof(char *) + 1);
        for (size_t i = 0; i < moved.n_items; i++) {
                bool is_reached = moved.items[i]->reached_at != NULL;
                if (is_reached)
                        change->reached[change->n_reached++] = moved.items[i]->id;
                else
                        change->revoked[change->n_revoked++] = moved.items[i]->id;
                TRY(announce_milestone(call, group->id, moved.items[i], is_reached));
        }
        return STATUS_OK;
}

/* The step that the pot's state asks for; NULL: none. */
static const char *due_step(const Groups__GroupRow *group)
{
        bool is_met = group->current_amount >= group->target_amount;
        if (strcmp(group->status, "active") == 0 && is_met)
                return "reach";
        return strcmp(group->status, "reached") == 0 && !is_met ? "unreach" : NULL;
}

status group_pot_changed(struct call *call, const Groups__GroupRow *group, struct pot_change *out)
{
        struct pot_change change = {.pot = GROUPS__POT_ROW__INIT};
        Groups__GroupRow now = *group;
        TRY(change_milestones(call, group, &change));
        TRY(db_one(call, &change.pot.base, SQL_POT, group->id));
        now.current_amount = change.pot.current_amount;
        now.target_amount = change.pot.target_amount;
        const char *action = due_step(&now);
        if (action != NULL)
                TRY(group_step(call, &now, "sys", action));
        else
                TRY(group_store(call, &now, now.status));
        if (out != NULL)
                *out = change;
        return STATUS_OK;
}

static status get_group_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &group_lifecycle, in, out);
}

/* What it pays back is read under the lock that the step is taken under. */
static status post_group_transition(
        struct call *call, const Sfp__TransitionRequest *in, Groups__GroupTransitionResult *out)
{
        Sfp__TransitionResult result = SFP__TRANSITION_RESULT__INIT;
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        struct parts parts = {0};
        if (action_pays_back(in->action)) {
                TRY(group_load(call, in->id, true, &group));
                TRY(ledger_refunds(call, &group, NULL, &parts));
        }
        TRY(transitions_post(call, &group_lifecycle, in, &result));
        out->state = result.state;
        out->has_version = 1;
        out->version = result.version;
        out->n_effects = result.n_effects;
        out->effects = result.effects;
        out->refunds = refunds_shown(call, &parts, group.currency, &out->n_refunds);
        return STATUS_OK;
}

status settle_group(struct call *call, const struct due_job *job)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_own(call, job->key, &group));
        if (lifecycle_find(group_transitions, group.status, "settled", "sys") == NULL)
                return STATUS_OK;
        return group_step(call, &group, "sys", "settled");
}

status watch_deadlines(struct call *call)
{
        Groups__IdList late = GROUPS__ID_LIST__INIT;
        TRY(db_rows(call, &late.base, "items", SQL_LATE));
        for (size_t i = 0; i < late.n_items; i++) {
                Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
                TRY(group_load_own(call, late.items[i]->id, &group));
                bool is_paused = strcmp(group.status, "paused") == 0;
                if (group.is_past_date && (is_paused || strcmp(group.status, "active") == 0))
                        TRY(group_step(call, &group, "sys", is_paused ? "cancel" : "pause"));
        }
        return STATUS_OK;
}

RPC_TABLE(group_state_rpcs, GROUP_STATE_RPCS);
