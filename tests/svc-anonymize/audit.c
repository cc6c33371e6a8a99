/* SPDX-License-Identifier: Apache-2.0 */
/* N identical cohorts with different labels are released as one month: N independent outputs for the same data. */
#include "tests/svc-anonymize/audit.h"

#include "common/arena.h"
#include "common/clock.h"
#include "svc-anonymize/partition.h"
#include "tests/common/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 40000, BINS = 2, MICRO = 1000000, FAR = 1000, K = 10, SHARDS = 8 };

static const double alpha = 1e-7;  /* of a check: false alarms */
static const double sigmas = 5.5;  /* the same of a normal variable, on both sides */
static const double likely = 1e-3; /* where an event is only looked for */

/* A month's outputs, cohort by cohort. */
struct outputs {
        double size[N];
        double bin[N];   /* the first count */
        double other[N]; /* the second one */
        bool is_there[N];
        int n_there;
};

/* Epsilon of one for everything, so that faults show. */
static struct partition_rules rules_of_one(void)
{
        struct partition_rules rules = {.k = K, .layout = {.n_metrics = 1, .n_bins = {BINS}, .epsilon_micro = {MICRO}}};
        for (int round = 0; round < POLICY_ROUNDS; round++) {
                rules.size_micro[round] = MICRO;
                rules.thresholds[round] = policy_threshold(K, MICRO);
        }
        return rules;
}

static bool is_first_group(const struct partition_cohort *cohort)
{
        return cohort->level == 0;
}

static void take(const struct partition_cohort *cohort, struct outputs *out)
{
        int i = (int)strtol(cohort->name, NULL, 10);
        out->is_there[i] = true;
        out->size[i] = (double)cohort->size;
        out->bin[i] = (double)cohort->counts[0];
        out->other[i] = (double)cohort->counts[1];
        out->n_there++;
}

/* `people` of whom `in_first` are in the first bin, N times over. */
static struct outputs *release(const struct partition_rules *rules, int64_t people, int64_t in_first)
{
        struct outputs *out = calloc(1, sizeof *out);
        const int64_t counts[BINS] = {in_first, people - in_first};
        if (out == NULL)
                abort();
        for (int shard = 0; shard < SHARDS; shard++) {
                struct partition_cohort *cohorts;
                struct arena *arena = arena_new((size_t)256 << 20);
                int size = N / SHARDS;
                struct partition_cell *cells = arena_zalloc(arena, (size_t)size * sizeof *cells);
                for (int i = 0; i < size; i++)
                        cells[i] = (struct partition_cell){
                                .bands = {arena_printf(arena, "%d", shard * size + i), "income", "region"},
                                .n_people = people,
                                .counts = counts};
                size_t n = partition_release(arena, rules, (size_t)size, cells, &cohorts);
                for (size_t i = 0; i < n; i++)
                        if (is_first_group(&cohorts[i]))
                                take(&cohorts[i], out);
                arena_free(arena);
        }
        return out;
}

static bool report(bool is_good, const char *check, double seen, double bound)
{
        if (!is_good)
                fprintf(stderr, "audit: %s: %g, and the bound is %g\n", check, seen, bound);
        return is_good;
}

/* ---- T1 -------------------------------------------------------------------------------------------------------------
 */

/* All scores at most, or at least, a threshold. */
struct event {
        double threshold;
        bool is_below;
};

static int64_t hits_of(const struct event *event, const double *scores, int from, int to)
{
        int64_t hits = 0;
        for (int i = from; i < to; i++)
                hits += event->is_below ? scores[i] <= event->threshold : scores[i] >= event->threshold;
        return hits;
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;
        return (a > b) - (a < b);
}

