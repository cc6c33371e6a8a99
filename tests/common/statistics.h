/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of random things are judged by. Each bound is exact or on the safe side. */
#pragma once

#include <stdint.h>

/* Clopper and Pearson, 1934: bounds of a probability of which `hits` of `trials` were seen, each wrong with a
 * probability of `alpha` at most. */
double statistics_lower(int64_t hits, int64_t trials, double alpha);
double statistics_upper(int64_t hits, int64_t trials, double alpha);

/* The probability that a chi-square variable of so many degrees of freedom is at least so large. */
double statistics_chi_square_tail(double value, double degrees);

/* Pearson's coefficient. 0 when one of the two does not vary. */
double statistics_correlation(int n, const double *x, const double *y);

/* Replaces values by their ranks, so that what is far out counts as any other. */
void statistics_rank(int n, double *values);
