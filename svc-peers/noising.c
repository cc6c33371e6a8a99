/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/noising.h"

#include "common/buffer.h"
#include "common/db.h"
#include "common/rpc_call.h"
#include "sfp/anonymize.pb-c.h"

#include <inttypes.h>

enum { COLUMNS = METRICS + 1 };

/* A row a cohort and metric: the size is the first of its counts, and each metric's are cut out of the rest. */
static const char SQL_STORE[] =
        "INSERT INTO cohort_releases (period, cohort, level, metric, is_sufficient, counts, epsilon_micro, min_size,"
        " n_parts) SELECT $1, r.cohort, r.level::integer, m.metric, true, (r.counts::bigint[])[m.first:m.last],"
        " m.epsilon, $2, r.parts::integer FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])"
        " r (cohort, level, parts, counts) CROSS JOIN unnest($7::text[], $8::text[]::integer[],"
        " $9::text[]::integer[], $10::text[]::bigint[]) m (metric, first, last, epsilon)";

void noising_enrol(struct call *call, const char *period, struct cells *cells, struct rpc_pending **out)
{
        Anonymize__EnrolRequest request = ANONYMIZE__ENROL_REQUEST__INIT;
        struct cell **list = cells_list_people(cells);
        request.period = (char *)(size_t)period;
        request.cells = arena_alloc(call->arena, cells->count * sizeof *request.cells + 1);
        for (size_t i = 0; i < cells->count; i++) {
                if (list[i]->n_people == 0)
                        continue;
                Anonymize__EnrolledCell *cell = arena_alloc(call->arena, sizeof *cell);
                anonymize__enrolled_cell__init(cell);
                cell->age_group = list[i]->count->age_group;
                cell->income_range = list[i]->count->income_range;
                cell->region = list[i]->count->region;
                cell->has_user_ids = 1;
                cell->user_ids = (ProtobufCBinaryData){list[i]->n_people * USER_ID_SIZE, list[i]->people};
                request.cells[request.n_cells++] = cell;
        }
        *out = request.n_cells == 0 ? NULL : rpc_start(call, NULL, "sfp.anonymize.Anonymize.Enrol", &request.base);
        cells_forget_people(cells);
}

status noising_await(struct call *call, struct rpc_pending *pending)
{
        ProtobufCMessage *reply;
        return pending == NULL ? STATUS_OK : rpc_wait(call, pending, &reply);
}

static Anonymize__Cell *cell_of(struct call *call, const Peers__CellCount *count)
{
        Anonymize__Cell *cell = arena_alloc(call->arena, sizeof *cell);
        anonymize__cell__init(cell);
        cell->age_group = count->age_group;
        cell->income_range = count->income_range;
        cell->region = count->region;
        cell->has_n_people = 1;
        cell->n_people = count->n_people;
        cell->n_counts = count->n_counts;
        cell->counts = count->counts;
        return cell;
}

static status ask(struct call *call, const char *period, size_t n, Peers__CellCount *const *cells,
        const Anonymize__ReleasedMonth **out)
{
        char *metrics[METRICS];
        int32_t bins[METRICS];
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        for (int i = 0; i < METRICS; i++) {
                metrics[i] = (char *)(size_t)policy_metrics[i].name;
                bins[i] = policy_metrics[i].n_bins;
        }
        request.period = (char *)(size_t)period;
        request.n_metrics = request.n_n_bins = METRICS;
        request.metrics = metrics;
        request.n_bins = bins;
        request.cells = arena_alloc(call->arena, n * sizeof *request.cells + 1);
        for (; request.n_cells < n; request.n_cells++)
                request.cells[request.n_cells] = cell_of(call, cells[request.n_cells]);
        return rpc_call(call, "sfp.anonymize.Anonymize.Release", &request.base, (ProtobufCMessage **)out);
}

static char *number(struct call *call, int64_t value)
{
        return arena_printf(call->arena, "%" PRId64, value);
}

static char *counts_text(struct call *call, const Anonymize__ReleasedCohort *cohort)
{
        struct buffer text = buffer_in(call->arena);
        buffer_printf(&text, "{%" PRId64, cohort->size);
        for (size_t i = 0; i < cohort->n_counts; i++)
                buffer_printf(&text, ",%" PRId64, cohort->counts[i]);
        buffer_printf(&text, "}");
        return arena_strdup(call->arena, buffer_text(&text));
}

/* Metric by metric: name, the places of its counts, its epsilon. */
static void list_columns(struct call *call, const Anonymize__ReleasedMonth *month, char *out[4][COLUMNS])
{
        int first = 2;
        out[0][0] = (char *)(size_t) "cohort_size";
        out[1][0] = out[2][0] = number(call, 1);
        out[3][0] = number(call, month->size_epsilon_micro);
        for (int i = 0; i < METRICS; i++) {
                out[0][i + 1] = (char *)(size_t)policy_metrics[i].name;
                out[1][i + 1] = number(call, first);
                first += policy_metrics[i].n_bins;
                out[2][i + 1] = number(call, first - 1);
                out[3][i + 1] = number(call, month->metric_epsilon_micro[i]);
        }
}

static status store(struct call *call, const char *period, const Anonymize__ReleasedMonth *month, int32_t *n_released)
{
        size_t n = 0;
        char **rows[4], *columns[4][COLUMNS];
        for (int i = 0; i < 4; i++)
                rows[i] = arena_alloc(call->arena, month->n_cohorts * sizeof(char *) + 1);
        for (size_t i = 0; i < month->n_cohorts; i++) {
                const Anonymize__ReleasedCohort *cohort = month->cohorts[i];
                if (cohort->n_counts != (size_t)policy_n_counts())
                        continue; /* released of other bins than ours */
                rows[0][n] = cohort->cohort;
                rows[1][n] = number(call, cohort->level);
                rows[2][n] = number(call, cohort->n_parts);
                rows[3][n++] = counts_text(call, cohort);
        }
        list_columns(call, month, columns);
        *n_released = (int32_t)n;
        return db_exec(call, SQL_STORE, period, month->min_size, db_texts(n, rows[0]), db_texts(n, rows[1]),
                db_texts(n, rows[2]), db_texts(n, rows[3]), db_texts(COLUMNS, columns[0]),
                db_texts(COLUMNS, columns[1]), db_texts(COLUMNS, columns[2]), db_texts(COLUMNS, columns[3]));
}

/* Where the budget is spent, what was said before is there already. */
status noising_release(
        struct call *call, const char *period, size_t n, Peers__CellCount *const *cells, int32_t *n_released)
{
        const Anonymize__ReleasedMonth *month;
        TRY(ask(call, period, n, cells, &month));
        if (month->is_refused || month->n_metric_epsilon_micro != METRICS)
                return STATUS_OK;
        return store(call, period, month, n_released);
}