/* Whichever event looks worst in the first half of the outputs. */
static struct event worst_event(const double *a, const double *b, double delta)
{
        static double sorted[N];
        double worst = -INFINITY;
        struct event event, best = {0};
        memcpy(sorted, a, sizeof(double) * N / 2);
        qsort(sorted, N / 2, sizeof *sorted, compare);
        for (int i = 0; i < N / 2; i++)
                for (int side = 0; side < 2 && (i == 0 || sorted[i] > sorted[i - 1]); side++) {
                        event = (struct event){sorted[i], side == 0};
                        double low = statistics_lower(hits_of(&event, a, 0, N / 2), N / 2, likely) - delta;
                        double high = statistics_upper(hits_of(&event, b, 0, N / 2), N / 2, likely);
                        if (low > 0 && log(low / high) > worst) {
                                worst = log(low / high);
                                best = event;
                        }
                }
        return best;
}

/* The second half judges it, so that having searched counts for nothing. */
static bool holds_for(const double *a, const double *b, double epsilon, double delta, const char *check)
{
        struct event event = worst_event(a, b, delta);
        double low = statistics_lower(hits_of(&event, a, N / 2, N), N / 2, alpha / 4);
        double high = statistics_upper(hits_of(&event, b, N / 2, N), N / 2, alpha / 4);
        return report(low <= exp(epsilon) * high + delta, check, low, exp(epsilon) * high + delta);
}

static bool holds(const double *a, const double *b, double epsilon, double delta, const char *check)
{
        return holds_for(a, b, epsilon, delta, check) && holds_for(b, a, epsilon, delta, check);
}

bool audit_ratio(void)
{
        struct partition_rules rules = rules_of_one();
        struct outputs *without = release(&rules, 100, 50), *with = release(&rules, 101, 51);
        bool is_good = holds(without->bin, with->bin, 1, 0, "ratio of a count");
        is_good = holds(without->size, with->size, 1, POLICY_DELTA, "ratio of a size") && is_good;
        free(without);
        free(with);
        return is_good;
}

/* What is not there stands for a number that nothing else is. */
static void mark_missing(struct outputs *outputs)
{
        for (int i = 0; i < N; i++)
                if (!outputs->is_there[i])
                        outputs->size[i] = -FAR;
}

bool audit_ratio_of_appearance(void)
{
        static const int64_t people[] = {0, 9, 22, 23, 24, 30};
        bool is_good = true;
        struct partition_rules rules = rules_of_one();
        for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
                struct outputs *without = release(&rules, people[i], people[i]);
                struct outputs *with = release(&rules, people[i] + 1, people[i] + 1);
                mark_missing(without);
                mark_missing(with);
                is_good = holds(without->size, with->size, 1, POLICY_DELTA, "ratio of appearing") && is_good;
                free(without);
                free(with);
        }
        return is_good;
}

bool audit_ratio_of_everything(void)
{
        struct partition_rules rules = rules_of_one();
        struct outputs *without = release(&rules, 100, 50), *with = release(&rules, 101, 51);
        for (int i = 0; i < N; i++) {
                without->bin[i] += without->size[i];
                with->bin[i] += with->size[i];
        }
        bool is_good = holds(without->bin, with->bin, 2, POLICY_DELTA, "ratio of everything together");
        free(without);
        free(with);
        return is_good;
}

/* ---- T2, T3 ---------------------------------------------------------------------------------------------------------
 */

static double noise_share(double epsilon, int64_t x)
{
        double q = exp(-epsilon);
        return (1 - q) / (1 + q) * pow(q, (double)llabs(x));
}

/* Values with fewer than five expected are one bin, on each side. */
static double fit_of(const double *outputs, double truth, double epsilon)
{
        int reach = 0;
        double chi = 0;
        while (noise_share(epsilon, reach + 1) * N >= 5)
                reach++;
        for (int x = -reach - 1; x <= reach + 1; x++) {
                double seen = 0, expected = noise_share(epsilon, x) * N;
                if (x < -reach || x > reach)
                        expected /= 1 - exp(-epsilon); /* all from here on */
                for (int i = 0; i < N; i++) {
                        double noise = outputs[i] - truth;
                        seen += x < -reach ? noise <= x : x > reach ? noise >= x : noise >= x && noise <= x;
                }
                chi += (seen - expected) * (seen - expected) / expected;
        }
        return statistics_chi_square_tail(chi, 2 * reach + 2);
}

