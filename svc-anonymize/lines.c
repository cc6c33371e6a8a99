/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/lines.h"

#include "common/buffer.h"
#include "common/json_scan.h"
#include "common/json_write.h"

#include <stdlib.h>
#include <string.h>

/* The value of a key of the object that is the whole document; 0, which is no value's index, when it has none. */
static uint32_t find_member(const struct json *json, const char *key)
{
        for (uint32_t at = 1; at < json->n_tokens; at = json->tokens[at + 1].next)
                if (json_is(json, at, key))
                        return at + 1;
        return 0;
}

/* An id as it was written, a string with its quotes. */
static void append_id(struct buffer *out, const struct json *json, uint32_t at)
{
        const struct json_token *token = &json->tokens[at];
        size_t quote = token->type == JSON_STRING;
        buffer_puts(out, "{\"id\":");
        buffer_append(out, json->bytes + token->start - quote, token->length + 2 * quote);
}

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

static const char *answer(
        struct arena *arena, enum lines_form form, const struct json *json, uint32_t id, const char *text)
{
        struct cleaned_text cleaned;
        struct buffer out = buffer_in(arena);
        cleaner_clean(arena, text, &cleaned);
        append_id(&out, json, id);
        if (form == LINES_REDACT) {
                buffer_puts(&out, ",\"text\":");
                json_write_string(&out, cleaned.text);
        }
        buffer_puts(&out, form == LINES_REDACT ? ",\"removals\":[" : ",\"entities\":[");
        append_removals(&out, form, &cleaned);
        return buffer_text(&out);
}

const char *lines_answer(struct arena *arena, enum lines_form form, const char *line, size_t length, const char **why)
{
        struct json json;
        if (json_scan(arena, line, length, &json, why) != STATUS_OK)
                return NULL;
        bool is_object = json.tokens[0].type == JSON_OBJECT;
        uint32_t id = is_object ? find_member(&json, "id") : 0, at = is_object ? find_member(&json, "text") : 0;
        if (id == 0 || (json.tokens[id].type != JSON_STRING && json.tokens[id].type != JSON_NUMBER))
                return *why = "it is no object with an \"id\" that is a string or a number", NULL;
        if (at == 0 || json.tokens[at].type != JSON_STRING)
                return *why = "it has no \"text\" that is a string", NULL;
        const char *text = json_string(arena, &json, at);
        if (strlen(text) > CLEANER_TEXT_MAX)
                return *why = "its text is too long: 262144 bytes are the most", NULL;
        return answer(arena, form, &json, id, text);
}

/* Reads up to the end of the line; what is behind LINES_MAX is dropped and makes *is_long. False when nothing is left.
 */
static bool read_line(FILE *in, char *line, size_t *length, bool *is_long)
{
        int byte = getc_unlocked(in);
        if (byte == EOF)
                return false;
        for (*length = 0, *is_long = false; byte != EOF && byte != '\n'; byte = getc_unlocked(in)) {
                if (*length < LINES_MAX)
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

bool lines_run(enum lines_form form, FILE *in, FILE *out, FILE *errors)
{
        struct arena *memory = arena_new(0), *arena = arena_new(LINES_ARENA);
        char *line = arena_alloc(memory, LINES_MAX + 1);
        size_t length;
        bool is_long, is_good = true;
        for (size_t number = 1; read_line(in, line, &length, &is_long); number++) {
                const char *why = "it is too long";
                line[length] = '\0';
                if (!is_long && is_blank(line, length))
                        continue;
                const char *answered = is_long ? NULL : lines_answer(arena, form, line, length, &why);
                if (answered == NULL)
                        fprintf(errors, "line %zu: %s\n", number, why); /* allow(fprintf): a program for people */
                else if (fputs(answered, out) == EOF || fflush(out) == EOF)
                        break;
                is_good = is_good && answered != NULL;
                arena_reset(arena);
        }
        arena_free(arena);
        arena_free(memory);
        return is_good && !ferror(in) && !ferror(out);
}
