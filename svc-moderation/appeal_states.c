/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an appeal. What is said with a step – a question, an answer, a decision – is its reason. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/jobs.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-moderation/actions.h"
#include "svc-moderation/appeals.h"
#include "svc-moderation/audit.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/reports.h"
#include "svc-moderation/words.h"

#include <string.h>

#define APPEAL_STATE_RPCS(RPC)                                                                                         \
        RPC(GetAppealTransitions, get_appeal_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                \
        RPC(PostAppealTransition, post_appeal_transition, Moderation__AppealTransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(APPEAL_STATE_RPCS)

/* Whoever reported it, or stands behind a block, does not decide about it either. */
#define IS_INVOLVED                                                                                                    \
        "EXISTS (SELECT FROM reports r WHERE r.case_id = a.case_id AND r.reporter_user_id = $2)"                       \
        " OR EXISTS (SELECT FROM blocks b WHERE b.user_id = $2 AND b.other_id = p.appellant_user_id)"
#define APPEAL_STATE                                                                                                   \
        "SELECT p.id, p.action_id, p.state, p.version, p.appellant_user_id = $2 AS is_own,"                            \
        " p.original_user_id IS NOT DISTINCT FROM $2 OR " IS_INVOLVED                                                  \
        " AS was_mine, p.reviewer_user_id = $2 AS is_reviewer,"                                                        \
        " p.appellant_user_id, a.case_id FROM appeals p JOIN actions a ON a.id = p.action_id WHERE p.id = $1"
static const char SQL_LOAD[] = APPEAL_STATE " AND (p.appellant_user_id = $2 OR $3::boolean)";
static const char SQL_LOAD_LOCKED[] = APPEAL_STATE " AND (p.appellant_user_id = $2 OR $3::boolean) FOR UPDATE OF p";
static const char SQL_MOVE[] = "UPDATE appeals SET state = $3, version = version + 1,"
                               " reviewer_user_id = CASE WHEN $4 = 'claim' THEN $5::uuid ELSE reviewer_user_id END,"
                               " decided_at = CASE WHEN $3 IN ('granted', 'partially_granted', 'denied') THEN now() END"
                               " WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_DECISION[] = "UPDATE appeals SET decision_sealed = $2 WHERE id = $1";
static const char SQL_ESCALATE[] = "UPDATE appeals SET escalated_at = coalesce(escalated_at, now()) WHERE id = $1";
static const char SQL_ACTION[] =
        "SELECT c.id, c.object_type, c.object_id, a.reported_user_id AS author_user_id FROM actions a"
        " JOIN cases c ON c.id = a.case_id WHERE a.id = $1";

static const char *actors_of(const struct call *call, const Moderation__AppealRow *row)
{
        if (row->is_own)
                return "affected";
        if (!call_is_moderator(call) || row->was_mine)
                return "";
        return row->is_reviewer ? "reviewer" : "mod";
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Moderation__AppealRow *row = arena_alloc(call->arena, sizeof *row);
        moderation__appeal_row__init(row);
        TRY(db_one(call, &row->base, is_locked ? SQL_LOAD_LOCKED : SQL_LOAD, id, call->caller->user_id,
                call_is_moderator(call)));
        out->state = row->state;
        out->version = row->version;
        out->facts = row;
        out->actors = actors_of(call, row);
        return STATUS_OK;
}

static status announce_decided(struct call *call, const Moderation__AppealRow *row, const char *outcome)
{
        Moderation__AppealDecided event = MODERATION__APPEAL_DECIDED__INIT;
        event.appeal_id = row->id;
        event.outcome = (char *)(size_t)outcome;
        event.n_recipient_user_ids = row->appellant_user_id != NULL;
        event.recipient_user_ids = (char **)(size_t)&row->appellant_user_id;
        return event_publish(call, &event.base);
}

/* In place of what is taken back. */
static status warn_instead(struct call *call, const Moderation__AppealRow *row)
{
        char *id;
        Moderation__Case about = MODERATION__CASE__INIT;
        TRY(db_one(call, &about.base, SQL_ACTION, row->action_id));
        const struct ruling ruling = {.about = &about,
                .action_taken = "warn",
                .reason = "In place of an action that was taken back in part on appeal.",
                .moderator = call->caller->user_id};
        return action_take(call, &ruling, &id);
}

static status decide(struct call *call, const Moderation__AppealRow *row, const char *action, const char *outcome)
{
        if (strcmp(action, "deny") != 0)
                TRY(action_reverse(call, row->action_id));
        if (strcmp(action, "grant") == 0)
                TRY(reports_overturn(call, row->action_id));
        if (strcmp(action, "grant_partly") == 0)
                TRY(warn_instead(call, row));
        TRY(announce_decided(call, row, outcome));
        return case_step(call, row->case_id, "decided");
}

static const char *role_of(const struct lifecycle_step *step)
{
        if (strcmp(step->actor, "affected") == 0)
                return "user";
        return strcmp(step->actor, "sys") == 0 ? "sys" : NULL;
}

static status record(struct call *call, const char *id, const struct lifecycle_step *step)
{
        const struct audit_entry entry = {.kind = "appeal",
                .resource_id = id,
                .what = step->transition->action,
                .role = role_of(step),
                .from = step->from,
                .to = step->to};
        return audit_record(call, &entry);
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Moderation__AppealRow *row = subject->facts;
        const char *action = step->transition->action;
        Moderation__Appeal moved = MODERATION__APPEAL__INIT;
        TRY(db_one(
                call, &moved.base, SQL_MOVE, subject->id, subject->version, step->to, action, call->caller->user_id));
        TRY(record(call, subject->id, step));
        if (strcmp(action, "ask") == 0)
                return job_schedule(call, JOB_APPEAL_ANSWER, subject->id,
                        clock_unix_us() + APPEAL_ANSWER_S * INT64_C(1000000), (ProtobufCBinaryData){0, NULL});
        if (strcmp(action, "withdraw") == 0)
                return case_step(call, row->case_id, "withdrawn");
        bool is_decision = strcmp(step->from, "under_review") == 0 && strcmp(step->to, "info_requested") != 0;
        return is_decision ? decide(call, row, action, step->to) : STATUS_OK;
}

/* A time that ran out, for an appeal that may have gone on since. */
static status step_by_time(struct call *call, const char *id, const char *action)
{
        Moderation__AppealRow row = MODERATION__APPEAL_ROW__INIT;
        struct lifecycle_step step;
        status found = db_one(call, &row.base, SQL_LOAD_LOCKED, id, db_null(), true);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        struct lifecycle_subject subject = {
                .id = id, .state = row.state, .version = row.version, .actors = "sys", .facts = &row};
        if (lifecycle_find(appeal_transitions, row.state, action, "sys") == NULL)
                return STATUS_OK;
        TRY(lifecycle_step(call, &appeal_lifecycle, &subject, action, NULL, &step));
        return apply(call, &subject, &step);
}

status appeal_answer_is_due(struct call *call, const struct due_job *job)
{
        return step_by_time(call, job->key, "expire");
}

status appeal_is_due(struct call *call, const struct due_job *job)
{
        Moderation__AppealRow row = MODERATION__APPEAL_ROW__INIT;
        Moderation__CaseEscalated event = MODERATION__CASE_ESCALATED__INIT;
        status found = db_one(call, &row.base, SQL_LOAD, job->key, db_null(), true);
        if (found == STATUS_NOT_FOUND || (found == STATUS_OK && strcmp(row.state, "submitted") != 0))
                return STATUS_OK;
        TRY(found);
        event.case_id = row.case_id;
        TRY(db_later(call, NULL, SQL_ESCALATE, row.id));
        TRY(audit_record(call, &(struct audit_entry){.kind = "appeal",
                                       .resource_id = row.id,
                                       .what = "escalate",
                                       .role = "sys",
                                       .from = row.state,
                                       .to = row.state}));
        return event_publish(call, &event.base);
}

static status get_appeal_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &appeal_lifecycle, in, out);
}

