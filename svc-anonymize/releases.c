/* SPDX-License-Identifier: Apache-2.0 */
/* What was said of the people of a month. A month is released by whoever makes its row; noise is drawn, paid for and
 * stored in that one transaction, and every later request is answered from what is stored: noise is drawn once, so it
 * cannot be averaged away, and counts that have changed since change nothing. */
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/anonymize.h"
#include "svc-anonymize/budget.h"
#include "svc-anonymize/months.h"

#include <string.h>

#define RELEASE_RPCS(RPC) RPC(Release, release, Anonymize__ReleaseRequest, Anonymize__ReleasedMonth)
RPC_DECLARE(RELEASE_RPCS)

enum { MICRO = 1000000 };

static const char SQL_CLAIM[] =
        "INSERT INTO release_months (period, epsilon_micro, min_size, n_cells, n_released) VALUES ($1, $2, $3, $4, 0)"
        " ON CONFLICT DO NOTHING RETURNING period, min_size, epsilon_micro, released_at";
static const char SQL_FIND[] =
        "SELECT period, min_size, epsilon_micro, is_refused, released_at FROM release_months WHERE period = $1";
static const char SQL_END[] = "UPDATE release_months SET n_released = $2, is_refused = $3::integer::boolean,"
                              " epsilon_micro = CASE WHEN $3 = 0 THEN epsilon_micro ELSE 0 END WHERE period = $1";
static const char SQL_OPEN[] = "INSERT INTO budget_cells (period, cell, total_micro) SELECT $1, c, $3"
                               " FROM unnest($2::text[]) c ON CONFLICT DO NOTHING";
/* Months that were released cohort by cohort have their accounts in epsilon_ledger. */
static const char SQL_IS_SPENT[] =
        "SELECT EXISTS (SELECT FROM epsilon_ledger WHERE period = $1 AND spent_micro > 0) OR EXISTS"
        " (SELECT FROM budget_cells WHERE period = $1 AND spent_micro + $2 > total_micro) AS is_spent";
static const char SQL_PREVIOUS[] =
        "SELECT period, min_size, released_at FROM releases WHERE is_sufficient AND period <= $1"
        " ORDER BY period DESC LIMIT 1";

static status check_layout(struct call *call, const Anonymize__ReleaseRequest *in)
{
        if (in->n_metrics != in->n_n_bins)
                return call_invalid(call, "n_bins", "malformed", "must be as many as metrics");
        for (size_t i = 0; i < in->n_metrics; i++) {
                if (policy_metric(in->metrics[i]) < 0)
                        return call_invalid(call, "metrics", "not_allowed", "must be what releases are made of");
                for (size_t other = 0; other < i; other++)
                        if (strcmp(in->metrics[i], in->metrics[other]) == 0)
                                return call_invalid(call, "metrics", "not_allowed", "must not be repeated");
        }
        return STATUS_OK;
}

/* A person is in one bin of a metric: together the bins hold no more than there are people. */
static bool is_possible(const struct partition_layout *layout, const Anonymize__Cell *cell)
{
        const int64_t *counts = cell->counts;
        if (cell->n_counts != (size_t)partition_layout_size(layout))
                return false;
        for (int metric = 0; metric < layout->n_metrics; metric++) {
                int64_t sum = 0;
                for (int bin = 0; bin < layout->n_bins[metric]; bin++)
                        sum = partition_add(sum, *counts++);
                if (sum > cell->n_people)
                        return false;
        }
        return true;
}

static bool is_band(const char *band)
{
        return band == NULL || (strpbrk(band, "/*") == NULL && strcmp(band, "-") != 0);
}

static status check_cells(struct call *call, const struct partition_layout *layout, const Anonymize__ReleaseRequest *in)
{
        for (size_t i = 0; i < in->n_cells; i++) {
                const Anonymize__Cell *cell = in->cells[i];
                if (!is_possible(layout, cell))
                        return call_invalid(call, "cells", "out_of_range", "must count each person once in a metric");
                if (!is_band(cell->age_group) || !is_band(cell->income_range) || !is_band(cell->region))
                        return call_invalid(call, "cells", "malformed", "must have names of bands");
        }
        return STATUS_OK;
}

