/* SPDX-License-Identifier: Apache-2.0 */
/* What may be said of the people of a month: without database, clock or network.
 *
 * People are in disjoint finest cells (age × income × region). Cells that are large enough by their noised size become
 * groups; the people of all others are counted together with those of the same age and income, and what is too small
 * then, with everybody who is left. Each group gets one noised histogram a metric, and wider cohorts are sums of what
 * was noised. So everybody is in one group at most, and a wider cohort costs nothing.
 *
 * Neighbours are data with and without one person, with all of their figures. Each round is a count with discrete
 * Laplace noise and a threshold above k; each metric a histogram of which a person changes one count by one: together
 * (sum of epsilons, POLICY_DELTA)-differentially private, by basic composition. */
#pragma once

#include "common/arena.h"
#include "common/status.h"
#include "svc-anonymize/policy.h"

#include <stdbool.h>
#include <stdint.h>

enum {
        PARTITION_BANDS = 3, /* age, income, region */
        PARTITION_LEVELS = 4,
        PARTITION_METRICS_MAX = 4,
        PARTITION_BINS_MAX = 64,
        PARTITION_CELLS_MAX = 12500, /* all that there can be: 8 ages, 6 incomes, 260 places */
};

#define PARTITION_EVERYBODY "all"

/* Histograms of several metrics, one behind the other. */
struct partition_layout {
        int n_metrics;
        int n_bins[PARTITION_METRICS_MAX];
        int64_t epsilon_micro[PARTITION_METRICS_MAX];
};

struct partition_rules {
        struct partition_layout layout;
        int64_t k;                         /* fewest people in a group, by the true count */
        int64_t size_micro[POLICY_ROUNDS]; /* epsilon of a group's size */
        int64_t thresholds[POLICY_ROUNDS]; /* of its noised size */
};

/* A finest cell. */
struct partition_cell {
        const char *bands[PARTITION_BANDS]; /* NULL: not known */
        int64_t n_people;                   /* not negative */
        const int64_t *counts;              /* in the layout; each person once in a metric at most; not negative */
        const char *group;                  /* out: where it was counted, NULL: nowhere */
};

/* What is said of a cohort. All numbers have noise and may be negative. */
struct partition_cohort {
        const char *name; /* "30-39/50k-100k", or PARTITION_EVERYBODY */
        int level;        /* 0: three bands; 3: everybody */
        int n_parts;      /* groups that it is the sum of */
        int64_t size;
        int64_t *counts; /* in the layout */
};

/* Rules for a month's total: the metrics by their names. Unknown metrics get an epsilon of 0, of which nothing is
 * said. */
struct partition_rules partition_rules_of(
        double epsilon, int64_t k, int n_metrics, char *const *names, const int32_t *bins);

/* Of the sizes of all rounds together. */
int64_t partition_size_epsilon(const struct partition_rules *rules);

int partition_layout_size(const struct partition_layout *layout);

/* Draws the noise: once for a month, and what comes out is stored before anybody sees it. Fills in the cells' groups,
 * and *out with as many cohorts as are returned, sorted by level and name. Everything lives in the arena. */
size_t partition_release(struct arena *arena, const struct partition_rules *rules, size_t n_cells,
        struct partition_cell *cells, struct partition_cohort **out);

/* a + b, and the nearest there is where that is too much. */
int64_t partition_add(int64_t a, int64_t b);
