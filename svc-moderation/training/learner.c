/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/learner.h"

#include "svc-moderation/training/evasion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float RATE = 0.06F, SHRINK = 1.5e-4F;

enum { SEEN_BITS = 22, SEEN_MIN = 2, CURVE_STEPS = 400, CLIP_PERMILLE = 3 };
static const uint64_t SEED = 0x9E3779B97F4A7C15U;

struct learner {
        const struct corpus *corpus;
        struct arena *arena;
        uint32_t *order;
        size_t n_order;
        uint8_t *seen; /* how often a hash was there, up to SEEN_MIN: what comes once says nothing */
        float *weights, *squares;
        float bias[MODEL_LANES], bias_squares[MODEL_LANES];
        uint64_t seed;
};

static uint32_t hash_text(const char *text)
{
        uint32_t hash = 2166136261U;
        for (; *text != '\0'; text++)
                hash = (hash ^ (unsigned char)*text) * 16777619U;
        return hash ^ hash >> 15;
}

static bool is_held(const struct corpus_row *row)
{
        return hash_text(row->text) % LEARNER_HELD == 0;
}

static void take_features(struct features *features, struct arena *arena, const char *text)
{
        struct folding folded, part;
        size_t at = 0;
        folding_init(&folded, arena, text);
        features_window(&folded, &at, &part);
        features_init(features, arena, part.length);
        features_take(features, arena, &part);
}

static void count_features(struct learner *learner)
{
        struct features features;
        for (size_t i = 0; i < learner->corpus->count; i++) {
                take_features(&features, learner->arena, learner->corpus->rows[i].text);
                for (int block = 0; block < FEATURES_BLOCKS; block++)
                        for (size_t k = 0; k < features.count[block]; k++) {
                                uint8_t *seen = &learner->seen[features.items[block][k].hash >> (32 - SEEN_BITS)];
                                *seen = (uint8_t)(*seen + (*seen < SEEN_MIN));
                        }
                arena_reset(learner->arena);
        }
}

static void drop_rare(const struct learner *learner, struct features *features)
{
        for (int block = 0; block < FEATURES_BLOCKS; block++) {
                size_t kept = 0;
                for (size_t k = 0; k < features->count[block]; k++) {
                        features->items[block][kept] = features->items[block][k];
                        kept += learner->seen[features->items[block][k].hash >> (32 - SEEN_BITS)] >= SEEN_MIN;
                }
                features->count[block] = kept;
        }
}

static void add_up(const struct learner *learner, const struct features *features, const float *share, float *sums)
{
        memcpy(sums, learner->bias, sizeof learner->bias);
        for (int block = 0; block < FEATURES_BLOCKS; block++)
                for (size_t k = 0; k < features->count[block]; k++) {
                        const float *weights =
                                learner->weights +
                                (size_t)(features->items[block][k].hash % FEATURES_BUCKETS) * MODEL_LANES;
                        for (int lane = 0; lane < MODEL_LANES; lane++)
                                sums[lane] += weights[lane] * share[block];
                }
}

static void step(float *weight, float *square, float slope)
{
        *square += slope * slope;
        *weight -= RATE * slope / (1e-4F + sqrtf(*square));
}

static void learn_text(struct learner *learner, const char *text, uint8_t labels, uint8_t unknown)
{
        struct features features;
        float share[FEATURES_BLOCKS], sums[MODEL_LANES], errors[MODEL_LANES] = {0};
        take_features(&features, learner->arena, text);
        for (int block = 0; block < FEATURES_BLOCKS; block++) /* as the model will see it */
                share[block] = 1.0F / sqrtf((float)(features.count[block] == 0 ? 1 : features.count[block]));
        drop_rare(learner, &features);
        add_up(learner, &features, share, sums);
        for (int lane = 0; lane < CATEGORY_COUNT; lane++) {
                bool is_positive = (labels >> lane & 1) != 0;
                if ((unknown >> lane & 1) != 0 && !is_positive)
                        continue;
                errors[lane] = 1.0F / (1.0F + expf(-sums[lane])) - (is_positive ? 1.0F : 0.0F);
                step(&learner->bias[lane], &learner->bias_squares[lane], errors[lane] * 0.1F);
        }
        for (int block = 0; block < FEATURES_BLOCKS; block++)
                for (size_t k = 0; k < features.count[block]; k++) {
                        size_t at = (size_t)(features.items[block][k].hash % FEATURES_BUCKETS) * MODEL_LANES;
                        for (int lane = 0; lane < CATEGORY_COUNT; lane++)
                                if (errors[lane] > 0.002F || errors[lane] < -0.002F)
                                        step(&learner->weights[at + lane], &learner->squares[at + lane],
                                                errors[lane] * share[block] + SHRINK * learner->weights[at + lane]);
                }
}

