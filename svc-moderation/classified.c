/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/classified.h"

#include "common/json_lines.h"

const char *classified_answer(
        struct arena *arena, const struct model *model, const char *bytes, size_t length, const char **why)
{
        struct json_line line;
        double scores[CATEGORY_COUNT];
        if (!json_line_read(arena, bytes, length, &line, why))
                return NULL;
        struct buffer out = buffer_in(arena);
        model_scores(model, arena, json_string(arena, &line.json, line.text), scores);
        json_line_begin(&out, &line);
        buffer_puts(&out, ",\"scores\":{");
        for (int i = 0; i < CATEGORY_COUNT; i++)
                buffer_printf(&out, "%s\"%s\":%.5f", i > 0 ? "," : "", rules_category_name((enum rules_category)i),
                        scores[i]);
        buffer_puts(&out, "}}\n");
        return buffer_text(&out);
}

static const char *answer_by(const void *model, struct arena *arena, const char *bytes, size_t length, const char **why)
{
        return classified_answer(arena, model, bytes, length, why);
}

bool classified_run(const struct model *model, FILE *in, FILE *out, FILE *errors)
{
        const struct json_lines lines = {answer_by, model, CLASSIFIED_LINE_MAX, CLASSIFIED_ARENA};
        return json_lines_run(&lines, in, out, errors);
}
