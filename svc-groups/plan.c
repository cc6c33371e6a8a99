/* SPDX-License-Identifier: Apache-2.0 */
/* How a group saves, and who owes what. Shares may be made of incomes: only those who keep the books see them. */
#include "svc-groups/plan.h"

#include "common/db.h"
#include "common/rpc.h"
#include "svc-groups/announce.h"
#include "svc-groups/division.h"
#include "svc-groups/membership.h"
#include "svc-groups/plan_rules.h"

#include <inttypes.h>
#include <string.h>

#define PLAN_RPCS(RPC)                                                                                                 \
        RPC(GetContributionPlan, get_contribution_plan, Groups__GetGroupRequest, Groups__Plan)                         \
        RPC(PutContributionPlan, put_contribution_plan, Groups__PutPlanRequest, Groups__Plan)
RPC_DECLARE(PLAN_RPCS)

enum { WHOLE = 10000 };

static const char SQL_INSERT[] =
        "INSERT INTO contribution_plans (group_goal_id, model, amount, cadence, grace_days, late_policy,"
        " matching_rate_percent, matching_cap_amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char SQL_UPDATE[] =
        "UPDATE contribution_plans SET model = $2, amount = $3, cadence = $4, grace_days = $5, late_policy = $6,"
        " matching_rate_percent = $7, matching_cap_amount = $8, version = version + 1 WHERE group_goal_id = $1";
static const char SQL_CLEAR_SHARES[] = "DELETE FROM plan_shares WHERE group_goal_id = $1";
/* A share of somebody who is in no such group breaks nothing: it is not kept. */
static const char SQL_SET_SHARES[] =
        "INSERT INTO plan_shares (group_goal_id, participation_id, weight)"
        " SELECT p.group_goal_id, p.id, t.weight FROM unnest($2::uuid[], $3::bigint[]) AS t (id, weight)"
        " JOIN group_goal_participations p ON p.id = t.id AND p.group_goal_id = $1 AND p.is_approved RETURNING participation_id";
static const char SQL_GET[] =
        "SELECT l.group_goal_id AS id, l.model, l.amount, g.currency, l.cadence, l.grace_days, l.late_policy,"
        " l.matching_rate_percent, l.matching_cap_amount, l.version"
        " FROM contribution_plans l JOIN group_savings_goals g ON g.id = l.group_goal_id WHERE l.group_goal_id = $1";
static const char SQL_SHARES[] =
        "SELECT participation_id, weight FROM plan_shares WHERE group_goal_id = $1 ORDER BY participation_id";
static const char SQL_SCHEDULE[] =
        "SELECT participation_id, due_on, amount, state, recipient_participation_id FROM schedule_entries"
        " WHERE group_goal_id = $1 ORDER BY due_on, participation_id LIMIT 500";

static status check_terms(struct call *call, const char *prefix, const char *model, bool has_amount, bool has_rate)
{
        if (plan_needs_amount(model) && !has_amount)
                return call_invalid(
                        call, arena_printf(call->arena, "%samount", prefix), "required", "is required with %s", model);
        if (plan_needs_rate(model) && !has_rate)
                return call_invalid(call, arena_printf(call->arena, "%smatching_rate_percent", prefix), "required",
                        "is required with %s, as is matching_cap_amount", model);
        return STATUS_OK;
}

status plan_insert(struct call *call, const char *group_id, const Groups__PlanTerms *terms)
{
        static const Groups__PlanTerms flexible = GROUPS__PLAN_TERMS__INIT;
        if (terms == NULL)
                terms = &flexible;
        TRY(check_terms(call, "contribution_plan.", terms->model, terms->has_amount,
                terms->has_matching_rate_percent && terms->has_matching_cap_amount));
        return db_later(call, NULL, SQL_INSERT, group_id, terms->model, DB_OPTIONAL(terms, amount), terms->cadence,
                terms->grace_days, terms->late_policy, DB_OPTIONAL(terms, matching_rate_percent),
                DB_OPTIONAL(terms, matching_cap_amount));
}

/* Sets a band beside every amount, and takes the amount away from who may not see it. */
static void hide_amounts(struct call *call, const Groups__GroupRow *group, Groups__Plan *plan)
{
        for (size_t i = 0; i < plan->n_schedule; i++) {
                Groups__Instalment *item = plan->schedule[i];
                if (sees_amounts(group) || strcmp(item->participation_id, group->participation_id) == 0)
                        continue;
                item->amount_band = (char *)(size_t)amount_band(call->arena, item->amount, group->currency);
                item->has_amount = 0;
        }
}

