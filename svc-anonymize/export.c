/* SPDX-License-Identifier: Apache-2.0 */
/* What services know is sealed until its owner reads it, and purged with the end of the job. */
#include "svc-anonymize/export.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/rpc_call.h"
#include "common/sealed.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/personal.pb-c.h"
#include "svc-anonymize/archive_file.h"
#include "svc-anonymize/privacy_jobs.h"
#include "svc-anonymize/privacy_parts.h"
#include "svc-anonymize/receipts.h"

#include <string.h>

#define EXPORT_RPCS(RPC)                                                                                               \
        RPC(GetArchive, get_archive, Anonymize__GetArchiveRequest, Anonymize__Archive)                                 \
        RPC(GetArchiveFile, get_archive_file, Anonymize__GetArchiveRequest, Anonymize__ArchiveFile)
RPC_DECLARE(EXPORT_RPCS)

static const char SQL_JOB[] = "SELECT id, user_id, state FROM privacy_jobs WHERE id = $1";
static const char SQL_KEEP_UNTIL[] =
        "UPDATE privacy_jobs SET expires_at = now() + $2::integer * interval '1 second' WHERE id = $1";
static const char SQL_PURGE[] = "UPDATE privacy_job_parts SET sealed = NULL WHERE job_id = $1";
static const char SQL_SIZE[] = "SELECT coalesce(sum(octet_length(sealed)), 0)::bigint AS n_bytes FROM privacy_job_parts"
                               " WHERE job_id = $1 AND ($2::text IS NULL OR service = $2)";
static const char SQL_PARTS[] = "SELECT service, sealed FROM privacy_job_parts WHERE job_id = $1 AND sealed IS NOT NULL"
                                " AND ($2::text IS NULL OR service = $2) ORDER BY service";

status export_check_services(struct call *call, size_t n_services, char *const *services)
{
        for (size_t i = 0; i < n_services; i++)
                if (!privacy_parts_knows(call, services[i]))
                        return call_invalid(call, arena_printf(call->arena, "include[%zu]", i), "not_allowed",
                                "is not a service that keeps anything of people");
        return STATUS_OK;
}

static status end_later(struct call *call, const char *job_id)
{
        return job_schedule(call, EXPORT_END_JOB, job_id, clock_unix_us() + EXPORT_LIFE_S * 1000000LL,
                (ProtobufCBinaryData){0, NULL});
}

status export_begin(struct call *call, const char *job_id, size_t n_services, char *const *services)
{
        Anonymize__PrivacyJobRow *row;
        struct lifecycle_subject subject;
        TRY(privacy_job_load(call, job_id, &row, &subject));
        TRY(privacy_job_step(call, &export_lifecycle, &subject, "start"));
        TRY(privacy_parts_make(call, job_id, n_services, services));
        TRY(privacy_parts_ask(call, job_id, EXPORT_PART_JOB, 1, 0));
        return end_later(call, job_id);
}

static const char *context_of(struct call *call, struct part_key key)
{
        return arena_printf(call->arena, "export %s of %s", key.job_id, key.service);
}

static int64_t count_rows(const Personal__PersonalData *data)
{
        int64_t rows = 0;
        for (size_t i = 0; i < data->n_tables; i++)
                rows += (int64_t)data->tables[i]->n_rows;
        return rows;
}

static status finish(struct call *call, const char *job_id)
{
        Anonymize__PrivacyJobRow *row;
        struct lifecycle_subject subject;
        TRY(privacy_job_load(call, job_id, &row, &subject));
        TRY(privacy_job_step(call, &export_lifecycle, &subject, "finish"));
        TRY(receipt_add(call, job_id));
        TRY(db_exec(call, SQL_KEEP_UNTIL, job_id, (int)EXPORT_LIFE_S));
        return end_later(call, job_id);
}

status export_part_run(struct call *call, const struct due_job *job)
{
        bool is_last = false;
        ProtobufCMessage *reply;
        struct part_key key = privacy_part_key(call, job);
        Anonymize__PrivacyJobRow row = ANONYMIZE__PRIVACY_JOB_ROW__INIT;
        Personal__ExportRequest request = PERSONAL__EXPORT_REQUEST__INIT;
        TRY(db_one(call, &row.base, SQL_JOB, key.job_id));
        if (strcmp(row.state, "running") != 0 || row.user_id == NULL)
                return STATUS_OK;
        request.user_id = row.user_id;
        TRY(rpc_call_at(call, key.service, "sfp.personal.Personal.Export", &request.base, &reply));
        const Personal__PersonalData *data = (const Personal__PersonalData *)reply;
        TRY(privacy_part_confirm(call, key, count_rows(data),
                sealed_message_of(call, row.user_id, context_of(call, key), reply), &is_last));
        return is_last ? finish(call, key.job_id) : STATUS_OK;
}

