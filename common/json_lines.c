/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_lines.h"

#include <string.h>

/* The value of a key of the object that is the whole document; 0, which is no value's index, when it has none. */
static uint32_t find_member(const struct json *json, const char *key)
{
        for (uint32_t at = 1; at < json->n_tokens; at = json->tokens[at + 1].next)
                if (json_is(json, at, key))
                        return at + 1;
        return 0;
}

bool json_line_read(struct arena *arena, const char *bytes, size_t length, struct json_line *out, const char **why)
{
        struct json json;
        if (json_scan(arena, bytes, length, &json, why) != STATUS_OK)
                return false;
        bool is_object = json.tokens[0].type == JSON_OBJECT;
        uint32_t id = is_object ? find_member(&json, "id") : 0, text = is_object ? find_member(&json, "text") : 0;
        if (id == 0 || (json.tokens[id].type != JSON_STRING && json.tokens[id].type != JSON_NUMBER))
                return *why = "it is no object with an \"id\" that is a string or a number", false;
        if (text == 0 || json.tokens[text].type != JSON_STRING)
                return *why = "it has no \"text\" that is a string", false;
        *out = (struct json_line){json, id, text};
        return true;
}

void json_line_begin(struct buffer *answer, const struct json_line *line)
{
        const struct json_token *token = &line->json.tokens[line->id];
        size_t quote = token->type == JSON_STRING;
        buffer_puts(answer, "{\"id\":");
        buffer_append(answer, line->json.bytes + token->start - quote, token->length + 2 * quote);
}

/* Reads up to the end of the line; what is behind `max` is dropped and makes *is_long. False when nothing is left. */
static bool read_line(FILE *in, size_t max, char *line, size_t *length, bool *is_long)
{
        int byte = getc_unlocked(in);
        if (byte == EOF)
                return false;
        for (*length = 0, *is_long = false; byte != EOF && byte != '\n'; byte = getc_unlocked(in)) {
                if (*length < max)
                        line[(*length)++] = (char)byte;
                else
                        *is_long = true;
        }
        return true;
}

static bool is_blank(const char *line, size_t length)
{
        return strspn(line, " \t\r") >= length;
}

bool json_lines_run(const struct json_lines *lines, FILE *in, FILE *out, FILE *errors)
{
        struct arena *memory = arena_new(0), *arena = arena_new(lines->arena_memory);
        char *line = arena_alloc(memory, lines->line_max + 1);
        size_t length;
        bool is_long, is_good = true;
        for (size_t number = 1; read_line(in, lines->line_max, line, &length, &is_long); number++) {
                const char *why = "it is too long";
                line[length] = '\0';
                if (!is_long && is_blank(line, length))
                        continue;
                const char *answer = is_long ? NULL : lines->answer(lines->context, arena, line, length, &why);
                if (answer == NULL)
                        fprintf(errors, "line %zu: %s\n", number, why); /* allow(fprintf): a program for people */
                else if (fputs(answer, out) == EOF || fflush(out) == EOF)
                        break;
                is_good = is_good && answer != NULL;
                arena_reset(arena);
        }
        arena_free(arena);
        arena_free(memory);
        return is_good && !ferror(in) && !ferror(out);
}
