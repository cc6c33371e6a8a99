/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/cases.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/jobs.h"
#include "common/service.h"
#include "common/uuid.h"
#include "svc-moderation/audit.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/queue.h"
#include "svc-moderation/reports.h"
#include "svc-moderation/words.h"

#include <string.h>

static const char SQL_OPEN[] =
        "INSERT INTO cases (id, object_type, object_id, author_user_id, category, severity, confidence_score, weight,"
        " reports_count, is_held, state, texts_sealed, priority_key)"
        " VALUES ($1, $2, $3, $4, $5, $6::integer, $7, $8::double precision, $9, $10::boolean, 'open', $11,"
        " case_priority($6::integer, $8::double precision, now()))"
        " ON CONFLICT (object_type, object_id) WHERE state IN ('open', 'queued', 'claimed', 'escalated') DO UPDATE SET"
        " weight = cases.weight + excluded.weight, reports_count = cases.reports_count + excluded.reports_count,"
        " severity = greatest(cases.severity, excluded.severity), is_held = cases.is_held OR excluded.is_held,"
        " confidence_score = greatest(cases.confidence_score, excluded.confidence_score),"
        " priority_key = case_priority(greatest(cases.severity, excluded.severity), cases.weight + excluded.weight,"
        "                              cases.opened_at) RETURNING id, state, severity, weight, confidence_score";
static const char SQL_ENTER[] = "UPDATE cases SET state = 'queued' WHERE id = $1";
/* What waits anew is what is ruled on. */
static const char SQL_RENEW[] = "UPDATE cases SET texts_sealed = $2 WHERE id = $1";
#define CASE_STATE                                                                                                      \
        "SELECT c.id, c.state, c.version, c.object_type, c.object_id, c.author_user_id, c.is_held, c.confidence_score," \
        " c.claimed_by IS NOT DISTINCT FROM $2 AS is_mine, " CASE_IS_CONFLICT("$2") " AS is_conflict FROM cases c"      \
                                                                                    " WHERE c.id = $1"
static const char SQL_LOAD[] = CASE_STATE;
static const char SQL_LOAD_LOCKED[] = CASE_STATE " FOR UPDATE OF c";
static const char SQL_LOAD_OWN[] = "SELECT id, state, version FROM cases WHERE id = $1 FOR UPDATE";
static const char SQL_IS_IDLE[] = "SELECT c.id FROM cases c WHERE c.id = $1 AND c.state = 'open' AND NOT c.is_held"
                                  " AND c.confidence_score IS NULL AND NOT EXISTS (SELECT FROM reports r"
                                  " WHERE r.case_id = c.id AND r.state IN ('open', 'linked'))";
static const char SQL_MOVE[] =
        "UPDATE cases SET state = $3, version = version + 1,"
        " claimed_by = CASE WHEN $3 = 'claimed' THEN $4::uuid END,"
        " lease_until = CASE WHEN $3 = 'claimed' THEN now() + make_interval(secs => $5) END,"
        " texts_sealed = CASE WHEN $3 <> 'closed' THEN texts_sealed END WHERE id = $1 AND version = $2 RETURNING id";
/* Its history begins, and others are told. */
static status begin(struct call *call, const char *id, const char *object_type, const char *category, bool may_enter)
{
        Moderation__CaseOpened event = MODERATION__CASE_OPENED__INIT;
        struct lifecycle_subject subject = {.id = id, .state = LIFECYCLE_NEW, .actors = "sys"};
        TRY(lifecycle_step(call, &case_lifecycle, &subject, "open", NULL, NULL));
        if (may_enter) {
                TRY(lifecycle_step(call, &case_lifecycle, &subject, "enqueue", NULL, NULL));
                TRY(db_later(call, NULL, SQL_ENTER, id));
        }
        event.case_id = (char *)(size_t)id;
        event.category = (char *)(size_t)category;
        event.object_type = (char *)(size_t)object_type;
        return event_publish(call, &event.base);
}

status case_open(struct call *call, const Content__Snapshot *thing, const char *category, const double *confidence,
        double weight, int n_reports, struct opened_case *out)
{
        bool may_enter = false;
        Moderation__Case row = MODERATION__CASE__INIT;
        char *new_id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(new_id);
        TRY(db_one(call, &row.base, SQL_OPEN, new_id, thing->object_type, thing->object_id, thing->author_user_id,
                category, category_severity(category), confidence == NULL ? db_null() : db_real(*confidence), weight,
                n_reports, !thing->is_public,
                words_seal_all(call, thing->author_user_id, "texts of case", new_id, thing->n_texts, thing->texts)));
        if (strcmp(row.state, "open") == 0)
                TRY(queue_admit(call, &row, &may_enter));
        out->id = row.id;
        out->severity = row.severity;
        out->is_new = strcmp(row.id, new_id) == 0;
        out->waits = strcmp(row.state, "open") == 0 && !may_enter;
        if (out->is_new)
                return begin(call, new_id, thing->object_type, category, may_enter);
        if (may_enter)
                TRY(case_step(call, row.id, "enqueue"));
        return n_reports > 0 ? STATUS_OK
                             : db_later(call, NULL, SQL_RENEW, row.id,
                                       words_seal_all(call, thing->author_user_id, "texts of case", row.id,
                                               thing->n_texts, thing->texts));
}

