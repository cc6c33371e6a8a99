/* SPDX-License-Identifier: Apache-2.0 */
#include "common/consistency.h"

#include "common/counters.h"
#include "common/db.h"
#include "common/service.h"
#include "sfp/consistency.pb-c.h"

#include <string.h>

#define CONSISTENCY_RPCS(RPC)                                                                                          \
        RPC(Check, check, Consistency__CheckRequest, Consistency__Report)                                              \
        RPC(Repair, repair, Consistency__RepairRequest, Consistency__Report)
RPC_DECLARE(CONSISTENCY_RPCS)

/* %s is a counter's sql_part. */
static const char SQL_PART[] =
        "WITH part AS MATERIALIZED (%s) SELECT key::text AS key, stored::bigint AS stored, \"true\"::bigint AS \"true\","
        " NULL::bigint AS checked FROM part WHERE stored <> \"true\" UNION ALL"
        " SELECT (SELECT key::text FROM part ORDER BY part.key DESC LIMIT 1), NULL, NULL, count(*) FROM part";

/* One check on its way. */
struct check {
        struct call *call;
        const char *scope; /* NULL: all */
        bool must_repair;
        Consistency__Report *out;
};

static bool is_in_scope(const struct check *check, const char *projection)
{
        size_t length = check->scope == NULL ? 0 : strlen(check->scope);
        return check->scope == NULL || (strncmp(projection, check->scope, length) == 0 &&
                                               (projection[length] == '\0' || projection[length] == '.'));
}

/* The locked row is counted again: what has changed since the check is no drift. */
static status repair_one(struct call *call, const struct counter *counter, const char *key)
{
        TRY(db_end(call, true));
        db_begin(call, true);
        status result = db_exec(call, counter->sql_lock, key);
        if (result == STATUS_OK)
                result = db_exec(call, counter->sql_repair, key);
        status ended = db_end(call, result == STATUS_OK);
        db_begin(call, false);
        return result == STATUS_OK ? ended : result;
}

static void add_drift(struct check *check, const char *projection, const Consistency__DriftRow *row)
{
        Consistency__Drift *drift = arena_alloc(check->call->arena, sizeof *drift);
        consistency__drift__init(drift);
        drift->projection = (char *)(size_t)projection;
        drift->key = row->key;
        drift->has_stored = drift->has_true_ = 1;
        drift->stored = row->stored;
        drift->true_ = row->true_;
        check->out->drifted[check->out->n_drifted++] = drift;
}

static bool may_go_on(const struct check *check)
{
        return check->out->n_drifted < CONSISTENCY_DRIFTED_MAX && call_time_left(check->call) > CONSISTENCY_RESERVE_US;
}

/* Looks at one part; *after is where the next one begins, NULL when there is none. */
static status check_part(struct check *check, const struct counter *counter, const char *projection, const char **after)
{
        Consistency__DriftRowList rows = CONSISTENCY__DRIFT_ROW_LIST__INIT;
        const char *sql = arena_printf(check->call->arena, SQL_PART, counter->sql_part);
        TRY(db_rows(check->call, &rows.base, "items", sql, *after, (int)CONSISTENCY_PART));
        for (size_t i = 0; i < rows.n_items; i++) {
                const Consistency__DriftRow *row = rows.items[i];
                if (row->has_checked) {
                        check->out->checked += row->checked;
                        *after = row->checked < CONSISTENCY_PART ? NULL : row->key;
                } else if (may_go_on(check)) {
                        add_drift(check, projection, row);
                        if (check->must_repair)
                                TRY(repair_one(check->call, counter, row->key));
                } else {
                        check->out->complete = 0;
                }
        }
        return STATUS_OK;
}

static status check_counter(struct check *check, const struct counter *counter)
{
        const char *after = counter->first;
        const char *projection =
                arena_printf(check->call->arena, "%s.%s", check->call->service->definition->name, counter->name);
        if (!is_in_scope(check, projection))
                return STATUS_OK;
        while (after != NULL && may_go_on(check))
                TRY(check_part(check, counter, projection, &after));
        if (after != NULL)
                check->out->complete = 0;
        return STATUS_OK;
}

static status run(struct check *check)
{
        const struct counter *counters = check->call->service->definition->counters;
        Consistency__Report *out = check->out;
        out->has_checked = out->has_complete = 1;
        out->complete = 1;
        out->drifted = arena_alloc(check->call->arena, CONSISTENCY_DRIFTED_MAX * sizeof *out->drifted);
        for (; counters != NULL && counters->name != NULL; counters++)
                TRY(check_counter(check, counters));
        return STATUS_OK;
}

static status check(struct call *call, const Consistency__CheckRequest *in, Consistency__Report *out)
{
        return run(&(struct check){call, in->scope, false, out});
}

static status repair(struct call *call, const Consistency__RepairRequest *in, Consistency__Report *out)
{
        return run(&(struct check){call, in->scope, in->repair, out});
}

RPC_TABLE(consistency_rpcs, CONSISTENCY_RPCS);
