/* SPDX-License-Identifier: Apache-2.0 */
/* A corpus as a learner sees it: for each text the buckets of its features and what each counts there, which is the
 * share of its block (features.h) times the rarity of the bucket. Some texts are there a second time, disguised. */
#pragma once

#include "svc-moderation/features.h"
#include "svc-moderation/training/corpus.h"

/* One text in EXAMPLES_HELD is kept back and makes the curves of probability: by its hash, those of a grammar by their
 * sentence, since what one sentence makes is alike. */
enum { EXAMPLES_HELD = 10, EXAMPLES_DISGUISED = 50 /* percent of texts */ };

struct example {
        uint32_t count;
        uint8_t labels, unknown; /* as in corpus.h */
        float weight;
        uint32_t *buckets; /* ascending, none twice */
        float *values;
};

struct examples {
        struct arena *arena;
        size_t count;
        struct example *items;
        uint8_t *seen; /* by the upper bits of a hash: in how many texts, up to 255 */
        float *rarity; /* by bucket; 0: too rare to learn from */
};

/* Takes some 5 KiB a text. `with_held`: nothing is kept back. */
void examples_init(struct examples *examples, const struct corpus *corpus, bool with_held);
void examples_fini(struct examples *examples);

bool examples_is_held(const struct corpus_row *row);

/* The features of the first window of a text, in `arena`. */
void examples_features(struct features *features, struct arena *arena, const char *text);