static struct partition_cell *cells_of(struct call *call, const Anonymize__ReleaseRequest *in)
{
        struct partition_cell *cells = arena_zalloc(call->arena, in->n_cells * sizeof *cells + 1);
        for (size_t i = 0; i < in->n_cells; i++)
                cells[i] = (struct partition_cell){
                        .bands = {in->cells[i]->age_group, in->cells[i]->income_range, in->cells[i]->region},
                        .n_people = in->cells[i]->n_people,
                        .counts = in->cells[i]->counts};
        return cells;
}

static char **account_names(struct call *call, size_t n, const struct partition_cell *cells)
{
        char **names = arena_alloc(call->arena, n * sizeof *names + 1);
        for (size_t i = 0; i < n; i++)
                names[i] = budget_cell_name(call->arena, cells[i].bands);
        return names;
}

/* Nothing is drawn, and what was said before is said: of this month, or the latest before it. */
static status refuse(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedMonth *out)
{
        Anonymize__BudgetExhausted event = ANONYMIZE__BUDGET_EXHAUSTED__INIT;
        Anonymize__ReleaseMonthRow previous = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        status found = db_one(call, &previous.base, SQL_PREVIOUS, in->period);
        if (found == STATUS_OK)
                found = month_load(call, in, &previous, out);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        out->has_is_refused = out->is_refused = 1;
        event.scope = (char *)(size_t) "month";
        event.period = in->period;
        return event_publish(call, &event.base);
}

static status make_release(struct call *call, const Anonymize__ReleaseRequest *in, const struct partition_rules *rules,
        Anonymize__ReleasedMonth *out)
{
        struct partition_cohort *cohorts;
        Anonymize__ReleaseMonthRow spent = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        const struct anonymize_config *config = call->service->config;
        struct partition_cell *cells = cells_of(call, in);
        char **accounts = account_names(call, in->n_cells, cells);
        struct month_columns columns = month_columns(call, in, rules);
        month_show_layout(in, out);
        month_show_epsilons(call, partition_size_epsilon(rules), in->n_metrics, rules->layout.epsilon_micro, out);
        TRY(db_exec(call, SQL_OPEN, in->period, db_texts(in->n_cells, accounts), (int64_t)(config->epsilon * MICRO)));
        TRY(db_one(call, &spent.base, SQL_IS_SPENT, in->period, out->epsilon_micro));
        if (spent.is_spent) {
                TRY(db_exec(call, SQL_END, in->period, 0, 1));
                return refuse(call, in, out);
        }
        size_t n = partition_release(call->arena, rules, in->n_cells, cells, &cohorts);
        TRY(month_debit(call, in->period, &columns, in->n_cells, cells, accounts));
        TRY(month_store(call, in, rules, &columns, n, cohorts, out));
        return db_exec(call, SQL_END, in->period, (int64_t)n, 0);
}

static status find(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedMonth *out)
{
        Anonymize__ReleaseMonthRow month = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        TRY(db_one(call, &month.base, SQL_FIND, in->period));
        if (month.is_refused)
                return refuse(call, in, out);
        return month_load(call, in, &month, out);
}

static status release(struct call *call, const Anonymize__ReleaseRequest *in, Anonymize__ReleasedMonth *out)
{
        Anonymize__ReleaseMonthRow claimed = ANONYMIZE__RELEASE_MONTH_ROW__INIT;
        const struct anonymize_config *config = call->service->config;
        TRY(check_layout(call, in));
        struct partition_rules rules = partition_rules_of(
                config->epsilon, config->min_cohort_size, (int)in->n_metrics, in->metrics, in->n_bins);
        TRY(check_cells(call, &rules.layout, in));
        status found = db_one(call, &claimed.base, SQL_CLAIM, in->period, (int64_t)(config->epsilon * MICRO),
                config->min_cohort_size, (int64_t)in->n_cells);
        if (found == STATUS_NOT_FOUND)
                return find(call, in, out); /* somebody was quicker, just now or long ago */
        TRY(found);
        out->period = claimed.period;
        out->released_at = claimed.released_at;
        out->has_min_size = 1;
        out->min_size = claimed.min_size;
        return make_release(call, in, &rules, out);
}

RPC_TABLE(release_rpcs, RELEASE_RPCS);
