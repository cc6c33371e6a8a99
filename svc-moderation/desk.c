/* SPDX-License-Identifier: Apache-2.0 */
/* What moderators see and do at the desk: the queue, their next case, one case whole. */
#include "common/db.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/looks.h"
#include "svc-moderation/strikes.h"
#include "svc-moderation/words.h"

#include <string.h>

#define DESK_RPCS(RPC)                                                                                                 \
        RPC(ListQueue, list_queue, Moderation__ListQueueRequest, Moderation__CaseList)                                 \
        RPC(ClaimNext, claim_next, Moderation__ClaimRequest, Moderation__Case)                                         \
        RPC(GetCase, get_case, Moderation__CaseRequest, Moderation__Case)                                              \
        RPC(GetCaseTransitions, get_case_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                    \
        RPC(PostCaseTransition, post_case_transition, Sfp__TransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(DESK_RPCS)

#define QUEUE_BY(key)                                                                                                  \
        "SELECT " CASE_COLUMNS("$3") ", c." key " AS page_key, c.id AS page_id FROM cases c WHERE (c." key             \
                                     ", c.id) < ($1::bigint, $2::uuid) AND c.state = $4"                               \
                                     " AND ($5::text IS NULL OR c.category = $5) ORDER BY c." key " DESC, c.id DESC"
static const char SQL_BY_PRIORITY[] = QUEUE_BY("priority_key");
static const char SQL_BY_AGE[] = QUEUE_BY("new_key");
/* Whoever else is choosing at the same moment takes another one. */
static const char SQL_NEXT[] =
        "SELECT c.id, c.state, c.version FROM cases c WHERE c.state = 'queued' AND ($1::text IS NULL OR c.category = $1)"
        " AND NOT " CASE_IS_CONFLICT(
                "$2") " ORDER BY c.priority_key DESC, c.id DESC LIMIT 1 FOR UPDATE OF c SKIP LOCKED";
static const char SQL_CASE[] = "SELECT " CASE_COLUMNS("$2") ", c.texts_sealed, c.author_user_id FROM cases c"
                                                            " WHERE c.id = $1";
static const char SQL_EVIDENCE[] = "SELECT id AS report_id, reason, details_sealed, created_at AS at FROM reports"
                                   " WHERE case_id = $1 ORDER BY new_key LIMIT 100";
static const char SQL_ACTIONS[] =
        "SELECT a.id, a.action_taken, a.reason, a.rule_id, a.is_automated_action, a.taken_at,"
        " a.reversed_at IS NOT NULL AS is_reversed FROM actions a JOIN cases c USING (object_type, object_id)"
        " WHERE c.id = $1 ORDER BY a.new_key DESC LIMIT 50";
static const char SQL_RECORD[] =
        "SELECT count(*)::integer AS actions_count, count(reversed_at)::integer AS reversed_count,"
        " max(taken_at) AS last_action_at, (SELECT kind FROM sanctions WHERE user_id = $1"
        "  AND (until_at IS NULL OR until_at > now()) LIMIT 1) AS sanction,"
        " coalesce(sum(" STRIKES_OF "), 0)::integer AS strikes"
        " FROM actions a WHERE reported_user_id = $1 AND action_taken <> 'none'";

static status list_queue(struct call *call, const Moderation__ListQueueRequest *in, Moderation__CaseList *out)
{
        const char *sql = strcmp(in->sort, "new") == 0 ? SQL_BY_AGE : SQL_BY_PRIORITY;
        return page_rows(call, &in->base, &out->base, sql, call->caller->user_id, in->state, in->category);
}

static status prepare(struct call *call, const Moderation__EvidenceList *rows)
{
        ProtobufCBinaryData *sealed = arena_alloc(call->arena, rows->n_items * sizeof *sealed + 1);
        for (size_t i = 0; i < rows->n_items; i++)
                sealed[i] = rows->items[i]->details_sealed;
        return sealed_prepare(call, rows->n_items, sealed);
}

static status load_evidence(struct call *call, Moderation__Case *out)
{
        Moderation__EvidenceList rows = MODERATION__EVIDENCE_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_EVIDENCE, out->id));
        out->n_evidence = rows.n_items;
        out->evidence = rows.items;
        TRY(prepare(call, &rows));
        for (size_t i = 0; i < rows.n_items; i++) {
                Moderation__Evidence *row = rows.items[i];
                TRY(words_open(call, "details of report", row->report_id, row->has_details_sealed, row->details_sealed,
                        &row->details));
        }
        return STATUS_OK;
}

static status load_past(struct call *call, Moderation__Case *out)
{
        Moderation__ActionList rows = MODERATION__ACTION_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_ACTIONS, out->id));
        out->n_actions = rows.n_items;
        out->actions = rows.items;
        if (out->author_user_id == NULL)
                return STATUS_OK;
        out->author_record = arena_alloc(call->arena, sizeof *out->author_record);
        moderation__author_record__init(out->author_record);
        return db_one(call, &out->author_record->base, SQL_RECORD, out->author_user_id);
}

static status show_case(struct call *call, const char *id, Moderation__Case *out)
{
        TRY(db_one(call, &out->base, SQL_CASE, id, call->caller->user_id));
        TRY(words_open_all(
                call, "texts of case", id, out->has_texts_sealed, out->texts_sealed, &out->n_texts, &out->texts));
        TRY(load_evidence(call, out));
        TRY(load_past(call, out));
        TRY(look_record(call, out->author_user_id, "moderation_case"));
        out->author_user_id = NULL;
        return STATUS_OK;
}

static status get_case(struct call *call, const Moderation__CaseRequest *in, Moderation__Case *out)
{
        return show_case(call, in->case_id, out);
}

static status claim_next(struct call *call, const Moderation__ClaimRequest *in, Moderation__Case *out)
{
        Moderation__Case next = MODERATION__CASE__INIT;
        struct lifecycle_step step;
        status found = db_one(call, &next.base, SQL_NEXT, in->category, call->caller->user_id);
        if (found == STATUS_NOT_FOUND)
                return call_fail(call, found, "there is no case for you to take");
        TRY(found);
        struct lifecycle_subject subject = {
                .id = next.id, .state = next.state, .version = next.version, .actors = "mod"};
        TRY(lifecycle_step(call, &case_lifecycle, &subject, "claim", NULL, &step));
        TRY(case_lifecycle.apply(call, &subject, &step));
        return show_case(call, next.id, out);
}

static status get_case_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &case_lifecycle, in, out);
}

static status post_case_transition(struct call *call, const Sfp__TransitionRequest *in, Sfp__TransitionResult *out)
{
        return transitions_post(call, &case_lifecycle, in, out);
}

RPC_TABLE(desk_rpcs, DESK_RPCS);
