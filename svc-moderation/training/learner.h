/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a model of labelled texts: one regression for each category over the same features, weights rounded to eight
 * bits, and a curve from texts that were kept back. What a source did not judge teaches nothing. Deterministic: equal
 * rows in equal order give equal bytes, on one kind of machine. */
#pragma once

#include "svc-moderation/model.h"
#include "svc-moderation/training/corpus.h"

/* Takes some 400 MiB and, for 50,000 texts, half a minute. `model` is to be freed by model_free. */
MUST_CHECK status learner_train(const struct corpus *corpus, struct model **out);
