/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/privacy_parts.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/service.h"
#include "sfp/profile.pb-c.h"

#include <stdlib.h>
#include <string.h>

/* Who keeps something of people. One that is not in this program's protos is not part of the platform yet. */
static const char *const personal_services[] = {
        "anonymize", "feed", "forum", "goals", "groups", "mentor", "moderation", "peers"};

enum { SERVICES = sizeof personal_services / sizeof *personal_services };

static const char SQL_MAKE[] = "INSERT INTO privacy_job_parts (job_id, service) VALUES ($1, $2) ON CONFLICT DO NOTHING";
static const char SQL_LOCK[] = "SELECT FROM privacy_jobs WHERE id = $1 FOR UPDATE";
static const char SQL_CONFIRM[] =
        "UPDATE privacy_job_parts SET confirmed_at = now(), rows = rows + $3, rounds = greatest(rounds, $5), sealed = $4"
        " WHERE job_id = $1 AND service = $2";
static const char SQL_MISSING[] =
        "SELECT count(*) AS n_missing FROM privacy_job_parts WHERE job_id = $1 AND rounds < $2";
static const char SQL_PARTS[] = "SELECT service FROM privacy_job_parts WHERE job_id = $1 ORDER BY service";

static bool is_listed(const char *service)
{
        for (size_t i = 0; i < SERVICES; i++)
                if (strcmp(personal_services[i], service) == 0)
                        return true;
        return false;
}

bool privacy_parts_knows(struct call *call, const char *service)
{
        const struct schema *schema = call->service->schema;
        for (size_t i = 0; i < schema_method_count(schema); i++)
                if (strcmp(schema_method_at(schema, i)->service, service) == 0)
                        return is_listed(service);
        return false;
}

status privacy_parts_make(struct call *call, const char *job_id, size_t n_services, char *const *services)
{
        for (size_t i = 0; i < n_services; i++)
                TRY(db_exec(call, SQL_MAKE, job_id, services[i]));
        for (size_t i = 0; n_services == 0 && i < SERVICES; i++)
                if (privacy_parts_knows(call, personal_services[i]))
                        TRY(db_exec(call, SQL_MAKE, job_id, personal_services[i]));
        return STATUS_OK;
}

status privacy_parts_ask(struct call *call, const char *job_id, const char *job_kind, int round, int64_t after_s)
{
        Anonymize__PrivacyPartRows parts = ANONYMIZE__PRIVACY_PART_ROWS__INIT;
        TRY(db_rows(call, &parts.base, "items", SQL_PARTS, job_id));
        for (size_t i = 0; i < parts.n_items; i++) {
                const char *key = arena_printf(call->arena, "%s %s %d", job_id, parts.items[i]->service, round);
                TRY(job_schedule(
                        call, job_kind, key, clock_unix_us() + after_s * 1000000, (ProtobufCBinaryData){0, NULL}));
        }
        return STATUS_OK;
}

struct part_key privacy_part_key(struct call *call, const struct due_job *job)
{
        char *rest;
        struct part_key key = {.round = 1};
        key.job_id = strtok_r(arena_strdup(call->arena, job->key), " ", &rest);
        key.service = strtok_r(NULL, " ", &rest);
        if (*rest != '\0')
                key.round = (int)strtol(rest, NULL, 10);
        return key;
}

status privacy_part_confirm(
        struct call *call, struct part_key key, int64_t rows, ProtobufCBinaryData sealed, bool *is_last)
{
        Anonymize__PrivacyPartRow count = ANONYMIZE__PRIVACY_PART_ROW__INIT;
        TRY(db_exec(call, SQL_LOCK, key.job_id));
        TRY(db_exec(call, SQL_CONFIRM, key.job_id, key.service, rows,
                sealed.data == NULL ? db_null() : db_bytes(sealed), key.round));
        TRY(db_one(call, &count.base, SQL_MISSING, key.job_id, key.round));
        *is_last = count.n_missing == 0;
        return STATUS_OK;
}
