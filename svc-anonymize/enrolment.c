/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which cell of a month: one cell a person and month, which is the one that is said first, before the month
 * is released and never after. What is said again is there already. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/blocks.h"

#define ENROLMENT_RPCS(RPC) RPC(Enrol, enrol, Anonymize__EnrolRequest, Anonymize__Enrolled)
RPC_DECLARE(ENROLMENT_RPCS)

enum { USER_ID_SIZE = 16, PEOPLE_MAX = 20000 };

static const char SQL_IS_RELEASED[] = "SELECT period FROM release_months WHERE period = $1";
static const char SQL_OPEN[] = "INSERT INTO budget_cells (period, cell, total_micro) SELECT $1, c, $3"
                               " FROM unnest($2::text[]) c ON CONFLICT DO NOTHING";
static const char SQL_CELLS[] =
        "SELECT array_agg(b.id ORDER BY c.number) AS cell_ids FROM unnest($2::text[]) WITH ORDINALITY c (cell, number)"
        " JOIN budget_cells b ON b.period = $1 AND b.cell = c.cell";
/* $2: rows of people, one behind the other; $3, $4: where each begins, and how long it is. */
static const char SQL_ENROL[] =
        "WITH added AS (INSERT INTO budget_blocks (bucket, period, digest, people)"
        " SELECT get_byte(b.people, 0), $1, substring(sha256(b.people) FROM 1 FOR 16), b.people FROM"
        " (SELECT substring($2::bytea FROM r.first::integer FOR r.size::integer) AS people"
        " FROM unnest($3::text[], $4::text[]) r (first, size)) b ON CONFLICT DO NOTHING RETURNING length(people) AS size)"
        " SELECT coalesce(sum(size), 0)::bigint / $5 AS n_people FROM added";

static size_t people_in(const Anonymize__EnrolRequest *in)
{
        size_t n = 0;
        for (size_t i = 0; i < in->n_cells; i++)
                n += in->cells[i]->user_ids.len / USER_ID_SIZE;
        return n;
}

static status check(struct call *call, const Anonymize__EnrolRequest *in)
{
        for (size_t i = 0; i < in->n_cells; i++)
                if (in->cells[i]->user_ids.len % USER_ID_SIZE != 0)
                        return call_invalid(call, "cells", "malformed", "must have whole ids");
        if (people_in(in) > PEOPLE_MAX)
                return call_invalid(call, "cells", "too_many", "must have at most %d people", PEOPLE_MAX);
        return STATUS_OK;
}

static char **cell_names(struct call *call, const Anonymize__EnrolRequest *in)
{
        char **names = arena_alloc(call->arena, in->n_cells * sizeof *names + 1);
        for (size_t i = 0; i < in->n_cells; i++) {
                const Anonymize__EnrolledCell *cell = in->cells[i];
                const char *const bands[] = {cell->age_group, cell->income_range, cell->region};
                names[i] = budget_cell_name(call->arena, bands);
        }
        return names;
}

static uint8_t *put_person(struct call *call, const uint8_t *user_id, int32_t cell_id, uint8_t *out)
{
        char text[UUID_SIZE];
        uuid_format(user_id, text);
        return block_entry(budget_tag(call, text).data, cell_id, out);
}

static uint8_t *list_people(struct call *call, const Anonymize__EnrolRequest *in, const int32_t *cell_ids)
{
        uint8_t *entries = arena_alloc(call->arena, people_in(in) * BLOCK_ENTRY_SIZE + 1), *end = entries;
        for (size_t i = 0; i < in->n_cells; i++)
                for (size_t at = 0; at < in->cells[i]->user_ids.len; at += USER_ID_SIZE)
                        end = put_person(call, in->cells[i]->user_ids.data + at, cell_ids[i], end);
        return entries;
}

static status find_cells(struct call *call, const Anonymize__EnrolRequest *in, Anonymize__ReleaseMonthRow *out)
{
        const struct anonymize_config *config = call->service->config;
        struct db_value names = db_texts(in->n_cells, cell_names(call, in));
        TRY(db_later(call, NULL, SQL_OPEN, in->period, names, (int64_t)(config->epsilon * 1e6)));
        TRY(db_one(call, &out->base, SQL_CELLS, in->period, names));
        return out->n_cell_ids == in->n_cells ? STATUS_OK : call_fail(call, STATUS_ABORTED, "cells are being changed");
}

static status enrol(struct call *call, const Anonymize__EnrolRequest *in, Anonymize__Enrolled *out)
{
        Anonymize__ReleaseMonthRow row = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        TRY(check(call, in));
        status found = db_one(call, &row.base, SQL_IS_RELEASED, in->period);
        if (found == STATUS_OK)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "%s is released", in->period);
        if (found != STATUS_NOT_FOUND)
                return found;
        TRY(find_cells(call, in, &row));
        uint8_t *people = list_people(call, in, row.cell_ids);
        struct blocks blocks = blocks_cut(call->arena, people_in(in), people);
        ProtobufCBinaryData bytes = {blocks.size, people};
        TRY(db_one(call, &row.base, SQL_ENROL, in->period, bytes, db_texts(blocks.n, blocks.firsts),
                db_texts(blocks.n, blocks.sizes), (int)BLOCK_ENTRY_SIZE));
        out->has_n_people = 1;
        out->n_people = row.n_people;
        return STATUS_OK;
}

RPC_TABLE(enrolment_rpcs, ENROLMENT_RPCS);
