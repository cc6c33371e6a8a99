/* SPDX-License-Identifier: Apache-2.0 */
/* A parametric bootstrap (Efron, Tibshirani, An Introduction to the Bootstrap, 1993, ch. 6 and 13): noise is added to
 * what was released as it was added to the truth, and how far that moves the share is how far the share may be off. The
 * numbers are no secret, so they come of a generator that always begins the same (splitmix64). */
#include "svc-peers/interval.h"

#include <math.h>
#include <stdlib.h>

/* A little less than the 2.5 % of each side, by which the simulation falls short in groups that are just large enough.
 */
enum { ROUNDS = 400, TAIL = 6, PARTS_DRAWN = 4 };

static uint64_t next(uint64_t *state)
{
        uint64_t z = *state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
}

/* Between 0 and 1, and neither. */
static double uniform(uint64_t *state)
{
        return ((double)(next(state) >> 12) + 0.5) / (double)(1ull << 52);
}

static double laplace(uint64_t *state, double scale)
{
        double u = uniform(state) - 0.5;
        return u < 0 ? scale * log(1 + 2 * u) : -scale * log(1 - 2 * u);
}

/* The sum of many is as good as normal. */
static double noise(uint64_t *state, double scale, int n_parts)
{
        double sum = 0;
        if (n_parts > PARTS_DRAWN)
                return scale * sqrt(2.0 * n_parts) * sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state));
        for (int i = 0; i < n_parts; i++)
                sum += laplace(state, scale);
        return sum;
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;
        return (a > b) - (a < b);
}

/* The nearest counts that are not negative and have the same sum (Duchi and others, Efficient Projections onto the
 * l1-Ball, 2008): leaving negative ones out makes people of noise. */
static double project(const double *counts, size_t n_counts, double *out)
{
        double total = 0, level = 0, sum = 0;
        for (size_t i = 0; i < n_counts; i++) {
                out[i] = counts[i];
                total += counts[i];
        }
        qsort(out, n_counts, sizeof *out, compare);
        for (size_t i = n_counts; i-- > 0;) {
                sum += out[i];
                if (out[i] <= (sum - total) / (double)(n_counts - i))
                        break;
                level = (sum - total) / (double)(n_counts - i);
        }
        for (size_t i = 0; i < n_counts; i++)
                out[i] = fmax(counts[i] - level, 0);
        return total;
}

static double share_of(const double *counts, size_t n_counts, size_t bin)
{
        double whole[BINS_MAX], below = 0;
        double total = project(counts, n_counts, whole);
        for (size_t i = 0; i <= bin; i++)
                below += i < bin ? whole[i] : whole[i] / 2;
        return total > 0 ? fmin(below / total, 1) : -1;
}

void interval_of(const struct released_counts *released, size_t bin, double *low, double *high)
{
        uint64_t state = 1;
        double errors[ROUNDS], counts[BINS_MAX], whole[BINS_MAX], noised[BINS_MAX];
        double scale = 1e6 / (double)released->epsilon_micro;
        for (size_t i = 0; i < released->n_counts; i++)
                counts[i] = (double)released->counts[i];
        double share = share_of(counts, released->n_counts, bin);
        if (share < 0) {
                *low = 0;
                *high = 1;
                return;
        }
        project(counts, released->n_counts, whole);
        for (int round = 0; round < ROUNDS; round++) {
                for (size_t i = 0; i < released->n_counts; i++)
                        noised[i] = whole[i] + noise(&state, scale, released->n_parts);
                double moved = share_of(noised, released->n_counts, bin);
                errors[round] = moved < 0 ? 1 - share : moved - share;
        }
        qsort(errors, ROUNDS, sizeof *errors, compare);
        *low = fmax(share - errors[ROUNDS - 1 - TAIL], 0);
        *high = fmin(share - errors[TAIL], 1);
}