static void shuffle(struct learner *learner)
{
        for (size_t i = learner->n_order; i > 1; i--) {
                size_t other = evasion_random(&learner->seed) % i;
                uint32_t kept = learner->order[i - 1];
                learner->order[i - 1] = learner->order[other];
                learner->order[other] = kept;
        }
}

static void learn_once(struct learner *learner)
{
        shuffle(learner);
        for (size_t i = 0; i < learner->n_order; i++) {
                const struct corpus_row *row = &learner->corpus->rows[learner->order[i]];
                learn_text(learner, row->text, row->labels, row->unknown);
                arena_reset(learner->arena);
                if (evasion_random(&learner->seed) % 100 >= LEARNER_DISGUISED)
                        continue;
                enum evasion how = (enum evasion)(evasion_random(&learner->seed) % EVASION_COUNT);
                learn_text(learner, evasion_disguise(learner->arena, how, row->text, &learner->seed), row->labels,
                        row->unknown);
                arena_reset(learner->arena);
        }
}

static int compare_floats(const void *a, const void *b)
{
        float x = *(const float *)a, y = *(const float *)b;
        return (x > y) - (x < y);
}

/* The weight that nearly all are below: the few above are cut to it, so that the others keep their differences. */
static float largest(const struct learner *learner, int lane, float *room)
{
        size_t count = 0;
        for (size_t i = 0; i < FEATURES_BUCKETS; i++) {
                float weight = fabsf(learner->weights[i * MODEL_LANES + lane]);
                if (weight > 0)
                        room[count++] = weight;
        }
        if (count == 0)
                return 1;
        qsort(room, count, sizeof *room, compare_floats);
        return room[count - 1 - count * CLIP_PERMILLE / 10000];
}

static void round_weights(const struct learner *learner, struct model *model, float *room)
{
        int8_t *rounded = model->owned;
        for (int lane = 0; lane < MODEL_LANES; lane++) {
                float scale = largest(learner, lane, room) / 127;
                model->head.scale[lane] = scale;
                model->head.bias[lane] = learner->bias[lane];
                model->head.slope[lane] = 1;
                for (size_t i = 0; i < FEATURES_BUCKETS; i++) {
                        float level = learner->weights[i * MODEL_LANES + lane] / scale;
                        rounded[i * MODEL_LANES + lane] = (int8_t)lrintf(level > 127    ? 127
                                                                         : level < -127 ? -127
                                                                                        : level);
                }
        }
}

/* Platt's curve by Newton's method over sums of rows that were kept back. */
static void fit_curve(struct model *model, int lane, size_t count, const float *sums, const uint8_t *is_positive)
{
        double slope = 1, shift = 0;
        for (int n = 0; n < CURVE_STEPS; n++) {
                double ga = 0, gb = 0, haa = 1e-6, hab = 0, hbb = 1e-6;
                for (size_t i = 0; i < count; i++) {
                        double x = sums[i], p = 1 / (1 + exp(-(slope * x + shift))), e = p - is_positive[i];
                        double h = p * (1 - p) + 1e-9;
                        ga += e * x;
                        gb += e;
                        haa += h * x * x;
                        hab += h * x;
                        hbb += h;
                }
                double det = haa * hbb - hab * hab;
                if (!(fabs(det) > 1e-12))
                        break;
                double ds = (hbb * ga - hab * gb) / det, dh = (haa * gb - hab * ga) / det;
                double most = fmax(fabs(ds), fabs(dh)), damp = most > 0.5 ? 0.5 / most : 1;
                slope -= ds * damp;
                shift -= dh * damp;
                if (most < 1e-6)
                        break;
        }
        if (isfinite(slope) && isfinite(shift) && slope > 0) {
                model->head.slope[lane] = (float)slope;
                model->head.shift[lane] = (float)shift;
        }
}

