/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON, each a text to be cleaned, for the program sfp-anonymize: {"id": ..., "text": ...} in, one line of
 * JSON out. Every line stands for itself: a bad one is told and passed over. */
#pragma once

#include "svc-anonymize/cleaner.h"

#include <stdbool.h>
#include <stdio.h>

/* In bytes: the longest text the cleaner takes with every sign escaped, and room for the rest. */
#define LINES_MAX ((size_t)6 * CLEANER_TEXT_MAX + 65536)

enum lines_form {
        LINES_SCAN,   /* {"id","entities":[{"type","start","end","score"}]} */
        LINES_REDACT, /* {"id","text","removals":[{"type","kind","start","end","score"}]} */
};

/* What one line (without its end) becomes, in `arena`, whose limit must allow for it (LINES_ARENA); NULL, with *why,
 * when it is no object with one "id", a text or number, and one "text" of at most CLEANER_TEXT_MAX bytes. Offsets are
 * Unicode code points, half-open; the score is 0 to 1; other keys are passed over; the id comes back as it was written.
 */
const char *lines_answer(struct arena *arena, enum lines_form form, const char *bytes, size_t length, const char **why);

#define LINES_ARENA ((size_t)1 << 30)

/* Answers all lines of `in`, as json_lines_run says. */
bool lines_run(enum lines_form form, FILE *in, FILE *out, FILE *errors);
