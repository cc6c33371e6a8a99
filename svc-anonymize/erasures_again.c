/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/erasures_again.h"

#include "common/db.h"
#include "common/uuid.h"
#include "svc-anonymize/privacy_jobs.h"

#include <string.h>

#define NOBODY "00000000-0000-0000-0000-000000000000"

static const char SQL_BEGIN[] = "UPDATE erasures_again SET walk = $1 WHERE walk IS NULL";
static const char SQL_PEOPLE[] =
        "SELECT user_id::text FROM user_social_profiles WHERE user_id > $1 ORDER BY user_id LIMIT $2";
static const char SQL_MODE[] = "SELECT mode FROM erasures_again WHERE owner_tag = $1 AND walk = $2";
static const char SQL_END[] = "DELETE FROM erasures_again WHERE walk = $1";

static status go_on(struct call *call, const char *walk, const char *user_id)
{
        return job_schedule(call, ERASURES_AGAIN_JOB, arena_printf(call->arena, "%s %s", walk, user_id), 0,
                (ProtobufCBinaryData){0, NULL});
}

status erasures_again_begin(struct call *call)
{
        char walk[UUID_SIZE];
        PGresult *result;
        uuid_v4(walk);
        TRY(db_query(call, &result, SQL_BEGIN, walk));
        return strcmp(PQcmdTuples(result), "0") == 0 ? STATUS_OK : go_on(call, walk, NOBODY);
}

static status look_at(struct call *call, const char *walk, const char *user_id)
{
        PGresult *found;
        TRY(db_query(call, &found, SQL_MODE, privacy_job_owner_tag(call, user_id), walk));
        return PQntuples(found) == 0 ? STATUS_OK : privacy_job_erase(call, user_id, PQgetvalue(found, 0, 0));
}

status erasures_again_walk(struct call *call, const struct due_job *job)
{
        PGresult *people;
        const char *walk = arena_strndup(call->arena, job->key, UUID_SIZE - 1);
        TRY(db_query(call, &people, SQL_PEOPLE, job->key + UUID_SIZE, (int)ERASURES_AGAIN_STRIDE));
        int count = PQntuples(people);
        for (int i = 0; i < count; i++)
                TRY(look_at(call, walk, PQgetvalue(people, i, 0)));
        if (count == ERASURES_AGAIN_STRIDE)
                return go_on(call, walk, PQgetvalue(people, count - 1, 0));
        return db_exec(call, SQL_END, walk);
}
