/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the work hangs on names alone, never on counts. */
#include "svc-anonymize/partition.h"

#include "svc-anonymize/noise.h"

#include <stdlib.h>
#include <string.h>

enum { MICRO = 1000000 };

/* How many bands the groups of a round have in common. */
static const int round_bands[POLICY_ROUNDS] = {3, 2, 0};

/* Something that is counted under a name: a cell in a group, or a group in a cohort. */
struct entry {
        const char *name;
        int level;
        void *item;
};

/* A group of cells: its true counts until it is noised. */
struct group {
        const struct partition_cell *any; /* one of its cells, for its bands */
        int n_bands;
        int64_t size;
        int64_t *counts;
};

int64_t partition_add(int64_t a, int64_t b)
{
        int64_t sum;
        if (__builtin_add_overflow(a, b, &sum))
                return a < 0 ? INT64_MIN : INT64_MAX;
        return sum;
}

int partition_layout_size(const struct partition_layout *layout)
{
        int size = 0;
        for (int i = 0; i < layout->n_metrics; i++)
                size += layout->n_bins[i];
        return size;
}

struct partition_rules partition_rules_of(
        double epsilon, int64_t k, int n_metrics, char *const *names, const int32_t *bins)
{
        struct partition_rules rules = {.k = k, .layout.n_metrics = n_metrics};
        for (int i = 0; i < n_metrics; i++) {
                rules.layout.n_bins[i] = bins[i];
                rules.layout.epsilon_micro[i] = policy_metric_epsilon(epsilon, policy_metric(names[i]));
        }
        for (int round = 0; round < POLICY_ROUNDS; round++) {
                rules.size_micro[round] = policy_size_epsilon(epsilon, round);
                rules.thresholds[round] = policy_threshold(k, rules.size_micro[round]);
        }
        return rules;
}

int64_t partition_size_epsilon(const struct partition_rules *rules)
{
        int64_t sum = 0;
        for (int round = 0; round < POLICY_ROUNDS; round++)
                sum += rules->size_micro[round];
        return sum;
}

static int compare_entries(const void *left, const void *right)
{
        const struct entry *a = left, *b = right;
        return a->level != b->level ? a->level - b->level : strcmp(a->name, b->name);
}

static bool has_bands(const struct partition_cell *cell, int n_bands)
{
        for (int i = 0; i < n_bands; i++)
                if (cell->bands[i] == NULL)
                        return false;
        return true;
}

/* The first bands of a cell, or everybody. */
static const char *name_of(struct arena *arena, const struct partition_cell *cell, int n_bands)
{
        const char *const *bands = cell->bands;
        switch (n_bands) {
        case 0:
                return PARTITION_EVERYBODY;
        case 1:
                return bands[0];
        case 2:
                return arena_printf(arena, "%s/%s", bands[0], bands[1]);
        default:
                return arena_printf(arena, "%s/%s/%s", bands[0], bands[1], bands[2]);
        }
}

/* What stands in the ledger: a rest is not all of its cohort. */
static const char *group_name(struct arena *arena, const char *name, int n_bands)
{
        return n_bands == PARTITION_BANDS ? name : n_bands == 0 ? "*" : arena_printf(arena, "%s/*", name);
}

static void add_counts(int64_t *sum, const int64_t *counts, int n)
{
        for (int i = 0; i < n; i++)
                sum[i] = partition_add(sum[i], counts[i]);
}

/* The end of the run of one name that begins at `from`. */
static size_t run_end(const struct entry *entries, size_t n, size_t from)
{
        size_t to = from + 1;
        while (to < n && compare_entries(&entries[from], &entries[to]) == 0)
                to++;
        return to;
}

/* ---- groups ---------------------------------------------------------------------------------------------------------
 */

static int64_t noise(int64_t epsilon_micro)
{
#ifdef PRIVACY_FAULT_PAIRED_NOISE /* planted in a build of its own, which the audit must find out */
        static int64_t drawn;
        static bool is_new;
        if ((is_new = !is_new))
                drawn = noise_laplace((uint32_t)epsilon_micro, MICRO);
        return drawn;
#else
        return noise_laplace((uint32_t)epsilon_micro, MICRO);
#endif
}

/* Whether something is said of a group; its size is noised then. Too few are never drawn for. */
static bool choose(const struct partition_rules *rules, int round, struct group *group)
{
        if (group->size < rules->k || rules->size_micro[round] <= 0)
                return false;
        group->size = partition_add(group->size, noise(rules->size_micro[round]));
#ifdef PRIVACY_FAULT_BARE_THRESHOLD /* planted in a build of its own, which the audit must find out */
        return true;
#else
        return group->size >= rules->thresholds[round];
#endif
}

