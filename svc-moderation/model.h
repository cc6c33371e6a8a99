/* SPDX-License-Identifier: Apache-2.0 */
/* The classifier: one weight of eight bits for each bucket of features and each category, and a curve that makes of
 * their sum a probability. A model is a file: its name and version, the numbers, and a SHA-256 of all before it. */
#pragma once

#include "common/status.h"
#include "svc-moderation/features.h"
#include "svc-moderation/rules.h"

enum { MODEL_VERSION = 4, MODEL_LANES = 8, MODEL_WORDS = 3 };
_Static_assert((int)CATEGORY_COUNT <= (int)MODEL_LANES, "a category has a lane of its own");

/* As it stands in the file, little-endian, the weights and the checksum behind it. */
struct model_head {
        char magic[8]; /* "SFPMODEL" */
        uint32_t version, bits;
        float scale[MODEL_LANES];                     /* of a weight */
        float bias[MODEL_LANES];                      /* of the sum */
        float slope[MODEL_LANES], shift[MODEL_LANES]; /* of the curve 1 / (1 + exp(-(slope * sum + shift))) */
        float doubt[MODEL_LANES];                     /* probability = doubt + (1 - 2 * doubt) * curve */
};

enum { MODEL_WEIGHTS = FEATURES_BUCKETS * MODEL_LANES, MODEL_CHECKSUM = 32 };
#define MODEL_FILE_SIZE (sizeof(struct model_head) + MODEL_WEIGHTS + MODEL_CHECKSUM)

struct model {
        struct model_head head;
        char name[17];         /* the first half of the checksum, in hexadecimal */
        const int8_t *weights; /* [bucket][lane] */
        void *owned;           /* freed with the model; NULL: the weights are in bytes of somebody else's */
};

/* The bytes of a file, which must stay as long as the model; INVALID_ARGUMENT, with *why, when they are not one of this
 * version, or damaged. */
MUST_CHECK status model_read(const unsigned char *bytes, size_t length, struct model **out, const char **why);

/* The same of the file at `path`; NOT_FOUND when it cannot be read. */
MUST_CHECK status model_load(const char *path, struct model **out, const char **why);

/* Writes the file beside `path` and puts it there at once. */
MUST_CHECK status model_save(const struct model *model, const char *path);

/* NULL is allowed. */
void model_free(struct model *model);

/* The probability of each category, 0 to 1, of well-formed UTF-8: the highest of its windows. Takes time in the length;
 * any number of threads may ask. What it needs is in `arena`, which may be reset behind it. */
void model_scores(const struct model *model, struct arena *arena, const char *text, double scores[CATEGORY_COUNT]);

/* The same of a text folded already. */
void model_scores_of(
        const struct model *model, struct arena *arena, const struct folding *folded, double scores[CATEGORY_COUNT]);

/* The words that weighed most for a category, at most MODEL_WORDS, heaviest first, in code points. */
size_t model_words(const struct model *model, struct arena *arena, const struct folding *folded,
        enum rules_category category, struct span words[MODEL_WORDS]);

/* The sums of one text's features, before they are a probability. */
void model_sums(const struct model *model, const struct features *features, float sums[MODEL_LANES]);
