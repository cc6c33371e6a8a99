/* SPDX-License-Identifier: Apache-2.0 */
/* This service is one of those that are asked, and asked like the others. The row of the job keeps the user id until
 * all have confirmed, and loses it with the step that says so. */
#include "svc-anonymize/erasure.h"

#include "common/db.h"
#include "common/event.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/personal.pb-c.h"
#include "svc-anonymize/privacy_jobs.h"
#include "svc-anonymize/privacy_parts.h"
#include "svc-anonymize/profile.h"
#include "svc-anonymize/receipts.h"

#include <string.h>

enum { ROUNDS = 2, ROUND_GAP_S = 2 };

static const char SQL_LEAVE[] = "UPDATE user_social_profiles SET is_leaving = true WHERE user_id = $1";
static const char SQL_JOB[] = "SELECT id, user_id, mode, state FROM privacy_jobs WHERE id = $1";
static const char SQL_FORGET[] = "UPDATE privacy_jobs SET user_id = NULL, profile_id = NULL WHERE id = $1";

static status announce_requested(struct call *call, const Anonymize__PrivacyJobRow *row)
{
        Anonymize__ErasureRequested event = ANONYMIZE__ERASURE_REQUESTED__INIT;
        event.profile_id = row->profile_id;
        event.user_id = row->user_id;
        event.mode = row->mode;
        event.job_id = row->id;
        return event_publish(call, &event.base);
}

static status announce_completed(struct call *call, const Anonymize__PrivacyJobRow *row)
{
        Anonymize__ErasureCompleted event = ANONYMIZE__ERASURE_COMPLETED__INIT;
        event.job_id = row->id;
        return event_publish(call, &event.base);
}

/* From here on others see nobody, and every service is asked until it has forgotten. */
status erasure_run(struct call *call, const struct due_job *job)
{
        Anonymize__PrivacyJobRow *row;
        struct lifecycle_subject subject;
        TRY(privacy_job_load(call, job->key, &row, &subject));
        if (lifecycle_find(erasure_lifecycle.transitions, subject.state, "start", "sys") == NULL)
                return STATUS_OK; /* its owner was quicker */
        TRY(privacy_job_step(call, &erasure_lifecycle, &subject, "start"));
        TRY(db_exec(call, SQL_LEAVE, row->user_id));
        if (row->profile_id != NULL)
                TRY(profile_announce(call, row->profile_id, row->user_id, 0, NULL));
        TRY(announce_requested(call, row));
        TRY(privacy_parts_make(call, row->id, 0, NULL));
        return privacy_parts_ask(call, row->id, ERASURE_PART_JOB, 1, 0);
}

static status finish(struct call *call, const char *job_id)
{
        Anonymize__PrivacyJobRow *row;
        struct lifecycle_subject subject;
        TRY(privacy_job_load(call, job_id, &row, &subject));
        TRY(privacy_job_step(call, &erasure_lifecycle, &subject, "finish"));
        TRY(receipt_add(call, job_id));
        TRY(db_exec(call, SQL_FORGET, job_id));
        return announce_completed(call, row);
}

/* Erasing is done once however often it is asked for, so a part whose answer was lost asks again. */
static status ask_service(struct call *call, const Anonymize__PrivacyJobRow *row, const char *service, int64_t *rows)
{
        ProtobufCMessage *reply;
        Personal__EraseRequest request = PERSONAL__ERASE_REQUEST__INIT;
        request.user_id = row->user_id;
        request.job_id = row->id;
        request.mode = row->mode;
        TRY(rpc_call_at(call, service, "sfp.personal.Personal.Erase", &request.base, &reply));
        *rows = ((const Personal__Receipt *)reply)->rows;
        return STATUS_OK;
}

status erasure_part_run(struct call *call, const struct due_job *job)
{
        int64_t rows = 0;
        bool is_last = false;
        struct part_key key = privacy_part_key(call, job);
        Anonymize__PrivacyJobRow row = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_JOB, key.job_id));
        if (strcmp(row.state, "running") != 0)
                return STATUS_OK;
        TRY(ask_service(call, &row, key.service, &rows));
        TRY(privacy_part_confirm(call, key, rows, (ProtobufCBinaryData){0, NULL}, &is_last));
        if (!is_last)
                return STATUS_OK;
        if (key.round < ROUNDS)
                return privacy_parts_ask(call, key.job_id, ERASURE_PART_JOB, key.round + 1, ROUND_GAP_S);
        return finish(call, key.job_id);
}
