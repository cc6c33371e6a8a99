/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/lines.h"

#include "common/json_lines.h"
#include "common/json_write.h"

#include <string.h>

static void append_removals(struct buffer *out, enum lines_form form, const struct cleaned_text *cleaned)
{
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                const struct cleaner_removal *removal = &cleaned->removals[i];
                buffer_printf(out, "%s{\"type\":\"%s\",", i > 0 ? "," : "", removal->type);
                if (form == LINES_REDACT)
                        buffer_printf(out, "\"kind\":\"%s\",", removal->kind);
                buffer_printf(out, "\"start\":%zu,\"end\":%zu,\"score\":%u.%02u}", removal->start,
                        removal->start + removal->length, removal->score / 100, removal->score % 100);
        }
        buffer_puts(out, "]}\n");
}

static const char *answer(struct arena *arena, enum lines_form form, const struct json_line *line, const char *text)
{
        struct cleaned_text cleaned;
        struct buffer out = buffer_in(arena);
        cleaner_clean(arena, text, &cleaned);
        json_line_begin(&out, line);
        if (form == LINES_REDACT) {
                buffer_puts(&out, ",\"text\":");
                json_write_string(&out, cleaned.text);
        }
        buffer_puts(&out, form == LINES_REDACT ? ",\"removals\":[" : ",\"entities\":[");
        append_removals(&out, form, &cleaned);
        return buffer_text(&out);
}

const char *lines_answer(struct arena *arena, enum lines_form form, const char *bytes, size_t length, const char **why)
{
        struct json_line line;
        if (!json_line_read(arena, bytes, length, &line, why))
                return NULL;
        const char *text = json_string(arena, &line.json, line.text);
        if (strlen(text) > CLEANER_TEXT_MAX)
                return *why = "its text is too long: 262144 bytes are the most", NULL;
        return answer(arena, form, &line, text);
}

static const char *answer_in_form(
        const void *form, struct arena *arena, const char *bytes, size_t length, const char **why)
{
        return lines_answer(arena, *(const enum lines_form *)form, bytes, length, why);
}

bool lines_run(enum lines_form form, FILE *in, FILE *out, FILE *errors)
{
        const struct json_lines lines = {answer_in_form, &form, LINES_MAX, LINES_ARENA};
        return json_lines_run(&lines, in, out, errors);
}