static void noise_counts(const struct partition_layout *layout, int64_t *counts)
{
        for (int metric = 0; metric < layout->n_metrics; metric++)
                for (int bin = 0; bin < layout->n_bins[metric]; bin++, counts++)
                        *counts = layout->epsilon_micro[metric] > 0
                                          ? partition_add(*counts, noise(layout->epsilon_micro[metric]))
                                          : 0;
}

static struct group *new_group(
        struct arena *arena, const struct partition_layout *layout, const struct entry *entries, size_t n, int n_bands)
{
        int size = partition_layout_size(layout);
        struct group *group = arena_zalloc(arena, sizeof *group);
        group->any = entries->item;
        group->n_bands = n_bands;
        for (size_t i = 0; i < n; i++)
                group->size = partition_add(group->size, ((const struct partition_cell *)entries[i].item)->n_people);
        group->counts = arena_zalloc(arena, (size_t)size * sizeof *group->counts + 1);
        for (size_t i = 0; i < n; i++)
                add_counts(group->counts, ((const struct partition_cell *)entries[i].item)->counts, size);
        return group;
}

/* The cells that are in no group yet and have the bands that this round needs, by what they have in common. */
static size_t list_cells(
        struct arena *arena, size_t n_cells, struct partition_cell *cells, int n_bands, struct entry *out)
{
        size_t n = 0;
        for (size_t i = 0; i < n_cells; i++)
                if (cells[i].group == NULL && has_bands(&cells[i], n_bands))
                        out[n++] = (struct entry){name_of(arena, &cells[i], n_bands), 0, &cells[i]};
        qsort(out, n, sizeof *out, compare_entries);
        return n;
}

/* Adds the groups of a round to `groups`; returns how many there are now. */
static size_t run_round(struct arena *arena, const struct partition_rules *rules, int round, size_t n_entries,
        struct entry *entries, size_t n_groups, struct group **groups)
{
        int n_bands = round_bands[round];
        for (size_t from = 0, to; from < n_entries; from = to) {
                to = run_end(entries, n_entries, from);
                struct group *group = new_group(arena, &rules->layout, entries + from, to - from, n_bands);
                if (!choose(rules, round, group))
                        continue;
                noise_counts(&rules->layout, group->counts);
                groups[n_groups++] = group;
                const char *name = group_name(arena, entries[from].name, n_bands);
                for (size_t i = from; i < to; i++)
                        ((struct partition_cell *)entries[i].item)->group = name;
        }
        return n_groups;
}

/* ---- cohorts --------------------------------------------------------------------------------------------------------
 */

/* A group is part of one cohort of each level that it has the bands for. */
static size_t list_cohorts(struct arena *arena, size_t n_groups, struct group *const *groups, struct entry *out)
{
        size_t n = 0;
        for (size_t i = 0; i < n_groups; i++)
                for (int n_bands = 0; n_bands <= groups[i]->n_bands; n_bands++)
                        out[n++] = (struct entry){
                                name_of(arena, groups[i]->any, n_bands), PARTITION_LEVELS - 1 - n_bands, groups[i]};
        qsort(out, n, sizeof *out, compare_entries);
        return n;
}

static struct partition_cohort sum_of(
        struct arena *arena, const struct partition_layout *layout, const struct entry *entries, size_t n)
{
        int size = partition_layout_size(layout);
        struct partition_cohort cohort = {.name = entries->name, .level = entries->level, .n_parts = (int)n};
        cohort.counts = arena_zalloc(arena, (size_t)size * sizeof *cohort.counts + 1);
        for (size_t i = 0; i < n; i++) {
                const struct group *group = entries[i].item;
                cohort.size = partition_add(cohort.size, group->size);
                add_counts(cohort.counts, group->counts, size);
        }
        return cohort;
}

size_t partition_release(struct arena *arena, const struct partition_rules *rules, size_t n_cells,
        struct partition_cell *cells, struct partition_cohort **out)
{
        size_t n_groups = 0, n_cohorts = 0;
        struct entry *entries = arena_alloc(arena, (n_cells + 1) * sizeof *entries);
        struct group **groups = arena_alloc(arena, (n_cells + 1) * sizeof(struct group *));
        for (size_t i = 0; i < n_cells; i++)
                cells[i].group = NULL;
        for (int round = 0; round < POLICY_ROUNDS; round++) {
                size_t n = list_cells(arena, n_cells, cells, round_bands[round], entries);
                n_groups = run_round(arena, rules, round, n, entries, n_groups, groups);
        }
        entries = arena_alloc(arena, (n_groups * PARTITION_LEVELS + 1) * sizeof *entries);
        size_t n = list_cohorts(arena, n_groups, groups, entries);
        *out = arena_alloc(arena, (n + 1) * sizeof **out);
        for (size_t from = 0, to; from < n; from = to) {
                to = run_end(entries, n, from);
                (*out)[n_cohorts++] = sum_of(arena, &rules->layout, entries + from, to - from);
        }
        return n_cohorts;
}
