/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/learner.h"

#include "svc-moderation/training/curve.h"
#include "svc-moderation/training/examples.h"
#include "svc-moderation/training/regression.h"

#include <math.h>
#include <stdlib.h>

enum { CLIP_OF_TEN_THOUSAND = 3, WEIGHT_MOST = 127 };

/* Texts of grammars count less for the curves than for the weights: they are more than they would be in the world. */
static const float OWN_IN_CURVE = 0.25F;

/* However sure a curve is, it is wrong about one text in three hundred, and more often where what is asked is like no
 * source that was learned: insults need no word that is one, despair has many, and each scam is a new one. Chosen for
 * the least error on labelled texts that were not learned, and scams for the fewest false alarms. */
static const float doubts[CATEGORY_COUNT] = {
        [CATEGORY_spam] = 0.003F,
        [CATEGORY_harassment] = 0.0142F,
        [CATEGORY_hate] = 0.006F,
        [CATEGORY_sexual] = 0.003F,
        [CATEGORY_self_harm] = 0.008F,
        [CATEGORY_scam] = 0.0125F,
        [CATEGORY_misinformation] = 0.003F,
};

static int compare_floats(const void *a, const void *b)
{
        float x = *(const float *)a, y = *(const float *)b;
        return (x > y) - (x < y);
}

/* The weight that nearly all are below: the few above are cut to it, so that the others keep their differences. */
static float largest(const float *weights, float *room)
{
        size_t count = 0;
        for (size_t i = 0; i < FEATURES_BUCKETS; i++)
                if (weights[i] != 0)
                        room[count++] = fabsf(weights[i]);
        if (count == 0)
                return 1;
        qsort(room, count, sizeof *room, compare_floats);
        return room[count - 1 - count * CLIP_OF_TEN_THOUSAND / 10000];
}

static void round_weights(struct model *model, int lane, const float *weights, float *room)
{
        int8_t *rounded = model->owned;
        float scale = largest(weights, room) / WEIGHT_MOST;
        model->head.scale[lane] = scale;
        for (size_t i = 0; i < FEATURES_BUCKETS; i++) {
                float level = fmaxf(-WEIGHT_MOST, fminf(WEIGHT_MOST, weights[i] / scale));
                rounded[i * MODEL_LANES + (size_t)lane] = (int8_t)lrintf(level);
        }
}

/* A model asks for no rarity: it is in its weights. */
static void learn(struct model *model, const struct corpus *corpus, bool with_held, struct arena *arena)
{
        float *weights = arena_alloc(arena, FEATURES_BUCKETS * sizeof *weights);
        float *room = arena_alloc(arena, FEATURES_BUCKETS * sizeof *room);
        struct examples examples;
        examples_init(&examples, corpus, with_held);
        for (int lane = 0; lane < CATEGORY_COUNT; lane++) {
                regression_fit(&examples, lane, weights, &model->head.bias[lane]);
                for (size_t i = 0; i < FEATURES_BUCKETS; i++)
                        weights[i] *= examples.rarity[i];
                round_weights(model, lane, weights, room);
        }
        examples_fini(&examples);
}

struct held {
        const struct corpus_row *row;
        float sums[MODEL_LANES];
};

static size_t ask_held(const struct model *model, const struct corpus *corpus, struct held *held)
{
        struct arena *arena = arena_new(0);
        struct features features;
        size_t count = 0;
        for (size_t i = 0; i < corpus->count; i++)
                if (examples_is_held(&corpus->rows[i])) {
                        held[count].row = &corpus->rows[i];
                        examples_features(&features, arena, corpus->rows[i].text);
                        model_sums(model, &features, held[count++].sums);
                        arena_reset(arena);
                }
        arena_free(arena);
        return count;
}

static void fit_curve(struct model *model, int lane, const struct held *held, size_t n_held, struct curve_point *points)
{
        size_t count = 0;
        for (size_t i = 0; i < n_held; i++) {
                const struct corpus_row *row = held[i].row;
                if ((row->unknown >> lane & 1) == 0)
                        points[count++] = (struct curve_point){held[i].sums[lane],
                                row->is_own ? row->weight * OWN_IN_CURVE : row->weight, (row->labels >> lane & 1) != 0};
        }
        struct curve curve = curve_fit(count, points);
        model->head.slope[lane] = curve.slope;
        model->head.shift[lane] = curve.shift;
        model->head.doubt[lane] = doubts[lane];
}

static void fit_curves(struct model *model, const struct corpus *corpus, struct arena *arena)
{
        struct held *held = arena_alloc(arena, (corpus->count + 1) * sizeof *held);
        struct curve_point *points = arena_alloc(arena, (corpus->count + 1) * sizeof *points);
        size_t n_held = ask_held(model, corpus, held);
        for (int lane = 0; lane < CATEGORY_COUNT; lane++)
                fit_curve(model, lane, held, n_held, points);
}

/* Curves are of a model that did not see the texts they are made of; what ships has seen all. */
static void train(const struct corpus *corpus, struct model *model)
{
        struct arena *arena = arena_new((size_t)1 << 30);
        learn(model, corpus, false, arena);
        fit_curves(model, corpus, arena);
        learn(model, corpus, true, arena);
        arena_free(arena);
}

status learner_train(const struct corpus *corpus, struct model **out)
{
        struct model *model = calloc(1, sizeof *model); /* allow(calloc): the caller's */
        if (model != NULL)
                model->weights = model->owned = calloc(MODEL_WEIGHTS, 1); /* allow(calloc): the caller's */
        if (model == NULL || model->owned == NULL) {
                model_free(model);
                return STATUS_RESOURCE_EXHAUSTED;
        }
        train(corpus, model);
        *out = model;
        return STATUS_OK;
}
