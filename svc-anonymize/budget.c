/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/budget.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/keyring.h"
#include "common/service.h"
#include "svc-anonymize/anonymize.h"

#include <string.h>

enum { MONTH_SIZE = 8 };

static const char SQL_SPENT[] =
        "SELECT c.spent_micro / 1e6::double precision AS spent FROM budget_cells_of($1::bytea) p"
        " JOIN budget_cells c ON c.id = p.cell_id WHERE p.period = $2";
static const char SQL_RESETS[] = "SELECT (($1 || '-01')::date + interval '1 month')::date AS resets_on";

/* Half of the tag's bytes: as many as there are in a UUID. */
ProtobufCBinaryData budget_tag(struct call *call, const char *user_id)
{
        ProtobufCBinaryData tag = keyring_tag(call->service->keys, call->arena, "privacy budget", user_id);
        tag.len = BUDGET_TAG_SIZE;
        return tag;
}

char *budget_cell_name(struct arena *arena, const char *const bands[3])
{
        const char *shown[3];
        for (int i = 0; i < 3; i++)
                shown[i] = bands[i] == NULL ? "-" : bands[i];
        return arena_printf(arena, "%s/%s/%s", shown[0], shown[1], shown[2]);
}

static const char *this_month(struct call *call)
{
        char *now = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(clock_unix_us(), now);
        now[MONTH_SIZE - 1] = '\0';
        return now;
}

status budget_show(struct call *call, const char *user_id, const char *period, Anonymize__Budget *out)
{
        const struct anonymize_config *config = call->service->config;
        Anonymize__Budget row = ANONYMIZE__BUDGET__INIT;
        const char *month = period == NULL ? this_month(call) : period;
        TRY(db_one(call, &row.base, SQL_RESETS, month));
        status found = db_one(call, &row.base, SQL_SPENT, budget_tag(call, user_id), month);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        *out = row;
        out->period = arena_strdup(call->arena, month);
        out->has_epsilon_total = out->has_spent = 1;
        out->epsilon_total = config->epsilon;
        return STATUS_OK;
}
