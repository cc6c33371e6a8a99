/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/regression.h"

#include "svc-moderation/training/evasion.h"

#include <math.h>
#include <string.h>

/* COST is that of an error beside the penalty; rounds end early when no step is left that is worth it. */
enum { ROUNDS_MAX = 15, NEWTON_STEPS = 20 };
static const double COST = 12, WORTH = 0.05, EXACT = 1e-4;
static const uint64_t SEED = 0x9E3779B97F4A7C15U;

struct pupil { /* an example with what the solver keeps of it */
        const struct example *example;
        double side; /* 1 or -1 */
        double cost, dual, length;
};

struct regression {
        size_t count;
        struct pupil *pupils;
        float *weights, bias;
        uint64_t seed;
};

static double sum_of(const struct regression *regression, const struct example *example)
{
        double sum = regression->bias;
        for (uint32_t i = 0; i < example->count; i++)
                sum += (double)regression->weights[example->buckets[i]] * example->values[i];
        return sum;
}

static void move(struct regression *regression, const struct pupil *pupil, double by)
{
        const struct example *example = pupil->example;
        for (uint32_t i = 0; i < example->count; i++)
                regression->weights[example->buckets[i]] += (float)(by * pupil->side * example->values[i]);
        regression->bias += (float)(by * pupil->side);
}

static void enrol(struct regression *regression, const struct example *example, bool is_positive)
{
        struct pupil *pupil = &regression->pupils[regression->count++];
        *pupil = (struct pupil){.example = example,
                .side = is_positive ? 1 : -1,
                .cost = COST * example->weight,
                .length = 1 /* of the bias */};
        for (uint32_t i = 0; i < example->count; i++)
                pupil->length += (double)example->values[i] * example->values[i];
        pupil->dual = fmin(0.001 * pupil->cost, 1e-8);
        move(regression, pupil, pupil->dual);
}

static void shuffle(struct regression *regression)
{
        for (size_t i = regression->count; i > 1; i--) {
                size_t other = evasion_random(&regression->seed) % i;
                struct pupil kept = regression->pupils[i - 1];
                regression->pupils[i - 1] = regression->pupils[other];
                regression->pupils[other] = kept;
        }
}

/* Newton's method in one variable, from whichever end of 0..cost the answer is nearer to; says how far off it was. */
static double learn(struct regression *regression, struct pupil *pupil)
{
        double cost = pupil->cost, slope = pupil->side * sum_of(regression, pupil->example);
        bool is_low = 0.5 * pupil->length * (cost - 2 * pupil->dual) + slope >= 0;
        double from = is_low ? pupil->dual : cost - pupil->dual, sign = is_low ? 1 : -1, z = from;
        z = cost - z < 0.5 * cost ? 0.1 * z : z;
        double rise = pupil->length * (z - from) + sign * slope + log(z / (cost - z)), off = fabs(rise);
        for (int n = 0; n < NEWTON_STEPS && fabs(rise) > EXACT; n++) {
                double next = z - rise / (pupil->length + cost / (cost - z) / z);
                z = next <= 0 ? z * 0.1 : next < cost ? next : cost - (cost - z) * 0.1;
                rise = pupil->length * (z - from) + sign * slope + log(z / (cost - z));
        }
        double dual = is_low ? z : cost - z;
        move(regression, pupil, dual - pupil->dual);
        pupil->dual = dual;
        return off;
}

static void solve(struct regression *regression)
{
        for (int round = 0; round < ROUNDS_MAX; round++) {
                double worst = 0;
                shuffle(regression);
                for (size_t i = 0; i < regression->count; i++)
                        worst = fmax(worst, learn(regression, &regression->pupils[i]));
                if (worst < WORTH)
                        return;
        }
}

void regression_fit(const struct examples *examples, int category, float *weights, float *bias)
{
        struct arena *arena = arena_new((size_t)1 << 30);
        struct regression regression = {.weights = weights, .seed = SEED};
        regression.pupils = arena_alloc(arena, (examples->count + 1) * sizeof *regression.pupils);
        memset(weights, 0, FEATURES_BUCKETS * sizeof *weights);
        for (size_t i = 0; i < examples->count; i++) {
                const struct example *example = &examples->items[i];
                bool is_positive = (example->labels >> category & 1) != 0;
                if (is_positive || (example->unknown >> category & 1) == 0)
                        enrol(&regression, example, is_positive);
        }
        solve(&regression);
        *bias = regression.bias;
        arena_free(arena);
}
