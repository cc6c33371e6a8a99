/* SPDX-License-Identifier: Apache-2.0 */
/* What speaks for and against a run of words being somebody's name. */
#pragma once

#include "svc-anonymize/tokens.h"

enum { RUN_PARTS_MAX = 5, RUN_LINE_MAX = 64 };

/* What the line of a run is like. */
struct run_line {
        bool is_plain;   /* it has no capitals to go by */
        bool is_foreign; /* most of its small words are none of English: other words may be unknown, too */
};

struct run {
        size_t start, end; /* tokens */
        size_t n_parts;
        size_t behind_name; /* where the name before ended; 0 for none */
        struct run_line line;
};

enum verdict {
        NOBODY,  /* not with this beginning */
        A_FIRM,  /* nor with a later one in the run */
        SOMEBODY /* the run was cut down to the name */
};

/* A name may begin with this word. */
bool evidence_can_begin(const struct tokens *tokens, size_t at, const struct run_line *line);

/* A name may go on with this word, behind a blank / behind a hyphen. */
bool evidence_is_part(const struct tokens *tokens, size_t at, const struct run *run);
bool evidence_can_join(const struct token *token, const struct run *run);

/* "van", between two parts of a name. */
bool evidence_is_particle(const struct token *token, const struct run *run);

enum verdict evidence_judge(const struct tokens *tokens, struct run *run);
