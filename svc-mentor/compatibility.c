/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/compatibility.h"

#include <string.h>

static const struct {
        const char *name;
        double weight;
} criteria[CRITERIA] = {
        [EXPERTISE] = {"expertise", 0.30},
        [GOAL_FIT] = {"goal_fit", 0.20},
        [LANGUAGE] = {"language", 0.15},
        [SCHEDULE] = {"schedule", 0.15},
        [STYLE] = {"style", 0.10},
        [CAPACITY] = {"capacity", 0.10},
};

static const double TOP_FACTOR = 1.5;

const char *criterion_name(enum criterion criterion)
{
        return criteria[criterion].name;
}

static double clamped(double value)
{
        return value > 1 ? 1 : value > 0 ? value : 0;
}

struct compatibility compatibility_of(const double values[CRITERIA], const char *top)
{
        struct compatibility result = {.score = 0};
        double sum = 0;
        for (int c = 0; c < CRITERIA; c++) {
                result.weights[c] = criteria[c].weight;
                if (top != NULL && strcmp(criteria[c].name, top) == 0)
                        result.weights[c] *= TOP_FACTOR;
                sum += result.weights[c];
        }
        for (int c = 0; c < CRITERIA; c++) {
                result.values[c] = clamped(values[c]);
                result.weights[c] /= sum;
                result.score += 100 * result.weights[c] * result.values[c];
        }
        return result;
}
