/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in which somebody has marked what is to be found, for tests and benches of the text engine. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>

struct label {
        char *type;        /* as in identifiers/types.def */
        size_t start, end; /* Unicode code points */
};

struct labelled {
        size_t line;
        char *text;
        size_t n_labels;
        struct label *labels;
};

struct labelled_texts {
        size_t count;
        struct labelled *texts;
};

/* Reads a file of tests/svc-anonymize/corpus: a text a line, labels written {{TYPE|what}}, code points that do not show
 * \u{2060}; lines that begin with '#' are passed over. Everything comes from `arena`. Ends the program when there is no
 * such file. */
struct labelled_texts labelled_read(struct arena *arena, const char *path);

/* Reads lines of {"source","text","entities":[{"type","start","end"}]}: texts whose source begins so, and of their
 * labels those of the blank-separated `types` (" URL CVV "; NULL: all). No texts when there is no such file. */
struct labelled_texts labelled_read_json(struct arena *arena, const char *path, const char *source, const char *types);

/* What the engine made of such texts. A label is found when something was found that shares at least half of the
 * characters the two cover together. */
struct labelled_score {
        size_t labels, found, typed;   /* typed: found as what it is */
        size_t found_in_all, believed; /* things found, and those of them that touch a label */
        size_t clean, damaged;         /* texts without labels, and those of them that lost something */
};

/* Cleans all texts. Tells each difference on standard error if `is_told`. */
struct labelled_score labelled_score(const struct labelled_texts *texts, bool is_told);