status export_end_run(struct call *call, const struct due_job *job)
{
        Anonymize__PrivacyJobRow *row;
        struct lifecycle_subject subject;
        status found = privacy_job_load(call, job->key, &row, &subject);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found; /* its owner was erased */
        const char *action = strcmp(row->state, "ready") == 0 ? "expire" : "fail";
        TRY(privacy_job_step(call, &export_lifecycle, &subject, action));
        return db_exec(call, SQL_PURGE, job->key);
}

static Anonymize__ServiceArchive *show_part(struct call *call, const char *service, const Personal__PersonalData *data)
{
        Anonymize__ServiceArchive *out = arena_alloc(call->arena, sizeof *out);
        anonymize__service_archive__init(out);
        out->name = (char *)(size_t)service;
        out->has_is_cut = data->is_cut;
        out->is_cut = data->is_cut;
        out->tables = arena_alloc(call->arena, data->n_tables * sizeof *out->tables + 1);
        for (size_t i = 0; i < data->n_tables; i++) {
                Anonymize__ArchiveTable *table = arena_alloc(call->arena, sizeof *table);
                anonymize__archive_table__init(table);
                table->name = data->tables[i]->name;
                table->n_rows = data->tables[i]->n_rows;
                table->rows = data->tables[i]->rows;
                out->tables[out->n_tables++] = table;
        }
        return out;
}

static status open_part(struct call *call, struct part_key key, ProtobufCBinaryData sealed, ProtobufCMessage **out)
{
        return sealed_open(call, context_of(call, key), sealed, &personal__personal_data__descriptor, out);
}

static status refuse_size(struct call *call)
{
        return call_problem(call, PROBLEM_CONFLICT, "it is too much at once: ask for one ?service= after the other");
}

/* Before anything is read. */
static status check_size(struct call *call, const Anonymize__GetArchiveRequest *in)
{
        Anonymize__PrivacyPartRow parts = ANONYMIZE__PRIVACY_PART_ROW__INIT;
        TRY(db_one(call, &parts.base, SQL_SIZE, in->job_id, in->service));
        return parts.n_bytes > ARCHIVE_MAX ? refuse_size(call) : STATUS_OK;
}

static status get_archive(struct call *call, const Anonymize__GetArchiveRequest *in, Anonymize__Archive *out)
{
        Anonymize__PrivacyJob job = ANONYMIZE__PRIVACY_JOB__INIT;
        Anonymize__PrivacyPartRows parts = ANONYMIZE__PRIVACY_PART_ROWS__INIT;
        TRY(privacy_job_show(call, in->job_id, &job));
        if (job.download_url == NULL)
                return call_problem(call, PROBLEM_CONFLICT, "there is no archive while it is %s", job.state);
        TRY(check_size(call, in));
        TRY(db_rows(call, &parts.base, "items", SQL_PARTS, in->job_id, in->service));
        out->job_id = job.job_id;
        out->services = arena_alloc(call->arena, parts.n_items * sizeof *out->services + 1);
        for (size_t i = 0; i < parts.n_items; i++) {
                ProtobufCMessage *data = NULL;
                struct part_key key = {in->job_id, parts.items[i]->service, 1};
                TRY(open_part(call, key, parts.items[i]->sealed, &data));
                out->services[out->n_services++] = show_part(call, key.service, (const Personal__PersonalData *)data);
        }
        return STATUS_OK;
}

static status get_archive_file(struct call *call, const Anonymize__GetArchiveRequest *in, Anonymize__ArchiveFile *out)
{
        Anonymize__Archive archive = ANONYMIZE__ARCHIVE__INIT;
        TRY(get_archive(call, in, &archive));
        status made = archive_file_make(call->arena, &archive, &out->content);
        if (made == STATUS_RESOURCE_EXHAUSTED)
                return refuse_size(call);
        TRY(made);
        out->has_content = true;
        out->file_name = arena_printf(call->arena, "personal-data-%s.zip", in->job_id);
        return STATUS_OK;
}

RPC_TABLE(export_rpcs, EXPORT_RPCS);
