/* SPDX-License-Identifier: Apache-2.0 */
/* How far the noise of a release may have moved a percentile, by simulating it: post-processing, which costs nothing
 * and is the same whenever it is asked for. */
#pragma once

#include "svc-peers/policy.h"

/* Between *low and *high the true share lies in 95 of 100 cases, give or take two. */
void interval_of(const struct released_counts *released, size_t bin, double *low, double *high);