static bool is_decision(const char *action)
{
        return strcmp(action, "grant") == 0 || strcmp(action, "grant_partly") == 0 || strcmp(action, "deny") == 0;
}

/* What is said goes where both sides read it. */
static status keep_words(struct call *call, const Moderation__AppealTransitionRequest *in)
{
        if (in->decision_text == NULL || in->dry_run)
                return STATUS_OK;
        if (is_decision(in->action))
                return db_later(call, NULL, SQL_DECISION, in->id,
                        words_seal(call, NULL, "decision of appeal", in->id, in->decision_text));
        bool is_answer = strcmp(in->action, "answer") == 0;
        if (!is_answer && strcmp(in->action, "ask") != 0)
                return STATUS_OK;
        return appeal_add_message(call, in->id, is_answer ? "affected" : "moderator", in->decision_text);
}

static status post_appeal_transition(
        struct call *call, const Moderation__AppealTransitionRequest *in, Sfp__TransitionResult *out)
{
        Sfp__TransitionRequest step = SFP__TRANSITION_REQUEST__INIT;
        bool needs_words =
                is_decision(in->action) || strcmp(in->action, "ask") == 0 || strcmp(in->action, "answer") == 0;
        if (needs_words && in->decision_text == NULL)
                return call_invalid(call, "decision_text", "required", "is required to %s", in->action);
        step.id = in->id;
        step.action = in->action;
        step.has_expected_version = in->has_expected_version;
        step.expected_version = in->expected_version;
        step.has_dry_run = in->has_dry_run;
        step.dry_run = in->dry_run;
        TRY(transitions_post(call, &appeal_lifecycle, &step, out));
        return keep_words(call, in);
}

const struct lifecycle appeal_lifecycle = {
        .kind = "appeal",
        .transitions = appeal_transitions,
        .load = load,
        .apply = apply,
};

RPC_TABLE(appeal_state_rpcs, APPEAL_STATE_RPCS);
