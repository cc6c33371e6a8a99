/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/months.h"

#include "common/buffer.h"
#include "common/db.h"
#include "common/event.h"
#include "common/uuid.h"

#include <inttypes.h>
#include <string.h>

enum { MICRO = 1000000 };

#define SIZE_METRIC "cohort_size"

static const char SQL_DEBIT[] =
        "WITH charged AS (INSERT INTO budget_charges (cell_id, metric, mechanism, cohort, epsilon_micro)"
        " SELECT b.id, m.metric, CASE WHEN m.metric = '" SIZE_METRIC "' THEN 'discrete_laplace_threshold'"
        " ELSE 'discrete_laplace' END, coalesce(nullif(c.cohort, ''), '*'), m.epsilon"
        " FROM unnest($2::text[], $3::text[]) c (cell, cohort) JOIN budget_cells b ON b.period = $1 AND b.cell = c.cell"
        " CROSS JOIN unnest($4::text[], $5::text[]::bigint[]) m (metric, epsilon)"
        " WHERE c.cohort <> '' OR m.metric = '" SIZE_METRIC "' RETURNING cell_id, epsilon_micro)"
        " UPDATE budget_cells b SET spent_micro = spent_micro + s.epsilon FROM (SELECT cell_id,"
        " sum(epsilon_micro)::bigint AS epsilon FROM charged GROUP BY 1) s WHERE b.id = s.cell_id";
/* Of each cohort the counts of all metrics behind its size, cut into a row a metric. */
static const char SQL_STORE[] =
        "INSERT INTO releases (id, period, cohort, metric, is_sufficient, counts, epsilon_micro, min_size, n_parts)"
        " SELECT CASE WHEN m.first = 1 THEN r.id::uuid ELSE gen_random_uuid() END, $1, r.cohort, m.metric, true,"
        " (r.counts::bigint[])[m.first:m.last], m.epsilon, $2, r.parts::integer"
        " FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) r (id, cohort, parts, counts)"
        " CROSS JOIN unnest($7::text[], $8::text[]::integer[], $9::text[]::integer[], $10::text[]::bigint[])"
        " m (metric, first, last, epsilon)";
#define COUNTS_OF(metric)                                                                                              \
        "coalesce((SELECT r.counts FROM releases r WHERE r.period = s.period AND r.cohort = s.cohort AND"              \
        " r.metric = " metric "), '{}')"
static const char SQL_COHORTS[] =
        "SELECT s.cohort, 3 - CASE s.cohort WHEN 'all' THEN 0 ELSE 1 + length(s.cohort) -"
        " length(replace(s.cohort, '/', '')) END AS level, s.n_parts, s.counts[1] AS size, " COUNTS_OF("$2") " || " COUNTS_OF(
                "$3") " || " COUNTS_OF("$4") " || " COUNTS_OF("$5") " AS counts FROM releases s WHERE s.period = $1 AND s.metric = '" SIZE_METRIC
                                                                    "' AND s.is_sufficient"
                                                                    " ORDER BY level, s.cohort";
static const char SQL_EPSILONS[] = "SELECT metric, max(epsilon_micro) AS epsilon_micro FROM releases WHERE period = $1"
                                   " AND is_sufficient GROUP BY metric";

static void add_cohort(
        struct call *call, const struct partition_cohort *cohort, int n_counts, Anonymize__ReleasedMonth *out)
{
        Anonymize__ReleasedCohort *shown = arena_alloc(call->arena, sizeof *shown);
        anonymize__released_cohort__init(shown);
        shown->cohort = (char *)(size_t)cohort->name;
        shown->has_level = shown->has_n_parts = shown->has_size = 1;
        shown->level = cohort->level;
        shown->n_parts = cohort->n_parts;
        shown->size = cohort->size;
        shown->n_counts = (size_t)n_counts;
        shown->counts = cohort->counts;
        out->cohorts[out->n_cohorts++] = shown;
}

void month_show_layout(const Anonymize__ReleaseRequest *in, Anonymize__ReleasedMonth *out)
{
        out->n_metrics = in->n_metrics;
        out->metrics = in->metrics;
        out->n_n_bins = in->n_n_bins;
        out->n_bins = in->n_bins;
}

void month_show_epsilons(
        struct call *call, int64_t size_micro, size_t n, const int64_t *metrics, Anonymize__ReleasedMonth *out)
{
        out->has_epsilon_micro = out->has_size_epsilon_micro = 1;
        out->epsilon_micro = out->size_epsilon_micro = size_micro;
        out->n_metric_epsilon_micro = n;
        out->metric_epsilon_micro = arena_alloc(call->arena, n * sizeof(int64_t) + 1);
        for (size_t i = 0; i < n; i++)
                out->epsilon_micro += out->metric_epsilon_micro[i] = metrics[i];
}

#ifdef PRIVACY_FAULT_FRESH_NOISE /* planted in a build of its own, which the audit must find out */
#include "svc-anonymize/noise.h"
static void spoil(Anonymize__ReleasedMonth *out)
{
        for (size_t i = 0; i < out->n_cohorts; i++)
                for (size_t j = 0; j < out->cohorts[i]->n_counts; j++)
                        out->cohorts[i]->counts[j] += noise_laplace((uint32_t)out->metric_epsilon_micro[0], MICRO);
}
#else
static void spoil(Anonymize__ReleasedMonth *out)
{
        (void)out;
}
#endif

