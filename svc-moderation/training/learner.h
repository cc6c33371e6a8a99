/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a model of labelled texts: logistic regression, one for each category over the same features, by AdaGrad; what
 * a source did not judge teaches nothing. Deterministic: equal rows in equal order give equal bytes. */
#pragma once

#include "svc-moderation/model.h"
#include "svc-moderation/training/corpus.h"

/* One row in LEARNER_HELD is kept back (by its text's hash) and makes the curves of probability. */
enum { LEARNER_EPOCHS = 6, LEARNER_HELD = 10, LEARNER_DISGUISED = 40 /* percent of rows, beside their plain form */ };

/* Takes some 150 MiB and, for 50,000 texts, about a minute. `model` is to be freed by model_free. */
MUST_CHECK status learner_train(const struct corpus *corpus, struct model **out);
