/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled texts in memory: lines of JSON {"id","source","text","labels","unk","dom","func"}, plain or gzip. */
#pragma once

#include "common/arena.h"
#include "common/status.h"
#include "svc-moderation/rules.h"

#include <stdint.h>

enum { CORPUS_ROWS_MAX = 1000000, CORPUS_LINE_MAX = 1 << 20 };

struct corpus_row {
        const char *id, *source, *text, *func; /* func: "" when it belongs to no suite */
        uint8_t labels, unknown;               /* bits of categories: what it is; what nobody judged */
        bool is_finance, is_own;               /* own: of a grammar, not of a source */
        size_t sentence;                       /* of the grammar, when it is own */
        float weight;                          /* of its error beside those of others; 0 is taken for 1 */
};

struct corpus {
        struct arena *arena;
        size_t count, room;
        struct corpus_row *rows;
};

void corpus_init(struct corpus *corpus);
void corpus_fini(struct corpus *corpus);

/* Adds a row; its texts are copied. */
void corpus_add(struct corpus *corpus, const struct corpus_row *row);

/* Adds the rows of a file; only those whose source is one of `sources`, parted by commas, unless it is NULL. Says what
 * is wrong on standard error. */
MUST_CHECK status corpus_load(struct corpus *corpus, const char *path, const char *sources);

/* Adds texts of the grammars in a folder (grammar.h), `per_sentence` of each sentence. */
MUST_CHECK status corpus_load_texts(struct corpus *corpus, const char *folder, size_t per_sentence, float weight);
