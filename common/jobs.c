/* SPDX-License-Identifier: Apache-2.0 */
#include "common/jobs.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/forgetting.h"
#include "common/idempotency.h"
#include "common/person_keys.h"

/* A run under way loses its lease, and with it its end. */
static const char SQL_CANCEL_ALL[] = "DELETE FROM jobs WHERE kind = $1 AND key LIKE $2 || '%'";
static const char SQL_SCHEDULE[] =
        "INSERT INTO jobs (kind, key, due_at, payload)"
        " VALUES ($1, $2, CASE WHEN $3::bigint = 0 THEN now()"
        "  ELSE timestamptz 'epoch' + $3::bigint * interval '1 microsecond' END, $4)"
        " ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, attempts = 0,"
        " lease_until = NULL, last_error = NULL, failed_at = NULL";
static const char SQL_CANCEL[] = "DELETE FROM jobs WHERE kind = $1 AND key = $2";

status job_schedule(
        struct call *call, const char *kind, const char *key, int64_t due_unix_us, ProtobufCBinaryData payload)
{
        struct db_value bytes = payload.data == NULL ? db_null() : db_bytes(payload);
        return db_later(call, NULL, SQL_SCHEDULE, kind, key, due_unix_us, bytes);
}

status job_cancel_all(struct call *call, const char *kind, const char *prefix)
{
        return db_later(call, NULL, SQL_CANCEL_ALL, kind, prefix);
}

status job_cancel(struct call *call, const char *kind, const char *key)
{
        return db_later(call, NULL, SQL_CANCEL, kind, key);
}

int64_t job_backoff_ms(int attempt, uint16_t chance)
{
        int64_t most = JOB_BACKOFF_MS;
        for (int i = 1; i < attempt && most < JOB_BACKOFF_MAX_MS; i++)
                most *= 2;
        if (most > JOB_BACKOFF_MAX_MS)
                most = JOB_BACKOFF_MAX_MS;
        return most / 2 + most / 2 * chance / UINT16_MAX;
}

const struct job_kind kit_jobs[] = {
        {.name = "idempotency_sweep", .every_ms = 60000, .tick = idempotency_sweep},
        {.name = FORGET_EVENTS, .run = forgetting_run},
        {.name = "person_keys_rewrap", .every_ms = 60000, .tick = person_keys_rewrap},
        {0},
};