bool audit_fit(void)
{
        struct partition_rules rules = rules_of_one();
        struct outputs *outputs = release(&rules, 100, 60);
        double first = fit_of(outputs->bin, 60, 1), second = fit_of(outputs->other, 40, 1);
        free(outputs);
        rules.layout.epsilon_micro[0] = 180000; /* as it is set */
        outputs = release(&rules, 500, 300);
        double usual = fit_of(outputs->bin, 300, 0.18);
        free(outputs);
        return report(first > alpha, "fit of a count", first, alpha) &&
               report(second > alpha, "fit of another count", second, alpha) &&
               report(usual > alpha, "fit at the usual epsilon", usual, alpha);
}

bool audit_lattice(void)
{
        enum { GRID = 16 };
        double seen[2][GRID] = {0}, chi = 0;
        struct partition_rules rules = rules_of_one();
        struct outputs *outputs[] = {release(&rules, 100, 50), release(&rules, 101, 51)};
        for (int side = 0; side < 2; side++)
                for (int i = 0; i < N; i++) {
                        int64_t noise = (int64_t)outputs[side]->bin[i] - 50 - side;
                        seen[side][((noise % GRID) + GRID) % GRID]++;
                }
        for (int i = 0; i < GRID; i++)
                chi += (seen[0][i] - seen[1][i]) * (seen[0][i] - seen[1][i]) / fmax(1, seen[0][i] + seen[1][i]);
        free(outputs[0]);
        free(outputs[1]);
        double tail = statistics_chi_square_tail(chi, GRID - 1);
        return report(tail > alpha, "lattice", tail, alpha);
}

/* ---- T6 -------------------------------------------------------------------------------------------------------------
 */

/* A thousand cohorts a month with 0 to `most` people, of a few ages and incomes, so that rests come together as chance
 * wills; the truth is added up again by the group that each cell says it was counted in. */
static bool month_has_no_small_group(const struct partition_rules *rules, unsigned *seed, int most)
{
        enum { CELLS = 1000, AGES = 20, INCOMES = 10 };
        bool is_good = true;
        struct partition_cohort *cohorts;
        struct arena *arena = arena_new((size_t)64 << 20);
        struct partition_cell *cells = arena_zalloc(arena, CELLS * sizeof *cells);
        for (int i = 0; i < CELLS; i++) {
                int64_t *counts = arena_zalloc(arena, BINS * sizeof *counts);
                counts[0] = (int64_t)rand_r(seed) % (most + 1);
                cells[i] = (struct partition_cell){
                        .bands = {arena_printf(arena, "%d", rand_r(seed) % AGES),
                                arena_printf(arena, "%d", rand_r(seed) % INCOMES), arena_printf(arena, "%d", i)},
                        .n_people = counts[0],
                        .counts = counts};
        }
        partition_release(arena, rules, CELLS, cells, &cohorts);
        for (int i = 0; i < CELLS && is_good; i++) {
                int64_t people = 0;
                for (int j = 0; j < CELLS && cells[i].group != NULL; j++)
                        people += cells[j].group == cells[i].group ? cells[j].n_people : 0;
                is_good = cells[i].group == NULL || people >= K;
        }
        arena_free(arena);
        return is_good;
}

