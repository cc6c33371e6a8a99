/* SPDX-License-Identifier: Apache-2.0 */
/* What this service knows of a person. Releases know nobody. */
#include "common/personal.h"

#include "common/db.h"
#include "common/json_write.h"
#include "svc-peers/comparison_rows.h"
#include "svc-peers/snapshot.h"

static const char SQL_COMPARISONS[] = "SELECT id, sealed FROM peer_comparisons WHERE user_id = $1 ORDER BY created_at";

static status export_comparisons(struct call *call, const char *user_id, Personal__PersonalTable *out)
{
        Peers__ComparisonRows rows = PEERS__COMPARISON_ROWS__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_COMPARISONS, user_id));
        out->rows = arena_alloc(call->arena, rows.n_items * sizeof *out->rows + 1);
        for (size_t i = 0; i < rows.n_items; i++) {
                Peers__Comparison *comparison;
                struct buffer json = buffer_in(call->arena);
                TRY(comparison_open(call, rows.items[i], &comparison));
                json_write_sparse(&json, &comparison->base);
                out->rows[out->n_rows++] = arena_strdup(call->arena, buffer_text(&json));
        }
        return STATUS_OK;
}

const struct personal_table peer_personal[] = {
        {.name = "figures",
                .export_rows = snapshot_export,
                .sql_erase = "DELETE FROM metric_snapshots WHERE user_id = $1",
                .feature = "peer_comparison",
                .sql_shared =
                        "SELECT count(*) AS items, max(submitted_at) AS last_at FROM metric_snapshots WHERE user_id = $1"},
        {.name = "comparisons",
                .export_rows = export_comparisons,
                .sql_erase = "DELETE FROM peer_comparisons WHERE user_id = $1"},
        {0},
};
