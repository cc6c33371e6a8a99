/* SPDX-License-Identifier: Apache-2.0 */
/* Continued fractions and series as in Abramowitz and Stegun, 6.5.29, 6.5.31 and 26.5.8, evaluated by Lentz's method.
 */
#include "tests/common/statistics.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 100000, HALVINGS = 200 };

static const double tiny = 1e-300, enough = 1e-15;

static double lentz_guard(double x)
{
        return fabs(x) < tiny ? tiny : x;
}

static double beta_fraction(double a, double b, double x)
{
        double c = 1, d = 1 / lentz_guard(1 - (a + b) * x / (a + 1)), value = d;
        for (int m = 1; m < ROUNDS; m++) {
                double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
                d = 1 / lentz_guard(1 + even * d);
                c = lentz_guard(1 + even / c);
                value *= d * c;
                double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
                d = 1 / lentz_guard(1 + odd * d);
                c = lentz_guard(1 + odd / c);
                value *= d * c;
                if (fabs(d * c - 1) < enough)
                        break;
        }
        return value;
}

/* The regularised incomplete beta function. */
static double beta(double a, double b, double x)
{
        if (x <= 0 || x >= 1)
                return x <= 0 ? 0 : 1;
        double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
        return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                         : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* Where the beta function reaches `p`. */
static double beta_quantile(double a, double b, double p)
{
        double low = 0, high = 1;
        for (int i = 0; i < HALVINGS; i++) {
                double middle = (low + high) / 2;
                *(beta(a, b, middle) < p ? &low : &high) = middle;
        }
        return (low + high) / 2;
}

double statistics_lower(int64_t hits, int64_t trials, double alpha)
{
        return hits == 0 ? 0 : beta_quantile((double)hits, (double)(trials - hits + 1), alpha);
}

double statistics_upper(int64_t hits, int64_t trials, double alpha)
{
        return hits == trials ? 1 : 1 - beta_quantile((double)(trials - hits), (double)(hits + 1), alpha);
}

static double gamma_series(double a, double x)
{
        double term = 1 / a, sum = term;
        for (int n = 1; n < ROUNDS && term > sum * enough; n++)
                sum += term *= x / (a + n);
        return sum * exp(a * log(x) - x - lgamma(a));
}

static double gamma_fraction(double a, double x)
{
        double b = x + 1 - a, c = 1 / tiny, d = 1 / lentz_guard(b), value = d;
        for (int n = 1; n < ROUNDS; n++) {
                double an = -n * (n - a);
                b += 2;
                d = 1 / lentz_guard(an * d + b);
                c = lentz_guard(b + an / c);
                value *= d * c;
                if (fabs(d * c - 1) < enough)
                        break;
        }
        return value * exp(a * log(x) - x - lgamma(a));
}

double statistics_chi_square_tail(double value, double degrees)
{
        double a = degrees / 2, x = value / 2;
        if (x <= 0)
                return 1;
        return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

double statistics_correlation(int n, const double *x, const double *y)
{
        double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < n; i++) {
                mean_x += x[i] / n;
                mean_y += y[i] / n;
        }
        for (int i = 0; i < n; i++) {
                xx += (x[i] - mean_x) * (x[i] - mean_x);
                yy += (y[i] - mean_y) * (y[i] - mean_y);
                xy += (x[i] - mean_x) * (y[i] - mean_y);
        }
        return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
}

struct ranked {
        double value;
        int place;
};

static int compare(const void *left, const void *right)
{
        const struct ranked *a = left, *b = right;
        return (a->value > b->value) - (a->value < b->value);
}

void statistics_rank(int n, double *values)
{
        struct ranked *ranked = malloc((size_t)n * sizeof *ranked);
        if (ranked == NULL)
                abort();
        for (int i = 0; i < n; i++)
                ranked[i] = (struct ranked){values[i], i};
        qsort(ranked, (size_t)n, sizeof *ranked, compare);
        for (int from = 0, to; from < n; from = to) {
                for (to = from + 1; to < n && !(ranked[to].value > ranked[from].value);)
                        to++;
                for (int i = from; i < to; i++)
                        values[ranked[i].place] = (from + to - 1) / 2.0;
        }
        free(ranked);
}
