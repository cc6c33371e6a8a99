/* SPDX-License-Identifier: Apache-2.0 */
/* A job is its owner's by a keyed tag, so that it can be read with the same token when nothing else is left. */
#include "svc-anonymize/privacy_jobs.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/keyring.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/transitions.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/erasure.h"
#include "svc-anonymize/export.h"
#include "svc-anonymize/policy.h"

#include <string.h>

#define PRIVACY_JOB_RPCS(RPC)                                                                                          \
        RPC(DeleteProfile, delete_profile, Anonymize__DeleteProfileRequest, Anonymize__PrivacyJob)                     \
        RPC(CreateExport, create_export, Anonymize__CreateExportRequest, Anonymize__PrivacyJob)                        \
        RPC(GetPrivacyJob, get_privacy_job, Anonymize__GetPrivacyJobRequest, Anonymize__PrivacyJob)                    \
        RPC(GetPrivacyJobTransitions, get_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                   \
        RPC(PostPrivacyJobTransition, post_transition, Sfp__TransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(PRIVACY_JOB_RPCS)

#define ROW_COLUMNS "id, kind, user_id, profile_id, mode, state, version"

static const char SQL_INSERT[] =
        "INSERT INTO privacy_jobs (id, kind, owner_tag, user_id, profile_id, mode, state)"
        " VALUES ($1, $2, $3, $4, (SELECT id FROM user_social_profiles WHERE user_id = $4), $5, $6)"
        " ON CONFLICT DO NOTHING RETURNING id";
static const char SQL_OWN[] = "SELECT " ROW_COLUMNS " FROM privacy_jobs WHERE id = $1 AND owner_tag = $2";
static const char SQL_OWN_LOCKED[] =
        "SELECT " ROW_COLUMNS " FROM privacy_jobs WHERE id = $1 AND owner_tag = $2 FOR UPDATE";
static const char SQL_LOCKED[] = "SELECT " ROW_COLUMNS " FROM privacy_jobs WHERE id = $1 FOR UPDATE";
static const char SQL_MOVE[] = "UPDATE privacy_jobs SET state = $3, version = version + 1,"
                               " done_at = CASE WHEN $3 IN ('completed', 'cancelled', 'ready', 'failed') THEN now()"
                               "  ELSE done_at END WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_DUE[] =
        "UPDATE privacy_jobs SET due_at = now() + $2::integer * interval '1 second' WHERE id = $1";
static const char SQL_FORMAT[] = "UPDATE privacy_jobs SET format = $2 WHERE id = $1";
static const char SQL_LIVE[] = "SELECT " ROW_COLUMNS " FROM privacy_jobs WHERE owner_tag = $1 AND kind = 'erasure'"
                               " AND state IN ('requested', 'cooling_off', 'running')";
/* Who asks twice at the same moment asks one after the other. */
static const char SQL_ALONE[] = "SELECT pg_advisory_xact_lock(hashtextextended('sfp export ' || $1::text, 0))";
static const char SQL_LATEST[] =
        "SELECT " ROW_COLUMNS ", ceil(extract(epoch FROM created_at + interval '24 hours' - now()))"
        "::integer AS wait_s FROM privacy_jobs WHERE owner_tag = $1 AND kind = 'export'"
        " AND state <> 'failed' AND created_at > now() - interval '24 hours' LIMIT 1";
static const char SQL_SHOW[] =
        "SELECT id AS job_id, kind, state, version, mode, created_at, due_at, done_at, expires_at,"
        " CASE WHEN state = 'ready' THEN '/api/v1/social/privacy/jobs/' || id || '/archive'"
        "  || CASE format WHEN 'zip' THEN '.zip' ELSE '' END END AS download_url,"
        " CASE kind WHEN 'export' THEN coalesce(format, 'json') END AS format"
        " FROM privacy_jobs WHERE id = $1 AND owner_tag = $2";
static const char SQL_ROOT[] = "SELECT position, root FROM receipts WHERE job_id = $1";
static const char SQL_RECEIPT[] = "SELECT service AS name, confirmed_at, rows FROM privacy_job_parts WHERE job_id = $1"
                                  " ORDER BY service";

ProtobufCBinaryData privacy_job_owner_tag(struct call *call, const char *user_id)
{
        return keyring_tag(call->service->keys, call->arena, "anonymize privacy job", user_id);
}

static ProtobufCBinaryData owner_tag(struct call *call)
{
        return privacy_job_owner_tag(call, call->caller->user_id);
}

static const struct lifecycle *lifecycle_of(const Anonymize__PrivacyJobRow *row)
{
        return strcmp(row->kind, "erasure") == 0 ? &erasure_lifecycle : &export_lifecycle;
}

static Anonymize__PrivacyJobRow *new_row(struct call *call)
{
        Anonymize__PrivacyJobRow *row = arena_alloc(call->arena, sizeof *row);
        anonymize__privacy_job_row__init(row);
        return row;
}

static struct lifecycle_subject subject_of(const Anonymize__PrivacyJobRow *row, const char *actors)
{
        return (struct lifecycle_subject){
                .id = row->id, .state = row->state, .version = row->version, .actors = actors, .facts = row};
}

static status load_own(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Anonymize__PrivacyJobRow *row = new_row(call);
        TRY(db_one(call, &row->base, is_locked ? SQL_OWN_LOCKED : SQL_OWN, id, owner_tag(call)));
        *out = subject_of(row, "owner");
        return STATUS_OK;
}

static status apply(struct call *call, const struct lifecycle_subject *job, const struct lifecycle_step *step)
{
        Anonymize__PrivacyJobRow moved = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        if (strcmp(step->transition->action, "cancel") == 0)
                TRY(job_cancel(call, ERASURE_JOB, job->id));
        return db_one(call, &moved.base, SQL_MOVE, job->id, job->version, step->to);
}

const struct lifecycle erasure_lifecycle = {"erasure", erasure_transitions, load_own, apply};
const struct lifecycle export_lifecycle = {"export", export_transitions, load_own, apply};

status privacy_job_make(
        struct call *call, const struct lifecycle *lifecycle, const char *mode, struct lifecycle_subject *out)
{
        char *id = arena_alloc(call->arena, UUID_SIZE);
        struct lifecycle_step planned;
        Anonymize__PrivacyJobRow row = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        uuid_v4(id); /* random: who has it has the archive's address */
        *out = (struct lifecycle_subject){.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        TRY(lifecycle_plan(call, lifecycle, out, "request", &planned));
        TRY(db_one(call, &row.base, SQL_INSERT, id, lifecycle->kind, owner_tag(call), call->caller->user_id, mode,
                planned.to));
        TRY(lifecycle_step(call, lifecycle, out, "request", NULL, NULL));
        out->version = 1;
        out->n_steps = 0;
        return STATUS_OK;
}

status privacy_job_check_not_leaving(struct call *call)
{
        Anonymize__PrivacyJobRow live = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        status found = db_one(call, &live.base, SQL_LIVE, owner_tag(call));
        if (found == STATUS_OK && strcmp(live.state, "running") == 0)
                return call_problem(call, PROBLEM_CONFLICT, "you are being erased: see /privacy/jobs/%s", live.id);
        return found == STATUS_NOT_FOUND ? STATUS_OK : found;
}

status privacy_job_load(
        struct call *call, const char *id, Anonymize__PrivacyJobRow **row, struct lifecycle_subject *out)
{
        *row = new_row(call);
        TRY(db_one(call, &(*row)->base, SQL_LOCKED, id));
        *out = subject_of(*row, "sys");
        return STATUS_OK;
}

status privacy_job_step(
        struct call *call, const struct lifecycle *lifecycle, struct lifecycle_subject *job, const char *action)
{
        struct lifecycle_step step;
        TRY(lifecycle_step(call, lifecycle, job, action, NULL, &step));
        return apply(call, job, &step);
}

status privacy_job_show(struct call *call, const char *id, Anonymize__PrivacyJob *out)
{
        TRY(db_one(call, &out->base, SQL_SHOW, id, owner_tag(call)));
        out->receipt = arena_alloc(call->arena, sizeof *out->receipt);
        anonymize__privacy_receipt__init(out->receipt);
        Anonymize__ReceiptRows roots = ANONYMIZE__RECEIPT_ROWS__INIT;
        TRY(db_rows(call, &roots.base, "items", SQL_ROOT, id));
        out->receipt->has_audit_root = roots.n_items > 0;
        if (roots.n_items > 0)
                out->receipt->audit_root = roots.items[0]->root;
        return db_rows(call, &out->receipt->base, "services", SQL_RECEIPT, id);
}

static status start_erasure(struct call *call, const Anonymize__DeleteProfileRequest *in, const char **id)
{
        struct lifecycle_subject job;
        int64_t wait_s = in->cooling_off ? ERASURE_COOLING_OFF_S : 0;
        TRY(privacy_job_make(call, &erasure_lifecycle, in->mode, &job));
        *id = job.id;
        TRY(db_exec(call, SQL_DUE, job.id, wait_s));
        if (in->cooling_off)
                TRY(privacy_job_step(call, &erasure_lifecycle, &job, "cool_off"));
        return job_schedule(
                call, ERASURE_JOB, job.id, clock_unix_us() + wait_s * 1000000, (ProtobufCBinaryData){0, NULL});
}

status privacy_job_erase(struct call *call, const char *user_id, const char *mode)
{
        const char *id;
        Sfp__Caller owner = SFP__CALLER__INIT;
        const Sfp__Caller *before = call->caller;
        Anonymize__DeleteProfileRequest in = ANONYMIZE__DELETE_PROFILE_REQUEST__INIT;
        owner.user_id = (char *)(size_t)user_id;
        in.mode = (char *)(size_t)mode;
        in.has_cooling_off = 1;
        in.cooling_off = 0; /* they have had their time to think */
        call->caller = &owner;
        status made = start_erasure(call, &in, &id);
        call->caller = before;
        return made == STATUS_NOT_FOUND ? STATUS_OK : made;
}

static status delete_profile(struct call *call, const Anonymize__DeleteProfileRequest *in, Anonymize__PrivacyJob *out)
{
        const char *id;
        Anonymize__PrivacyJobRow live = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        if (!in->confirm)
                return call_invalid(call, "confirm", "not_allowed", "must be true: what is erased does not come back");
        status made = start_erasure(call, in, &id);
        if (made == STATUS_OK)
                return privacy_job_show(call, id, out);
        if (made != STATUS_NOT_FOUND)
                return made;
        TRY(db_one(call, &live.base, SQL_LIVE, owner_tag(call)));
        return privacy_job_show(call, live.id, out);
}

/* Whoever has a token that was left lying about does not get everything there is of its owner. */
static status check_fresh(struct call *call)
{
        int64_t age_s = clock_unix_us() / 1000000 - call->caller->authenticated_at;
        if (call->caller->has_authenticated_at && age_s <= EXPORT_AUTH_AGE_S)
                return STATUS_OK;
        return call_problem(call, PROBLEM_REAUTHENTICATE, "sign in again: the token must be of the last %d minutes",
                EXPORT_AUTH_AGE_S / 60);
}

static status create_export(struct call *call, const Anonymize__CreateExportRequest *in, Anonymize__PrivacyJob *out)
{
        struct lifecycle_subject job;
        Anonymize__PrivacyJobRow latest = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        TRY(check_fresh(call));
        TRY(export_check_services(call, in->n_include, in->include));
        TRY(db_exec(call, SQL_ALONE, call->caller->user_id));
        status found = db_one(call, &latest.base, SQL_LATEST, owner_tag(call));
        if (found == STATUS_OK) {
                call->retry_after_s = (uint32_t)latest.wait_s;
                return call_problem(
                        call, PROBLEM_LIMIT_REACHED, "there is one of the last 24 hours: /privacy/jobs/%s", latest.id);
        }
        if (found != STATUS_NOT_FOUND)
                return found;
        TRY(privacy_job_make(call, &export_lifecycle, NULL, &job));
        TRY(db_exec(call, SQL_FORMAT, job.id, in->format));
        TRY(export_begin(call, job.id, in->n_include, in->include));
        return privacy_job_show(call, job.id, out);
}

static status get_privacy_job(struct call *call, const Anonymize__GetPrivacyJobRequest *in, Anonymize__PrivacyJob *out)
{
        return privacy_job_show(call, in->job_id, out);
}

static status find_lifecycle(struct call *call, const char *id, const struct lifecycle **out)
{
        struct lifecycle_subject job;
        TRY(load_own(call, id, false, &job));
        *out = lifecycle_of(job.facts);
        return STATUS_OK;
}

static status get_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        const struct lifecycle *lifecycle = NULL;
        TRY(find_lifecycle(call, in->id, &lifecycle));
        return transitions_get(call, lifecycle, in, out);
}

static status post_transition(struct call *call, const Sfp__TransitionRequest *in, Sfp__TransitionResult *out)
{
        const struct lifecycle *lifecycle = NULL;
        TRY(find_lifecycle(call, in->id, &lifecycle));
        return transitions_post(call, lifecycle, in, out);
}

RPC_TABLE(privacy_job_rpcs, PRIVACY_JOB_RPCS);
