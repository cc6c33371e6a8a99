/* SPDX-License-Identifier: Apache-2.0 */
/* Money into a group and back. One contribution changes books, totals, schedule, milestones and state in one
 * transaction, under the lock of the group's row; it is reversed at most once: the row says so, and so does the
 * ledger's unique link. */
#include "common/db.h"
#include "common/page.h"
#include "common/people.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-groups/announce.h"
#include "svc-groups/group_states.h"
#include "svc-groups/ledger.h"
#include "svc-groups/membership.h"
#include "svc-groups/participation_states.h"
#include "svc-groups/schedule.h"

#include <string.h>

#define CONTRIBUTION_RPCS(RPC)                                                                                         \
        RPC(ListContributions, list_contributions, Groups__ListContributionsRequest, Groups__ContributionList)         \
        RPC(Contribute, contribute, Groups__ContributeRequest, Groups__Contribution)                                   \
        RPC(ReverseContribution, reverse_contribution, Groups__ReverseRequest, Groups__Reversal)
RPC_DECLARE(CONTRIBUTION_RPCS)

#define CONTRIBUTION_COLUMNS                                                                                           \
        "c.id, c.participation_id, c.amount, g.currency, c.state, c.posted_at, " AUTHOR_COLUMNS(                       \
                "user", "t.user_id", "CASE WHEN t.display_as = 'pseudonym' THEN 'group:' || t.group_goal_id END")
#define CONTRIBUTION_SOURCE                                                                                            \
        " FROM contributions c JOIN group_goal_participations t ON t.id = c.participation_id"                          \
        " JOIN group_savings_goals g ON g.id = c.group_goal_id"

static const char SQL_LIST[] =
        "SELECT " CONTRIBUTION_COLUMNS ", CASE WHEN t.user_id = $4::uuid THEN c.source_ref END AS source_ref,"
        " c.new_key AS page_key, c.id AS page_id" CONTRIBUTION_SOURCE
        " WHERE (c.new_key, c.id) < ($1::bigint, $2::uuid) AND c.group_goal_id = $3"
        " AND ($5::uuid IS NULL OR c.participation_id = $5) ORDER BY c.new_key DESC, c.id DESC";
static const char SQL_GET[] = "SELECT " CONTRIBUTION_COLUMNS ", c.source_ref" CONTRIBUTION_SOURCE " WHERE c.id = $1";
static const char SQL_INSERT[] =
        "INSERT INTO contributions (id, group_goal_id, participation_id, amount, source_ref) VALUES ($1, $2, $3, $4, $5)";
static const char SQL_LOAD[] =
        "SELECT id, participation_id, amount, state, participation_id = $3::uuid AS is_own,"
        " posted_at > now() - interval '24 hours' AS is_fresh FROM contributions WHERE id = $1 AND group_goal_id = $2";
static const char SQL_FLIP[] =
        "UPDATE contributions SET state = 'reversed' WHERE id = $1 AND state = 'posted' RETURNING id";

static void show(struct call *call, const Groups__GroupRow *group, Groups__Contribution *item)
{
        if (sees_amounts(group) || strcmp(item->participation_id, group->participation_id) == 0)
                return;
        item->amount_band = (char *)(size_t)amount_band(call->arena, item->amount, group->currency);
        item->has_amount = 0;
}

static status list_contributions(
        struct call *call, const Groups__ListContributionsRequest *in, Groups__ContributionList *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        TRY(group_load_as_member(call, in->group_goal_id, false, &group));
        TRY(page_rows(
                call, &in->base, &out->base, SQL_LIST, in->group_goal_id, call->caller->user_id, in->participation_id));
        for (size_t i = 0; i < out->n_items; i++)
                show(call, &group, out->items[i]);
        return STATUS_OK;
}

static status check_contribution(struct call *call, const Groups__ContributeRequest *in, const Groups__GroupRow *group)
{
        static const char paying[] = " active delinquent ";
        if (strcmp(in->currency, group->currency) != 0)
                return call_invalid(call, "currency", "not_allowed", "the group saves in %s", group->currency);
        if (strcmp(group->status, "active") != 0)
                return call_fail(
                        call, STATUS_FAILED_PRECONDITION, "the group takes no money while it is %s", group->status);
        if (strstr(paying, group->state) == NULL)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "you do not pay in while you are %s", group->state);
        if (in->amount > INT64_C(9007199254740991) - group->current_amount)
                return call_invalid(call, "amount", "out_of_range", "is more than the books can hold");
        return STATUS_OK;
}

