/* SPDX-License-Identifier: Apache-2.0 */
/* What is compared and how, without database, clock or network. Bins and cohorts are public and fixed: they never
 * depend on data. */
#pragma once

#include "common/arena.h"
#include "sfp/peers.pb-c.h"

#include <stdbool.h>

enum { METRICS = 4, BINS_MAX = 16, LEVELS = 4 };

/* Values are counted in whole hundredths, clamped to what is public: nothing that anybody gives moves a count by more
 * than one. */
struct metric {
        const char *name;
        const char *unit;
        bool is_more_better;
        int n_bins;
        int64_t low, high;           /* hundredths */
        int64_t edges[BINS_MAX - 1]; /* hundredths, where the second and every later bin begins */
};

extern const struct metric policy_metrics[METRICS];

/* The place of a metric in the table; -1 for none. */
int policy_metric(const char *name);

/* Bins of all metrics together. */
int policy_n_counts(void);

/* A value in hundredths, clamped; no number at all is the lowest. */
int64_t policy_hundredths(const struct metric *metric, double value);

/* The bin that a value falls into once it is clamped. */
int policy_bin(const struct metric *metric, double value);

/* "under 0 %", "5-7.5 %", "50 % and more". In the arena. */
char *policy_bin_name(struct arena *arena, const struct metric *metric, int bin);

/* The weighted mean of what is given; false when nothing is. */
bool policy_discipline(const Peers__DisciplineInputs *inputs, double *out);

/* The value of a snapshot for a metric; false when it was not given. */
bool policy_value(const Peers__Snapshot *snapshot, int metric, double *out);

/* The name of somebody's cohort on a level, 0 the narrowest, 3 everybody; NULL when a band it needs is unknown. */
char *policy_cohort(
        struct arena *arena, const char *age_group, const char *income_range, const char *region, int level);

/* "age_income_region", "age_income", "age", "all". */
const char *policy_level_name(int level);

/* The dimensions that a level leaves out, from the third to the first: how many, in *names. */
int policy_left_out(int level, const char *const **names);

/* The level that names of dimensions ask for: each needs those in front of it. -1 otherwise. */
int policy_level_of(size_t n, char *const *dimensions);

/* Where a value stands in a released histogram. */
struct standing {
        bool is_known; /* false: the noise has left nothing to say */
        int percentile;
        int low, high; /* the 95 % interval */
};

/* A released histogram: the sum of n_parts, each with noise of epsilon_micro. */
struct released_counts {
        size_t n_counts;
        const int64_t *counts;
        int64_t epsilon_micro;
        int n_parts;
};

/* Post-processing of a release: negative counts are none, half of one's own bin is below. */
struct standing policy_standing(const struct metric *metric, const struct released_counts *released, double value);

/* The bin the median lies in; -1 when nothing is left. */
int policy_median(const int64_t *counts, size_t n_counts);

/* Share of each bin in per cent into `out`; false when nothing is left. */
bool policy_shares(const int64_t *counts, size_t n_counts, int *out);
