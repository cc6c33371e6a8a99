/* SPDX-License-Identifier: Apache-2.0 */
#include "common/personal.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/forgetting.h"
#include "common/idempotency.h"
#include "common/person_keys.h"
#include "common/pseudonym_salts.h"
#include "common/service.h"

#include <stdlib.h>
#include <string.h>

#define PERSONAL_RPCS(RPC)                                                                                             \
        RPC(Export, export_person, Personal__ExportRequest, Personal__PersonalData)                                    \
        RPC(Erase, erase_person, Personal__EraseRequest, Personal__Receipt)                                            \
        RPC(Summarize, summarize, Personal__SummarizeRequest, Personal__Summary)
RPC_DECLARE(PERSONAL_RPCS)

/* What the kit itself keeps. Names and blocks go; others' blocks of the person are theirs, and mean nothing any more.
 */
static const struct personal_table kit_tables[] = {
        {.name = "known_as",
                .sql_export = "SELECT to_jsonb(p) - 'user_id' FROM people p WHERE user_id = $1",
                .sql_erase = "DELETE FROM people WHERE user_id = $1"},
        {.name = "blocks", .sql_erase = "DELETE FROM blocks WHERE user_id = $1 OR other_id = $1"},
        {.name = "sanctions",
                .sql_export =
                        "SELECT json_build_object('kind', kind, 'until_at', until_at) FROM sanctions WHERE user_id = $1",
                .sql_erase = "DELETE FROM sanctions WHERE user_id = $1"},
        {.name = "kept_answers",
                .sql_erase = "DELETE FROM idempotency_keys WHERE principal = $1",
                .key = idempotency_principal},
        /* What is sealed under it, here or in a copy of before, is nobody's to open any more. */
        {.name = "person_key", .sql_erase = "DELETE FROM person_keys WHERE owner_tag = $1", .key = person_key_tag},
        {.name = "pseudonym_salt",
                .sql_erase = "DELETE FROM pseudonym_salts WHERE owner_tag = $1",
                .key = pseudonym_salt_tag},
        {0},
};

static struct db_value key_of(struct call *call, const struct personal_table *table, const char *user_id)
{
        return table->key == NULL ? db_text(user_id) : db_bytes(table->key(call, user_id));
}

/* As json, whichever of its two types a statement answers with: jsonb comes with a byte of version before it. */
static status read_rows(
        struct call *call, const struct personal_table *table, const char *user_id, Personal__PersonalTable *out)
{
        PGresult *result;
        TRY(db_query(call, &result,
                arena_printf(call->arena, "SELECT told::json FROM (%s LIMIT %d) AS rows (told)", table->sql_export,
                        PERSONAL_ROWS_MAX + 1),
                key_of(call, table, user_id)));
        out->n_rows = (size_t)PQntuples(result);
        out->rows = arena_alloc(call->arena, out->n_rows * sizeof *out->rows + 1);
        for (size_t i = 0; i < out->n_rows; i++)
                out->rows[i] = PQgetvalue(result, (int)i, 0);
        return STATUS_OK;
}

static status export_table(
        struct call *call, const struct personal_table *table, const char *user_id, Personal__PersonalData *out)
{
        if (table->sql_export == NULL && table->export_rows == NULL)
                return STATUS_OK;
        Personal__PersonalTable *rows = arena_alloc(call->arena, sizeof *rows);
        personal__personal_table__init(rows);
        rows->name = (char *)(size_t)table->name;
        TRY(table->export_rows != NULL ? table->export_rows(call, user_id, rows)
                                       : read_rows(call, table, user_id, rows));
        if (rows->n_rows > PERSONAL_ROWS_MAX) {
                rows->n_rows = PERSONAL_ROWS_MAX;
                out->has_is_cut = out->is_cut = 1;
        }
        if (rows->n_rows > 0)
                out->tables[out->n_tables++] = rows;
        return STATUS_OK;
}

static size_t count_tables(const struct personal_table *table)
{
        size_t count = 0;
        for (; table != NULL && table->name != NULL; table++)
                count++;
        return count;
}

static status export_tables(
        struct call *call, const struct personal_table *table, const char *user_id, Personal__PersonalData *out)
{
        for (; table != NULL && table->name != NULL; table++)
                TRY(export_table(call, table, user_id, out));
        return STATUS_OK;
}

static status export_person(struct call *call, const Personal__ExportRequest *in, Personal__PersonalData *out)
{
        const struct personal_table *own = call->service->definition->personal;
        out->tables = arena_alloc(call->arena, (count_tables(own) + count_tables(kit_tables)) * sizeof *out->tables);
        TRY(export_tables(call, own, in->user_id, out));
        return export_tables(call, kit_tables, in->user_id, out);
}

static status erase_table(
        struct call *call, const struct personal_table *table, const Personal__EraseRequest *in, int64_t *rows)
{
        PGresult *result;
        bool keeps_text = strcmp(in->mode, "anonymize") == 0;
        const char *sql = keeps_text && table->sql_anonymize != NULL ? table->sql_anonymize : table->sql_erase;
        if (table->erase != NULL)
                TRY(table->erase(call, in->user_id, in->mode, rows));
        if (sql == NULL)
                return STATUS_OK;
        TRY(db_query(call, &result, sql, key_of(call, table, in->user_id)));
        *rows += strtoll(PQcmdTuples(result), NULL, 10);
        return STATUS_OK;
}

static status erase_tables(
        struct call *call, const struct personal_table *table, const Personal__EraseRequest *in, int64_t *rows)
{
        for (; table != NULL && table->name != NULL; table++)
                TRY(erase_table(call, table, in, rows));
        return STATUS_OK;
}

static status announce(struct call *call, const Personal__EraseRequest *in, int64_t rows)
{
        Personal__ErasureConfirmed event = PERSONAL__ERASURE_CONFIRMED__INIT;
        event.job_id = in->job_id;
        event.has_rows = 1;
        event.rows = rows;
        return event_publish(call, &event.base);
}

static status erase_person(struct call *call, const Personal__EraseRequest *in, Personal__Receipt *out)
{
        int64_t rows = 0;
        TRY(erase_tables(call, call->service->definition->personal, in, &rows));
        TRY(erase_tables(call, kit_tables, in, &rows));
        TRY(forgetting_begin(call, in->job_id, in->user_id));
        out->service = (char *)(size_t)call->service->definition->name;
        out->has_rows = 1;
        out->rows = rows;
        out->confirmed_at = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(clock_unix_us(), out->confirmed_at);
        return announce(call, in, rows);
}

static status summarize(struct call *call, const Personal__SummarizeRequest *in, Personal__Summary *out)
{
        const struct personal_table *table = call->service->definition->personal;
        out->parts = arena_alloc(call->arena, count_tables(table) * sizeof *out->parts + 1);
        for (; table != NULL && table->name != NULL; table++) {
                if (table->sql_shared == NULL)
                        continue;
                Personal__SharedPart *part = arena_alloc(call->arena, sizeof *part);
                personal__shared_part__init(part);
                TRY(db_one(call, &part->base, table->sql_shared, key_of(call, table, in->user_id)));
                part->feature = (char *)(size_t)table->feature;
                out->parts[out->n_parts++] = part;
        }
        return STATUS_OK;
}

RPC_TABLE(personal_rpcs, PERSONAL_RPCS);
