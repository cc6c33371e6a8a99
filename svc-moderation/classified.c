/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/classified.h"

#include "common/buffer.h"
#include "common/json_scan.h"

#include <stdlib.h>
#include <string.h>

/* The value of a key of the object that is the whole document; 0 when it has none. */
static uint32_t find_member(const struct json *json, const char *key)
{
        for (uint32_t at = 1; at < json->n_tokens; at = json->tokens[at + 1].next)
                if (json_is(json, at, key))
                        return at + 1;
        return 0;
}

static const char *answer(
        struct arena *arena, const struct model *model, const struct json *json, uint32_t id, uint32_t text)
{
        const struct json_token *token = &json->tokens[id];
        size_t quote = token->type == JSON_STRING;
        double scores[CATEGORY_COUNT];
        struct buffer out = buffer_in(arena);
        model_scores(model, arena, json_string(arena, json, text), scores);
        buffer_puts(&out, "{\"id\":");
        buffer_append(&out, json->bytes + token->start - quote, token->length + 2 * quote);
        buffer_puts(&out, ",\"scores\":{");
        for (int i = 0; i < CATEGORY_COUNT; i++)
                buffer_printf(&out, "%s\"%s\":%.5f", i > 0 ? "," : "", rules_category_name((enum rules_category)i),
                        scores[i]);
        buffer_puts(&out, "}}\n");
        return buffer_text(&out);
}

const char *classified_answer(
        struct arena *arena, const struct model *model, const char *line, size_t length, const char **why)
{
        struct json json;
        if (json_scan(arena, line, length, &json, why) != STATUS_OK)
                return NULL;
        bool is_object = json.tokens[0].type == JSON_OBJECT;
        uint32_t id = is_object ? find_member(&json, "id") : 0, text = is_object ? find_member(&json, "text") : 0;
        if (id == 0 || (json.tokens[id].type != JSON_STRING && json.tokens[id].type != JSON_NUMBER))
                return *why = "it is no object with an \"id\" that is a string or a number", NULL;
        if (text == 0 || json.tokens[text].type != JSON_STRING)
                return *why = "it has no \"text\" that is a string", NULL;
        return answer(arena, model, &json, id, text);
}

/* Reads up to the end of the line; what is behind the limit is dropped and makes *is_long. False at the end. */
static bool read_line(FILE *in, char *line, size_t *length, bool *is_long)
{
        int byte = getc_unlocked(in);
        if (byte == EOF)
                return false;
        for (*length = 0, *is_long = false; byte != EOF && byte != '\n'; byte = getc_unlocked(in)) {
                if (*length < CLASSIFIED_LINE_MAX)
                        line[(*length)++] = (char)byte;
                else
                        *is_long = true;
        }
        return true;
}

bool classified_run(const struct model *model, FILE *in, FILE *out, FILE *errors)
{
        struct arena *memory = arena_new(0), *arena = arena_new(CLASSIFIED_ARENA);
        char *line = arena_alloc(memory, CLASSIFIED_LINE_MAX + 1);
        size_t length;
        bool is_long, is_good = true;
        for (size_t number = 1; read_line(in, line, &length, &is_long); number++) {
                const char *why = "it is too long";
                if (length == 0)
                        continue;
                line[length] = '\0';
                const char *answered = is_long ? NULL : classified_answer(arena, model, line, length, &why);
                if (answered == NULL)
                        fprintf(errors, "line %zu: %s\n", number, why); /* allow(fprintf): a program for people */
                else if (fputs(answered, out) == EOF)
                        break;
                is_good = is_good && answered != NULL;
                arena_reset(arena);
        }
        is_good = fflush(out) != EOF && is_good;
        arena_free(arena);
        arena_free(memory);
        return is_good && !ferror(in) && !ferror(out);
}
