/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/svc-anonymize/labelled.h"

#include "common/buffer.h"
#include "common/json_scan.h"
#include "common/text.h"
#include "svc-anonymize/cleaner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 4096, LABELS_MAX = 16, TEXTS_MAX = 4096 };

/* "\u{2060}" at *at becomes its code point, anything else is taken as it is. */
static void take(struct buffer *out, const char **at)
{
        if (strncmp(*at, "\\u{", 3) != 0) {
                buffer_putc(out, *(*at)++);
                return;
        }
        char bytes[4], *end;
        size_t length = text_encode((uint32_t)strtoul(*at + 3, &end, 16), bytes);
        buffer_append(out, bytes, length);
        *at = end + 1;
}

static size_t points_of(const struct buffer *text)
{
        return text_length(buffer_text(text));
}

/* "{{TYPE|what}}" at *at. */
static void take_label(struct arena *arena, struct buffer *out, const char **at, struct labelled *text)
{
        const char *bar = strchr(*at, '|');
        struct label *label = &text->labels[text->n_labels++];
        label->type = arena_strndup(arena, *at + 2, (size_t)(bar - *at - 2));
        label->start = points_of(out);
        for (*at = bar + 1; strncmp(*at, "}}", 2) != 0 || (*at)[2] == '}';)
                take(out, at);
        label->end = points_of(out);
        *at += 2;
}

static struct labelled parse(struct arena *arena, const char *line, size_t number)
{
        struct buffer out = buffer_in(arena);
        struct labelled text = {.line = number};
        text.labels = arena_zalloc(arena, LABELS_MAX * sizeof *text.labels);
        while (*line != '\0' && *line != '\n')
                if (strncmp(line, "{{", 2) == 0 && text.n_labels < LABELS_MAX)
                        take_label(arena, &out, &line, &text);
                else
                        take(&out, &line);
        text.text = arena_strdup(arena, buffer_text(&out));
        return text;
}

struct labelled_texts labelled_read(struct arena *arena, const char *path)
{
        char line[LINE_SIZE];
        struct labelled_texts texts = {.texts = arena_alloc(arena, TEXTS_MAX * sizeof *texts.texts)};
        FILE *file = fopen(path, "r");
        if (file == NULL) {
                perror(path);
                exit(EXIT_FAILURE);
        }
        for (size_t number = 1; fgets(line, sizeof line, file) != NULL && texts.count < TEXTS_MAX; number++)
                if (*line != '#' && *line != '\n')
                        texts.texts[texts.count++] = parse(arena, line, number);
        fclose(file);
        return texts;
}

/* The value of a key of the object at `at`; 0 when it has none. */
static uint32_t member(const struct json *json, uint32_t at, const char *key)
{
        uint32_t end = json->tokens[at].next;
        for (at++; at < end; at = json->tokens[at + 1].next)
                if (json_is(json, at, key))
                        return at + 1;
        return 0;
}

static size_t number(const struct json *json, uint32_t at)
{
        return strtoul(json->bytes + json->tokens[at].start, NULL, 10);
}

static bool is_wanted(const char *type, const char *types)
{
        char padded[64];
        snprintf(padded, sizeof padded, " %s ", type);
        return types == NULL || strstr(types, padded) != NULL;
}

static void read_labels(struct arena *arena, const struct json *json, const char *types, struct labelled *text)
{
        uint32_t list = member(json, 0, "entities"), at = list + 1;
        text->labels = arena_alloc(arena, (json->tokens[list].count + 1) * sizeof *text->labels);
        for (uint32_t i = 0; i < json->tokens[list].count; i++, at = json->tokens[at].next) {
                struct label label = {json_string(arena, json, member(json, at, "type")),
                        number(json, member(json, at, "start")), number(json, member(json, at, "end"))};
                if (is_wanted(label.type, types))
                        text->labels[text->n_labels++] = label;
        }
}

static bool read_json(
        struct arena *arena, const char *line, const char *source, const char *types, struct labelled *out)
{
        struct json json;
        const char *why;
        if (json_scan(arena, line, strlen(line), &json, &why) != STATUS_OK)
                return false;
        if (strncmp(json_string(arena, &json, member(&json, 0, "source")), source, strlen(source)) != 0)
                return false;
        out->text = json_string(arena, &json, member(&json, 0, "text"));
        read_labels(arena, &json, types, out);
        return true;
}

struct labelled_texts labelled_read_json(struct arena *arena, const char *path, const char *source, const char *types)
{
        static char line[1 << 16];
        struct labelled_texts texts = {.texts = arena_zalloc(arena, TEXTS_MAX * sizeof *texts.texts)};
        FILE *file = fopen(path, "r");
        for (size_t at = 1; file != NULL && fgets(line, sizeof line, file) != NULL && texts.count < TEXTS_MAX; at++) {
                texts.texts[texts.count].line = at;
                texts.count += read_json(arena, line, source, types, &texts.texts[texts.count]);
        }
        if (file != NULL)
                fclose(file);
        return texts;
}

static size_t shared(const struct label *label, const struct cleaner_removal *removal)
{
        size_t end = removal->start + removal->length;
        size_t from = label->start > removal->start ? label->start : removal->start;
        size_t to = label->end < end ? label->end : end;
        return to > from ? to - from : 0;
}

/* The removal that finds the label; NULL when none does. */
static const struct cleaner_removal *find(const struct label *label, const struct cleaned_text *cleaned)
{
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                size_t both = shared(label, &cleaned->removals[i]);
                size_t either = label->end - label->start + cleaned->removals[i].length - both;
                if (2 * both >= either)
                        return &cleaned->removals[i];
        }
        return NULL;
}

static bool is_believed(const struct labelled *text, const struct cleaner_removal *removal)
{
        for (size_t i = 0; i < text->n_labels; i++)
                if (shared(&text->labels[i], removal) > 0)
                        return true;
        return false;
}

static void tell(const struct labelled *text, const char *what, const char *type, bool is_told)
{
        if (is_told)
                fprintf(stderr, "%s %s in line %zu: %s\n", what, type, text->line, text->text);
}

static void score_text(
        const struct labelled *text, const struct cleaned_text *cleaned, struct labelled_score *out, bool is_told)
{
        for (size_t i = 0; i < text->n_labels; i++) {
                const struct cleaner_removal *removal = find(&text->labels[i], cleaned);
                bool is_typed = removal != NULL && strcmp(removal->type, text->labels[i].type) == 0;
                out->found += removal != NULL;
                out->typed += is_typed;
                if (!is_typed)
                        tell(text, removal == NULL ? "missed" : removal->type, text->labels[i].type, is_told);
        }
        for (size_t i = 0; i < cleaned->n_removals; i++) {
                bool is_right = is_believed(text, &cleaned->removals[i]);
                out->believed += is_right;
                if (!is_right)
                        tell(text, "invented", cleaned->removals[i].type, is_told);
        }
        out->labels += text->n_labels;
        out->found_in_all += cleaned->n_removals;
        out->clean += text->n_labels == 0;
        out->damaged += text->n_labels == 0 && cleaned->n_removals > 0;
}

struct labelled_score labelled_score(const struct labelled_texts *texts, bool is_told)
{
        struct labelled_score score = {0};
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < texts->count; i++) {
                struct cleaned_text cleaned;
                cleaner_clean(arena, texts->texts[i].text, &cleaned);
                score_text(&texts->texts[i], &cleaned, &score, is_told);
                arena_reset(arena);
        }
        arena_free(arena);
        return score;
}
