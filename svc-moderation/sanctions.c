/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/sanctions.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/jobs.h"
#include "sfp/moderation.pb-c.h"

static const char SQL_START[] =
        "INSERT INTO sanction_orders (id, user_id, kind, until_at) VALUES ($1, $2, $3, $4::text::timestamptz)";
static const char SQL_END[] = "UPDATE sanction_orders SET ended_at = now() WHERE id = $1 AND ended_at IS NULL"
                              " AND user_id IS NOT NULL RETURNING user_id, kind";

static status announce_started(struct call *call, const char *id, const char *user_id, const char *kind, char *until_at)
{
        Moderation__SanctionStarted event = MODERATION__SANCTION_STARTED__INIT;
        char *recipients[] = {(char *)(size_t)user_id};
        event.sanction_id = (char *)(size_t)id;
        event.user_id = recipients[0];
        event.kind = (char *)(size_t)kind;
        event.until_at = until_at;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = recipients;
        return event_publish(call, &event.base);
}

status sanction_start(struct call *call, const char *id, const char *user_id, const char *kind, int64_t until_us)
{
        char until_at[CLOCK_RFC3339_SIZE];
        clock_rfc3339(until_us, until_at);
        TRY(db_later(call, NULL, SQL_START, id, user_id, kind, until_us == 0 ? NULL : until_at));
        TRY(announce_started(call, id, user_id, kind, until_us == 0 ? NULL : until_at));
        if (until_us == 0)
                return STATUS_OK;
        return job_schedule(call, JOB_SANCTION_END, id, until_us, (ProtobufCBinaryData){0, NULL});
}

status sanction_end(struct call *call, const char *id)
{
        Moderation__SanctionEnded event = MODERATION__SANCTION_ENDED__INIT;
        status result = db_one(call, &event.base, SQL_END, id);
        if (result == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(result);
        event.sanction_id = (char *)(size_t)id;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = &event.user_id;
        return event_publish(call, &event.base);
}

status sanction_time_is_over(struct call *call, const struct due_job *job)
{
        return sanction_end(call, job->key);
}