static const char *actors_of(struct call *call, const Moderation__Case *row)
{
        bool is_admin = call_has_role(call, "admin");
        if (row->is_mine && strcmp(row->state, "claimed") == 0)
                return is_admin ? "holder admin" : "holder";
        if (row->is_conflict)
                return "";
        return is_admin ? "mod admin" : "mod";
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Moderation__Case *row = arena_alloc(call->arena, sizeof *row);
        moderation__case__init(row);
        TRY(db_one(call, &row->base, is_locked ? SQL_LOAD_LOCKED : SQL_LOAD, id, call->caller->user_id));
        out->state = row->state;
        out->version = row->version;
        out->facts = row;
        out->actors = actors_of(call, row);
        return STATUS_OK;
}

static status announce_claimed(struct call *call, const char *id)
{
        Moderation__CaseClaimed event = MODERATION__CASE_CLAIMED__INIT;
        char *recipients[] = {call->caller->user_id};
        event.case_id = (char *)(size_t)id;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = recipients;
        return event_publish(call, &event.base);
}

static status announce_escalated(struct call *call, const char *id)
{
        Moderation__CaseEscalated event = MODERATION__CASE_ESCALATED__INIT;
        event.case_id = (char *)(size_t)id;
        return event_publish(call, &event.base);
}

static status schedule(struct call *call, const char *kind, const char *id, int64_t seconds)
{
        return job_schedule(call, kind, id, clock_unix_us() + seconds * 1000000, (ProtobufCBinaryData){0, NULL});
}

static status record(struct call *call, const char *id, const struct lifecycle_step *step)
{
        const struct audit_entry entry = {.kind = "case",
                .resource_id = id,
                .what = step->transition->action,
                .role = strcmp(step->actor, "sys") == 0 ? "sys" : NULL,
                .from = step->from,
                .to = step->to};
        return audit_record(call, &entry);
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        Moderation__Case moved = MODERATION__CASE__INIT;
        TRY(db_one(call, &moved.base, SQL_MOVE, subject->id, subject->version, step->to, call->caller->user_id,
                (int)CASE_LEASE_S));
        TRY(record(call, subject->id, step));
        if (strcmp(step->to, "queued") == 0 && strcmp(step->from, "open") == 0)
                TRY(reports_link(call, subject->id));
        if (strcmp(step->to, "claimed") == 0) {
                TRY(announce_claimed(call, subject->id));
                return schedule(call, JOB_CASE_LEASE, subject->id, CASE_LEASE_S);
        }
        if (strcmp(step->to, "escalated") == 0)
                return announce_escalated(call, subject->id);
        if (strcmp(step->to, "resolved") == 0)
                return schedule(call, JOB_CASE_WINDOW, subject->id, CASE_WINDOW_S);
        return STATUS_OK;
}

status case_step(struct call *call, const char *id, const char *action)
{
        Moderation__Case row = MODERATION__CASE__INIT;
        struct lifecycle_subject subject = {.id = id, .actors = "sys"};
        struct lifecycle_step step;
        status result = db_one(call, &row.base, SQL_LOAD_OWN, id);
        if (result == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(result);
        subject.state = row.state;
        subject.version = row.version;
        if (lifecycle_find(case_transitions, row.state, action, "sys") == NULL)
                return STATUS_OK;
        TRY(lifecycle_step(call, &case_lifecycle, &subject, action, NULL, &step));
        return apply(call, &subject, &step);
}

status case_lapse(struct call *call, const char *id)
{
        Moderation__Case row = MODERATION__CASE__INIT;
        status found = db_one(call, &row.base, SQL_IS_IDLE, id);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        return case_step(call, id, "lapse");
}

status case_lease_end(struct call *call, const struct due_job *job)
{
        return case_step(call, job->key, "lease_expire");
}

status case_window_end(struct call *call, const struct due_job *job)
{
        return case_step(call, job->key, "window_end");
}

status case_load_held(struct call *call, const char *id, Moderation__Case *out, struct lifecycle_subject *subject,
        struct lifecycle_step *step)
{
        TRY(db_one(call, &out->base, SQL_LOAD_LOCKED, id, call->caller->user_id));
        *subject = (struct lifecycle_subject){
                .id = id, .state = out->state, .version = out->version, .actors = out->is_mine ? "ruling" : ""};
        return lifecycle_plan(call, &case_lifecycle, subject, "resolve", step);
}

const struct lifecycle case_lifecycle = {
        .kind = "case",
        .transitions = case_transitions,
        .load = load,
        .apply = apply,
};
