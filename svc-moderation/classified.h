/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON, each a text to be classified, for the program sfp-moderation: {"id": ..., "text": ...} in, {"id",
 * "scores"} out. Every line stands for itself: a bad one is told and passed over. */
#pragma once

#include "svc-moderation/model.h"

#include <stdio.h>

/* In bytes: of a line, and of what one needs of an arena. */
#define CLASSIFIED_LINE_MAX ((size_t)8 << 20)
#define CLASSIFIED_ARENA    ((size_t)1 << 31)

/* What one line (without its end) becomes, in `arena`; NULL, with *why, when it is no object with one "id", a string or
 * a number, and one "text" that is a string. The id comes back as it was written, other keys are passed over. */
const char *classified_answer(
        struct arena *arena, const struct model *model, const char *bytes, size_t length, const char **why);

/* Answers all lines of `in`, as json_lines_run says. */
bool classified_run(const struct model *model, FILE *in, FILE *out, FILE *errors);