static bool fit_curves(const struct learner *learner, struct model *model)
{
        const struct corpus *corpus = learner->corpus;
        float *sums = calloc(corpus->count + 1, sizeof *sums);             /* allow(calloc): beyond an arena */
        float(*all)[MODEL_LANES] = calloc(corpus->count + 1, sizeof *all); /* allow(calloc): beyond an arena */
        uint8_t *is_positive = calloc(corpus->count + 1, 1);               /* allow(calloc): beyond an arena */
        bool is_good = sums != NULL && all != NULL && is_positive != NULL;
        struct features features;
        for (size_t i = 0; is_good && i < corpus->count; i++)
                if (is_held(&corpus->rows[i])) {
                        take_features(&features, learner->arena, corpus->rows[i].text);
                        model_sums(model, &features, all[i]);
                        arena_reset(learner->arena);
                }
        for (int lane = 0; is_good && lane < CATEGORY_COUNT; lane++) {
                size_t count = 0;
                for (size_t i = 0; i < corpus->count; i++)
                        if (is_held(&corpus->rows[i]) && (corpus->rows[i].unknown >> lane & 1) == 0) {
                                sums[count] = all[i][lane];
                                is_positive[count++] = corpus->rows[i].labels >> lane & 1;
                        }
                fit_curve(model, lane, count, sums, is_positive);
        }
        free(sums);        /* allow(free): see above */
        free(all);         /* allow(free): see above */
        free(is_positive); /* allow(free): see above */
        return is_good;
}

static bool train(struct learner *learner, struct model *model)
{
        count_features(learner);
        for (size_t i = 0; i < learner->corpus->count; i++)
                if (!is_held(&learner->corpus->rows[i]))
                        learner->order[learner->n_order++] = (uint32_t)i;
        for (int epoch = 0; epoch < LEARNER_EPOCHS; epoch++)
                learn_once(learner);
        round_weights(learner, model, learner->squares);
        return fit_curves(learner, model);
}

status learner_train(const struct corpus *corpus, struct model **out)
{
        struct learner learner = {.corpus = corpus, .seed = SEED, .arena = arena_new(0)};
        struct model *model = calloc(1, sizeof *model);                   /* allow(calloc): the caller's */
        learner.order = calloc(corpus->count + 1, sizeof *learner.order); /* allow(calloc): beyond an arena */
        learner.seen = calloc(1U << SEEN_BITS, 1);                        /* allow(calloc): beyond an arena */
        learner.weights = calloc(MODEL_WEIGHTS, sizeof *learner.weights); /* allow(calloc): beyond an arena */
        learner.squares = calloc(MODEL_WEIGHTS, sizeof *learner.squares); /* allow(calloc): beyond an arena */
        if (model != NULL)
                model->weights = model->owned = calloc(MODEL_WEIGHTS, 1); /* allow(calloc): the caller's */
        bool is_good = model != NULL && model->weights != NULL && learner.order != NULL && learner.seen != NULL &&
                       learner.weights != NULL && learner.squares != NULL && train(&learner, model);
        arena_free(learner.arena);
        free(learner.order);   /* allow(free): see above */
        free(learner.seen);    /* allow(free): see above */
        free(learner.weights); /* allow(free): see above */
        free(learner.squares); /* allow(free): see above */
        if (!is_good) {
                model_free(model);
                return STATUS_RESOURCE_EXHAUSTED;
        }
        *out = model;
        return STATUS_OK;
}