bool audit_too_few(void)
{
        unsigned seed = 1;
        bool is_good = true;
        struct partition_rules rules = rules_of_one();
        for (int i = 0; i < POLICY_ROUNDS; i++)
                rules.size_micro[i] = 10 * MICRO, rules.thresholds[i] = policy_threshold(K, 10 * MICRO);
        for (int month = 0; month < 1000 && is_good; month++)
                is_good = month_has_no_small_group(&rules, &seed, month % 40);
        for (int64_t people = 0; people < K; people++) {
                struct outputs *outputs = release(&rules, people, people);
                is_good = outputs->n_there == 0 && is_good;
                free(outputs);
        }
        return report(is_good, "a group of fewer than k", 1, 0);
}

bool audit_just_enough(void)
{
        enum { TIMES = 10, BOUND = 5 }; /* 0.13 are expected of 400,000; five are seen once in 10^7 */
        int seen = 0;
        struct partition_rules rules = rules_of_one();
        for (int i = 0; i < TIMES; i++) {
                struct outputs *outputs = release(&rules, K, K);
                seen += outputs->n_there;
                free(outputs);
        }
        return report(seen < BOUND, "appearances of a group of k", seen, BOUND);
}

/* The published probabilities: that noise reaches what is missing to the threshold. */
static double appearing(int64_t people)
{
        double q = exp(-1), missing = (double)(policy_threshold(K, MICRO) - people);
        return missing >= 1 ? pow(q, missing) / (1 + q) : 1 - pow(q, 1 - missing) / (1 + q);
}

bool audit_threshold(void)
{
        bool is_good = true;
        struct partition_rules rules = rules_of_one();
        for (int64_t people = K; people <= 4 * K; people += 2) {
                struct outputs *outputs = release(&rules, people, people);
                double p = appearing(people), bound = sigmas * sqrt(N * p * (1 - p)) + 5; /* rare ones are not normal */
                is_good = report(fabs(outputs->n_there - N * p) <= bound, "frequency of appearing",
                                  outputs->n_there - N * p, bound) &&
                          is_good;
                free(outputs);
        }
        return is_good;
}

/* ---- T7, T8 ---------------------------------------------------------------------------------------------------------
 */

static bool is_uncorrelated(int n, const double *x, const double *y, const char *check)
{
        double seen = fabs(statistics_correlation(n, x, y)), bound = sigmas / sqrt(n);
        return report(seen < bound, check, seen, bound);
}

bool audit_independence(void)
{
        struct partition_rules rules = rules_of_one();
        struct outputs *outputs = release(&rules, 100, 50);
        bool is_good = is_uncorrelated(N - 1, outputs->bin, outputs->bin + 1, "correlation of cohorts") &&
                       is_uncorrelated(N, outputs->bin, outputs->other, "correlation of counts") &&
                       is_uncorrelated(N, outputs->size, outputs->bin, "correlation of size and count") &&
                       is_uncorrelated(N - 1, outputs->other, outputs->bin + 1, "correlation of neighbours");
        free(outputs);
        return is_good;
}

/* What a reader waits for is a copy of what is stored: as long as the counts are many, whatever they are. Ranks make a
 * busy machine harmless: what disturbs does not know the noise. */
bool audit_timing(void)
{
        enum { COPIES = 64 };
        static double latency[N], size[N];
        static int64_t stored[COPIES];
        struct partition_rules rules = rules_of_one();
        struct outputs *outputs = release(&rules, 100, 50);
        for (int i = 0; i < N; i++) {
                char text[COPIES * 24];
                size_t length = 0;
                int64_t begun = clock_now_us();
                for (int j = 0; j < COPIES; j++) {
                        stored[j] = (int64_t)outputs->bin[i] + 1000; /* as many digits, whatever the noise is */
                        length += (size_t)snprintf(text + length, sizeof text - length, "%ld,", (long)stored[j]);
                }
                latency[i] = (double)(clock_now_us() - begun);
                size[i] = fabs(outputs->bin[i] - 50);
        }
        free(outputs);
        statistics_rank(N, latency);
        statistics_rank(N, size);
        return is_uncorrelated(N, latency, size, "correlation of latency and noise");
}