status month_load(struct call *call, const Anonymize__ReleaseRequest *in, const Anonymize__ReleaseMonthRow *month,
        Anonymize__ReleasedMonth *out)
{
        int64_t epsilons[PARTITION_METRICS_MAX] = {0}, size_micro = 0;
        const char *names[PARTITION_METRICS_MAX] = {NULL};
        Anonymize__ReleaseRows rows = ANONYMIZE__RELEASE_ROWS__INIT;
        for (size_t i = 0; i < in->n_metrics; i++)
                names[i] = in->metrics[i];
        TRY(db_rows(call, &rows.base, "items", SQL_EPSILONS, month->period));
        for (size_t row = 0; row < rows.n_items; row++) {
                if (strcmp(rows.items[row]->metric, SIZE_METRIC) == 0)
                        size_micro = rows.items[row]->epsilon_micro;
                for (size_t i = 0; i < in->n_metrics; i++)
                        if (strcmp(rows.items[row]->metric, in->metrics[i]) == 0)
                                epsilons[i] = rows.items[row]->epsilon_micro;
        }
        month_show_layout(in, out);
        month_show_epsilons(call, size_micro, in->n_metrics, epsilons, out);
        out->period = month->period;
        out->released_at = month->released_at;
        out->has_min_size = 1;
        out->min_size = month->min_size;
        TRY(db_rows(call, &out->base, "cohorts", SQL_COHORTS, month->period, names[0], names[1], names[2], names[3]));
        spoil(out);
        return STATUS_OK;
}

static void add_column(struct call *call, struct month_columns *columns, char *name, int first, int n, int64_t epsilon)
{
        columns->names[columns->n] = name;
        columns->first[columns->n] = arena_printf(call->arena, "%d", first);
        columns->last[columns->n] = arena_printf(call->arena, "%d", first + n - 1);
        columns->epsilons[columns->n++] = arena_printf(call->arena, "%" PRId64, epsilon);
}

struct month_columns month_columns(
        struct call *call, const Anonymize__ReleaseRequest *in, const struct partition_rules *rules)
{
        struct month_columns columns = {0};
        int first = 2;
        add_column(call, &columns, (char *)(size_t)SIZE_METRIC, 1, 1, partition_size_epsilon(rules));
        for (size_t i = 0; i < in->n_metrics; i++) {
                add_column(call, &columns, in->metrics[i], first, in->n_bins[i], rules->layout.epsilon_micro[i]);
                first += in->n_bins[i];
        }
        return columns;
}

static char *counts_text(struct call *call, const struct partition_cohort *cohort, int n_counts)
{
        struct buffer text = buffer_in(call->arena);
        buffer_printf(&text, "{%" PRId64, cohort->size);
        for (int i = 0; i < n_counts; i++)
                buffer_printf(&text, ",%" PRId64, cohort->counts[i]);
        buffer_printf(&text, "}");
        return arena_strdup(call->arena, buffer_text(&text));
}

static status announce(struct call *call, const char *id, const char *period, const char *cohort,
        const Anonymize__ReleasedMonth *month)
{
        Anonymize__ReleasePublished event = ANONYMIZE__RELEASE_PUBLISHED__INIT;
        event.release_id = (char *)(size_t)id;
        event.cohort = (char *)(size_t)cohort;
        event.period = (char *)(size_t)period;
        event.n_metrics = month->n_metrics;
        event.metrics = month->metrics;
        event.mechanism = (char *)(size_t) "discrete_laplace";
        event.has_epsilon = event.has_delta = event.has_k = 1;
        event.epsilon = (double)month->epsilon_micro / MICRO;
        event.delta = POLICY_DELTA;
        event.k = month->min_size;
        return event_publish(call, &event.base);
}

status month_store(struct call *call, const Anonymize__ReleaseRequest *in, const struct partition_rules *rules,
        const struct month_columns *columns, size_t n, const struct partition_cohort *cohorts,
        Anonymize__ReleasedMonth *out)
{
        int n_counts = partition_layout_size(&rules->layout);
        char **texts[4];
        for (int i = 0; i < 4; i++)
                texts[i] = arena_alloc(call->arena, n * sizeof(char *) + 1);
        out->cohorts = arena_alloc(call->arena, n * sizeof *out->cohorts + 1);
        for (size_t i = 0; i < n; i++) {
                texts[0][i] = arena_alloc(call->arena, UUID_SIZE);
                uuid_v4(texts[0][i]);
                texts[1][i] = (char *)(size_t)cohorts[i].name;
                texts[2][i] = arena_printf(call->arena, "%d", cohorts[i].n_parts);
                texts[3][i] = counts_text(call, &cohorts[i], n_counts);
                add_cohort(call, &cohorts[i], n_counts, out);
        }
        TRY(db_exec(call, SQL_STORE, in->period, rules->k, db_texts(n, texts[0]), db_texts(n, texts[1]),
                db_texts(n, texts[2]), db_texts(n, texts[3]), db_texts(columns->n, columns->names),
                db_texts(columns->n, columns->first), db_texts(columns->n, columns->last),
                db_texts(columns->n, columns->epsilons)));
        for (size_t i = 0; i < n; i++)
                TRY(announce(call, texts[0][i], in->period, texts[1][i], out));
        return STATUS_OK;
}

status month_debit(struct call *call, const char *period, const struct month_columns *columns, size_t n,
        const struct partition_cell *cells, char **accounts)
{
        char **groups = arena_alloc(call->arena, n * sizeof *groups + 1);
        for (size_t i = 0; i < n; i++)
                groups[i] = (char *)(size_t)(cells[i].group == NULL ? "" : cells[i].group);
        return db_exec(call, SQL_DEBIT, period, db_texts(n, accounts), db_texts(n, groups),
                db_texts(columns->n, columns->names), db_texts(columns->n, columns->epsilons));
}
