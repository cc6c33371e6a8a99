/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON, {"id": ..., "text": ...} each, answered by one line of JSON each: for programs that look at texts.
 * Every line stands for itself: a bad one is told and passed over. */
#pragma once

#include "common/buffer.h"
#include "common/json_scan.h"

#include <stdio.h>

struct json_line {
        struct json json;
        uint32_t id, text; /* tokens: a string or a number; a string */
};

/* Reads one line (without its end) into `arena`. False, with *why, when it is no object with such an "id" and "text";
 * other keys are passed over. */
bool json_line_read(
        struct arena *arena, const char *bytes, size_t length, struct json_line *out, const char **why) MUST_CHECK;

/* Begins an answer: {"id": and the id as it was written. */
void json_line_begin(struct buffer *answer, const struct json_line *line);

struct json_lines {
        /* What one line becomes, with its end, in `arena`; NULL, with *why, which has no text of the line, when it is
         * bad. */
        const char *(*answer)(
                const void *context, struct arena *arena, const char *bytes, size_t length, const char **why);
        const void *context;
        size_t line_max;     /* in bytes; longer ones are bad */
        size_t arena_memory; /* limit of the arena of one line */
};

/* Answers each line of `in` on `out`, at once; empty ones are passed over. A bad line is told on `errors` with its
 * number. Takes memory for one line, however many there are. True when all lines were good and all answers were
 * written. */
bool json_lines_run(const struct json_lines *lines, FILE *in, FILE *out, FILE *errors);