/* What was paid pays instalments; who has caught up is no longer delinquent. */
static status follow_up(
        struct call *call, const Groups__GroupRow *group, const char *participation_id, struct pot_change *change)
{
        bool is_late;
        TRY(schedule_refresh(call, participation_id, &is_late));
        TRY(group_pot_changed(call, group, change));
        return is_late ? STATUS_OK : participation_step(call, participation_id, "catch_up");
}

static status contribute(struct call *call, const Groups__ContributeRequest *in, Groups__Contribution *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        struct pot_change change;
        int64_t seq;
        char id[UUID_SIZE];
        uuid_v7(id);
        TRY(group_load_as_member(call, in->group_goal_id, true, &group));
        TRY(check_contribution(call, in, &group));
        const struct posting posting = {id, group.id, group.participation_id, in->amount, NULL, NULL};
        TRY(ledger_post(call, &posting, &seq));
        TRY(db_later(call, NULL, SQL_INSERT, id, group.id, group.participation_id, in->amount, in->source_ref));
        TRY(follow_up(call, &group, group.participation_id, &change));
        TRY(announce_posted(call, &group, arena_strdup(call->arena, id), in->amount, seq));
        TRY(db_one(call, &out->base, SQL_GET, id));
        out->has_current_amount = out->has_progress_percentage = 1;
        out->current_amount = change.pot.current_amount;
        out->progress_percentage = change.pot.progress_percentage;
        out->n_milestones_reached = change.n_reached;
        out->milestones_reached = change.reached;
        return STATUS_OK;
}

/* One's own for a day, everybody's for those who keep the books; while the money is still in the pot. */
static status check_reversal(
        struct call *call, const Groups__ContributionRow *contribution, const Groups__GroupRow *group)
{
        static const char holding[] = " active paused reached ";
        if (!contribution->is_own && !sees_amounts(group))
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its payer or a treasurer may take it back");
        if (!sees_amounts(group) && !contribution->is_fresh)
                return call_fail(call, STATUS_PERMISSION_DENIED, "after a day only a treasurer may take it back");
        if (strstr(holding, group->status) == NULL || group->is_frozen)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the group moves no money while it is %s",
                        group->is_frozen ? "frozen" : group->status);
        return STATUS_OK;
}

/* The flip is the gate: whoever finds it posted is the one. */
static status flip(struct call *call, const char *id)
{
        Groups__Id row = GROUPS__ID__INIT;
        status flipped = db_one(call, &row.base, SQL_FLIP, id);
        if (flipped == STATUS_NOT_FOUND)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "it is reversed already");
        return flipped;
}

/* Somebody who has left has their money back already. */
static status check_in_pot(
        struct call *call, const Groups__GroupRow *group, const Groups__ContributionRow *contribution)
{
        struct parts parts;
        TRY(ledger_refunds(call, group, contribution->participation_id, &parts));
        if (parts.sum < contribution->amount)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the money is no longer in the pot");
        return STATUS_OK;
}

static status reverse_contribution(struct call *call, const Groups__ReverseRequest *in, Groups__Reversal *out)
{
        Groups__GroupRow group = GROUPS__GROUP_ROW__INIT;
        Groups__ContributionRow contribution = GROUPS__CONTRIBUTION_ROW__INIT;
        struct pot_change change;
        int64_t seq;
        out->reversal_id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(out->reversal_id);
        TRY(group_load_as_member(call, in->group_goal_id, true, &group));
        TRY(db_one(call, &contribution.base, SQL_LOAD, in->contribution_id, group.id, group.participation_id));
        TRY(check_reversal(call, &contribution, &group));
        TRY(flip(call, contribution.id));
        TRY(check_in_pot(call, &group, &contribution));
        const struct posting posting = {out->reversal_id, group.id, contribution.participation_id, -contribution.amount,
                contribution.id, in->reason};
        TRY(ledger_post(call, &posting, &seq));
        TRY(follow_up(call, &group, contribution.participation_id, &change));
        TRY(announce_reversed(call, &group, &contribution, seq));
        out->has_current_amount = out->has_progress_percentage = 1;
        out->current_amount = change.pot.current_amount;
        out->progress_percentage = change.pot.progress_percentage;
        out->n_milestones_revoked = change.n_revoked;
        out->milestones_revoked = change.revoked;
        return STATUS_OK;
}

RPC_TABLE(contribution_rpcs, CONTRIBUTION_RPCS);