static status show(struct call *call, const Groups__GroupRow *group, Groups__Plan *out)
{
        Groups__ShareList shares = GROUPS__SHARE_LIST__INIT;
        Groups__InstalmentList schedule = GROUPS__INSTALMENT_LIST__INIT;
        TRY(db_one(call, &out->base, SQL_GET, group->id));
        TRY(db_rows(call, &schedule.base, "items", SQL_SCHEDULE, group->id));
        if (sees_amounts(group))
                TRY(db_rows(call, &shares.base, "items", SQL_SHARES, group->id));
        out->n_shares = shares.n_items;
        out->shares = shares.items;
        out->n_schedule = schedule.n_items;
        out->schedule = schedule.items;
        hide_amounts(call, group, out);
        return STATUS_OK;
}

static status get_contribution_plan(struct call *call, const Groups__GetGroupRequest *in, Groups__Plan *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        return show(call, &group, out);
}

static status check_shares(struct call *call, const Groups__PutPlanRequest *in)
{
        int64_t sum = 0;
        if (plan_needs_shares(in->model) != (in->n_shares > 0))
                return call_invalid(call, "shares", in->n_shares > 0 ? "not_allowed" : "required",
                        "belong to percentage and income_weighted, and only there");
        for (size_t i = 0; i < in->n_shares; i++) {
                for (size_t j = 0; j < i; j++)
                        if (strcmp(in->shares[i]->participation_id, in->shares[j]->participation_id) == 0)
                                return call_invalid(call, "shares", "not_allowed", "give each member one share");
                sum += in->shares[i]->weight;
        }
        if (strcmp(in->model, "percentage") == 0 && sum != WHOLE)
                return call_invalid(call, "shares", "out_of_range", "must make %d in all, a hundred percent", WHOLE);
        return STATUS_OK;
}

static status store_shares(struct call *call, const Groups__PutPlanRequest *in)
{
        PGresult *stored;
        char **ids = arena_alloc(call->arena, in->n_shares * sizeof *ids + 1);
        char **weights = arena_alloc(call->arena, in->n_shares * sizeof *weights + 1);
        TRY(db_later(call, NULL, SQL_CLEAR_SHARES, in->group_goal_id));
        for (size_t i = 0; i < in->n_shares; i++) {
                ids[i] = in->shares[i]->participation_id;
                weights[i] = arena_printf(call->arena, "%" PRId64, in->shares[i]->weight);
        }
        TRY(db_query(call, &stored, SQL_SET_SHARES, in->group_goal_id, db_texts(in->n_shares, ids),
                db_texts(in->n_shares, weights)));
        if ((size_t)PQntuples(stored) != in->n_shares)
                return call_invalid(call, "shares", "not_allowed", "must be of members of the group");
        return STATUS_OK;
}

static status check_state(struct call *call, const Groups__GroupRow *group)
{
        static const char changeable[] = " draft open paused ";
        if (strstr(changeable, group->status) == NULL)
                return call_fail(call, STATUS_FAILED_PRECONDITION,
                        "the plan does not change while the group is %s: pause it first", group->status);
        return STATUS_OK;
}

static status put_contribution_plan(struct call *call, const Groups__PutPlanRequest *in, Groups__Plan *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        Groups__Plan old = GROUPS__PLAN__INIT;
        TRY(group_load_as_gadmin(call, in->group_goal_id, true, &group));
        TRY(db_one(call, &old.base, SQL_GET, group.id));
        TRY(call_expect_version(call, old.version));
        TRY(check_state(call, &group));
        TRY(check_terms(
                call, "", in->model, in->has_amount, in->has_matching_rate_percent && in->has_matching_cap_amount));
        TRY(check_shares(call, in));
        TRY(db_exec(call, SQL_UPDATE, group.id, in->model, DB_OPTIONAL(in, amount), in->cadence, in->grace_days,
                in->late_policy, DB_OPTIONAL(in, matching_rate_percent), DB_OPTIONAL(in, matching_cap_amount)));
        TRY(store_shares(call, in));
        TRY(announce_updated(call, &group));
        return show(call, &group, out);
}

RPC_TABLE(plan_rpcs, PLAN_RPCS);
