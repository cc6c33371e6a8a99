/* SPDX-License-Identifier: Apache-2.0 */
/* Logistic regression with a squared penalty, solved in its dual, one example after the other (Yu, Huang, Lin: Dual
 * coordinate descent methods for logistic regression and maximum entropy models, 2011): there is one best answer, no
 * rate to choose, and equal examples in equal order give equal weights. */
#pragma once

#include "svc-moderation/training/examples.h"

/* Weights of a category: FEATURES_BUCKETS of them, and the bias. What nobody judged is left out. */
void regression_fit(const struct examples *examples, int category, float *weights, float *bias);
