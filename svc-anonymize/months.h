/* SPDX-License-Identifier: Apache-2.0 */
/* Released months as they are stored: what was said, and who has paid what for it. Written once, in the transaction
 * that draws the noise. */
#pragma once

#include "common/call.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/partition.h"

enum { MONTH_COLUMNS_MAX = PARTITION_METRICS_MAX + 1 };

/* What is stored of a cohort, a row each: its size, and each metric. Texts are numbers. */
struct month_columns {
        size_t n;
        char *names[MONTH_COLUMNS_MAX];
        char *first[MONTH_COLUMNS_MAX]; /* places of its counts among all of the cohort's, from 1 */
        char *last[MONTH_COLUMNS_MAX];
        char *epsilons[MONTH_COLUMNS_MAX];
};

struct month_columns month_columns(
        struct call *call, const Anonymize__ReleaseRequest *in, const struct partition_rules *rules);

/* Fill in parts of what is said of a month. */
void month_show_layout(const Anonymize__ReleaseRequest *in, Anonymize__ReleasedMonth *out);
void month_show_epsilons(
        struct call *call, int64_t size_micro, size_t n, const int64_t *metrics, Anonymize__ReleasedMonth *out);

/* What was said of a month, from what is stored. */
MUST_CHECK status month_load(struct call *call, const Anonymize__ReleaseRequest *in,
        const Anonymize__ReleaseMonthRow *month, Anonymize__ReleasedMonth *out);

/* Stores what is said of cohorts, adds them to *out and announces them. */
MUST_CHECK status month_store(struct call *call, const Anonymize__ReleaseRequest *in,
        const struct partition_rules *rules, const struct month_columns *columns, size_t n,
        const struct partition_cohort *cohorts, Anonymize__ReleasedMonth *out);

/* Debits the cells' accounts, of whose names there are as many as cells: sizes for all, metrics where the cell was
 * counted in a group that something is said of. */
MUST_CHECK status month_debit(struct call *call, const char *period, const struct month_columns *columns, size_t n,
        const struct partition_cell *cells, char **accounts);
