/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in which cell of a month. The unique key of the table is what makes a person count once: one cell a person and
 * month, before the month is released and never after. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/budget.h"

#include <stdlib.h>
#include <string.h>

#define ENROLMENT_RPCS(RPC) RPC(Enrol, enrol, Anonymize__EnrolRequest, Anonymize__Enrolled)
RPC_DECLARE(ENROLMENT_RPCS)

enum { USER_ID_SIZE = 16, PEOPLE_MAX = 20000, NUMBER_SIZE = 2, PLACE_SIZE = BUDGET_TAG_SIZE + NUMBER_SIZE };

static const char SQL_IS_RELEASED[] = "SELECT period FROM release_months WHERE period = $1";
static const char SQL_OPEN[] = "INSERT INTO budget_cells (period, cell, total_micro) SELECT $1, c, $3"
                               " FROM unnest($2::text[]) c ON CONFLICT DO NOTHING";
/* $3 is a list of places: a tag and the number of a cell in $2, big-endian. */
static const char SQL_ENROL[] =
        "WITH cells AS (SELECT b.id, c.number FROM unnest($2::text[]) WITH ORDINALITY c (cell, number)"
        " JOIN budget_cells b ON b.period = $1 AND b.cell = c.cell), places AS MATERIALIZED"
        " (SELECT substring($3::bytea FROM 18 * n + 1 FOR 18) AS place FROM generate_series(0, $4 - 1) n),"
        " added AS (INSERT INTO budget_people (period, owner_tag, cell_id)"
        " SELECT $1, substring(place FROM 1 FOR 16), c.id FROM places JOIN cells c"
        " ON c.number = 1 + 256 * get_byte(place, 16) + get_byte(place, 17) ON CONFLICT DO NOTHING RETURNING 1)"
        " SELECT count(*) AS n_people FROM added";

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

static uint8_t *put_place(struct call *call, const uint8_t *user_id, size_t cell, uint8_t *out)
{
        char text[UUID_SIZE];
        uuid_format(user_id, text);
        memcpy(out, budget_tag(call, text).data, BUDGET_TAG_SIZE);
        out[BUDGET_TAG_SIZE] = (uint8_t)(cell >> 8);
        out[BUDGET_TAG_SIZE + 1] = (uint8_t)cell;
        return out + PLACE_SIZE;
}

static int compare_places(const void *left, const void *right)
{
        return memcmp(left, right, PLACE_SIZE);
}

/* In the order of the tags, which is that of the index. */
static ProtobufCBinaryData list_places(struct call *call, const Anonymize__EnrolRequest *in)
{
        size_t n = people_in(in);
        uint8_t *places = arena_alloc(call->arena, n * PLACE_SIZE + 1), *end = places;
        for (size_t i = 0; i < in->n_cells; i++)
                for (size_t at = 0; at < in->cells[i]->user_ids.len; at += USER_ID_SIZE)
                        end = put_place(call, in->cells[i]->user_ids.data + at, i, end);
        qsort(places, n, PLACE_SIZE, compare_places);
        return (ProtobufCBinaryData){n * PLACE_SIZE, places};
}

static status enrol(struct call *call, const Anonymize__EnrolRequest *in, Anonymize__Enrolled *out)
{
        Anonymize__ReleaseMonthRow row = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        const struct anonymize_config *config = call->service->config;
        TRY(check(call, in));
        status found = db_one(call, &row.base, SQL_IS_RELEASED, in->period);
        if (found == STATUS_OK)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "%s is released", in->period);
        if (found != STATUS_NOT_FOUND)
                return found;
        char **names = cell_names(call, in);
        TRY(db_exec(call, SQL_OPEN, in->period, db_texts(in->n_cells, names), (int64_t)(config->epsilon * 1e6)));
        TRY(db_one(call, &row.base, SQL_ENROL, in->period, db_texts(in->n_cells, names), list_places(call, in),
                (int64_t)people_in(in)));
        out->has_n_people = 1;
        out->n_people = row.n_people;
        return STATUS_OK;
}

RPC_TABLE(enrolment_rpcs, ENROLMENT_RPCS);
