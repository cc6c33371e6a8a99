/* SPDX-License-Identifier: Apache-2.0 */
/* How well a model does on labelled texts. PR-AUC is average precision, equal scores being one step; ECE has 15 bins of
 * equal width; a row is left out for the categories nobody judged; a row of a suite passes when its labels reach the
 * threshold and no other known category does. */
#pragma once

#include "svc-moderation/model.h"
#include "svc-moderation/training/corpus.h"

#include <stdio.h>

struct evaluation_row {
        size_t count, positives;
        double area;                    /* PR-AUC */
        double precision[2], recall[2]; /* at 0.5, 0.8; precision 1 when nothing is there */
        double calibration;             /* ECE */
};

struct evaluation {
        struct evaluation_row categories[CATEGORY_COUNT];
        double macro;            /* mean of the areas of categories with positives */
        double finance_alarm[2]; /* share of benign finance texts with any category at 0.5, 0.8 */
        double benign_alarm[2];
};

/* Final scores of each row, count * CATEGORY_COUNT, to be freed. NULL when memory is out. */
double *evaluation_scores(const struct model *model, const struct corpus *corpus);

void evaluation_make(const struct corpus *corpus, const double *scores, struct evaluation *out);

enum { EVALUATION_PLAIN = -1 }; /* beside the evasions: as it was written */

struct evaluation_recall {
        size_t labels;
        double share[2]; /* of the labels, that reach 0.5, 0.8 */
};

/* What a model finds of the first 1,500 violating rows under an evasion, all categories together. */
struct evaluation_recall evaluation_disguised(const struct model *model, const struct corpus *corpus, int evasion);

/* Tables for people: all of the above; suites, if there are any; recall under each disguise. */
void evaluation_print(const struct model *model, const struct corpus *corpus, FILE *out);
