/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/vote_anomalies.h"

#include "common/db.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "sfp/forum.pb-c.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/audit.h"
#include "svc-moderation/cases.h"

#include <string.h>

#define VOTE_ANOMALY_RPCS(RPC)                                                                                         \
        RPC(ListVoteAnomalies, list_vote_anomalies, Moderation__ListVoteAnomaliesRequest, Moderation__VoteAnomalyList) \
        RPC(DecideVoteAnomaly, decide_vote_anomaly, Moderation__DecideVoteAnomalyRequest, Moderation__VotesDecided)
RPC_DECLARE(VOTE_ANOMALY_RPCS)

static const char SQL_NOTE[] = "INSERT INTO vote_anomalies (case_id) VALUES ($1) ON CONFLICT (case_id) DO UPDATE"
                               " SET told_at = now(), decision = NULL, votes = NULL, decided_at = NULL";
static const char SQL_LIST[] =
        "SELECT a.case_id AS id, c.object_type, c.object_id, c.state AS case_state, a.told_at, a.decision, a.votes AS votes_moved,"
        " a.decided_at, a.new_key AS page_key, a.case_id AS page_id FROM vote_anomalies a JOIN cases c ON c.id = a.case_id"
        " WHERE (a.new_key, a.case_id) < ($1::bigint, $2::uuid) AND ($3::boolean IS NOT TRUE OR a.decision IS NULL)"
        " ORDER BY a.new_key DESC, a.case_id DESC";
static const char SQL_ONE[] =
        "SELECT a.case_id AS id, c.object_type, c.object_id, a.decision, a.votes AS votes_moved, " CASE_IS_CONFLICT(
                "$2") " AS is_conflict FROM vote_anomalies a JOIN cases c ON c.id = a.case_id WHERE a.case_id = $1 FOR UPDATE OF a";
static const char SQL_DECIDE[] =
        "UPDATE vote_anomalies SET decision = $2, votes = $3, decided_at = now() WHERE case_id = $1";

status vote_anomaly_note(struct call *call, const char *case_id)
{
        return db_later(call, NULL, SQL_NOTE, case_id);
}

static status list_vote_anomalies(
        struct call *call, const Moderation__ListVoteAnomaliesRequest *in, Moderation__VoteAnomalyList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, in->undecided);
}

static status move_votes(struct call *call, const char *post_id, char *decision, Forum__RuledVotes **out)
{
        Forum__VotesRuling ruling = FORUM__VOTES_RULING__INIT;
        ruling.post_id = (char *)(size_t)post_id;
        ruling.decision = decision;
        return rpc_call(call, "sfp.forum.Forum.RuleOnVotes", &ruling.base, (ProtobufCMessage **)out);
}

static void add_change(struct call *call, const char *reason, int32_t count, Moderation__VotesDecided *out)
{
        if (count == 0)
                return;
        Moderation__ReputationChange *change = arena_alloc(call->arena, sizeof *change);
        moderation__reputation_change__init(change);
        change->reason = (char *)(size_t)reason;
        change->has_entries = 1;
        change->entries = count;
        out->reputation_changes[out->n_reputation_changes++] = change;
}

static void list_changes(struct call *call, const Forum__RuledVotes *moved, int sign, Moderation__VotesDecided *out)
{
        out->reputation_changes = arena_alloc(call->arena, 2 * sizeof *out->reputation_changes);
        add_change(call, "post_liked", sign * moved->likes, out);
        add_change(call, "post_helpful", sign * moved->helpful, out);
}

static status check_may_decide(
        struct call *call, const Moderation__VoteAnomaly *row, const Moderation__DecideVoteAnomalyRequest *in)
{
        bool is_void = strcmp(in->decision, "void") == 0;
        if (row->is_conflict)
                return call_fail(call, STATUS_PERMISSION_DENIED, "somebody else decides about this");
        if (!is_void && (row->decision == NULL || strcmp(row->decision, "void") != 0))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "no votes were taken out");
        if (is_void && row->decision != NULL && strcmp(row->decision, "void") == 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the votes are taken out already");
        return STATUS_OK;
}

static status decide_vote_anomaly(
        struct call *call, const Moderation__DecideVoteAnomalyRequest *in, Moderation__VotesDecided *out)
{
        Moderation__VoteAnomaly row = MODERATION__VOTE_ANOMALY__INIT;
        Forum__RuledVotes *moved;
        TRY(db_one(call, &row.base, SQL_ONE, in->anomaly_id, call->caller->user_id));
        TRY(check_may_decide(call, &row, in));
        TRY(move_votes(call, row.object_id, in->decision, &moved));
        TRY(db_later(call, NULL, SQL_DECIDE, in->anomaly_id, in->decision, (int)moved->votes));
        TRY(audit_record(
                call, &(struct audit_entry){.kind = "votes", .resource_id = in->anomaly_id, .what = in->decision}));
        out->id = in->anomaly_id;
        out->decision = in->decision;
        out->has_votes_moved = 1;
        out->votes_moved = moved->votes;
        list_changes(call, moved, strcmp(in->decision, "void") == 0 ? -1 : 1, out);
        return STATUS_OK;
}

RPC_TABLE(vote_anomaly_rpcs, VOTE_ANOMALY_RPCS);
