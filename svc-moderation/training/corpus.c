/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/corpus.h"

#include "common/json_scan.h"
#include "svc-moderation/training/grammar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CORPUS_MEMORY ((size_t)4 << 30)

void corpus_init(struct corpus *corpus)
{
        *corpus = (struct corpus){.arena = arena_new(CORPUS_MEMORY)};
}

void corpus_fini(struct corpus *corpus)
{
        arena_free(corpus->arena);
        free(corpus->rows); /* allow(free): grows beyond an arena */
}

void corpus_add(struct corpus *corpus, const struct corpus_row *row)
{
        if (corpus->count == CORPUS_ROWS_MAX)
                return;
        if (corpus->count == corpus->room) {
                corpus->room = corpus->room == 0 ? 1024 : corpus->room * 2;
                struct corpus_row *rows =
                        realloc(corpus->rows, corpus->room * sizeof *rows); /* allow(realloc): grows */
                if (rows == NULL)
                        abort();
                corpus->rows = rows;
        }
        struct corpus_row *copy = &corpus->rows[corpus->count++];
        *copy = *row;
        copy->id = arena_strdup(corpus->arena, row->id);
        copy->source = arena_strdup(corpus->arena, row->source);
        copy->text = arena_strdup(corpus->arena, row->text);
        copy->func = arena_strdup(corpus->arena, row->func);
        copy->weight = row->weight > 0 ? row->weight : 1;
}

static uint8_t bits_of(const struct json *json, uint32_t at)
{
        uint8_t bits = 0;
        for (uint32_t i = at + 1; json->tokens[at].type == JSON_ARRAY && i < json->tokens[at].next; i++)
                for (int category = 0; category < CATEGORY_COUNT; category++)
                        if (json->tokens[i].type == JSON_STRING &&
                                json_is(json, i, rules_category_name((enum rules_category)category)))
                                bits |= (uint8_t)(1U << category);
        return bits;
}

static bool is_listed(const char *sources, const char *source)
{
        size_t length = strlen(source);
        for (const char *at = sources; at != NULL; at = strchr(at, ',')) {
                at += *at == ',';
                if (strncmp(at, source, length) == 0 && (at[length] == ',' || at[length] == '\0'))
                        return true;
        }
        return sources == NULL;
}

static bool take_line(struct corpus *corpus, struct arena *arena, const char *line, size_t length, const char *sources)
{
        struct json json;
        const char *why;
        struct corpus_row row = {.id = "", .source = "", .text = NULL, .func = ""};
        if (json_scan(arena, line, length, &json, &why) != STATUS_OK || json.tokens[0].type != JSON_OBJECT)
                return false;
        for (uint32_t at = 1; at < json.n_tokens; at = json.tokens[at + 1].next) {
                uint32_t value = at + 1;
                if (json_is(&json, at, "labels"))
                        row.labels = bits_of(&json, value);
                else if (json_is(&json, at, "unk") || json_is(&json, at, "weak"))
                        row.unknown |= bits_of(&json, value);
                else if (json.tokens[value].type != JSON_STRING)
                        continue;
                else if (json_is(&json, at, "dom"))
                        row.is_finance = json_is(&json, value, "fin");
                else if (json_is(&json, at, "text"))
                        row.text = json_string(arena, &json, value);
                else if (json_is(&json, at, "id"))
                        row.id = json_string(arena, &json, value);
                else if (json_is(&json, at, "source"))
                        row.source = json_string(arena, &json, value);
                else if (json_is(&json, at, "func"))
                        row.func = json_string(arena, &json, value);
        }
        if (row.text != NULL && is_listed(sources, row.source))
                corpus_add(corpus, &row);
        return row.text != NULL;
}

status corpus_load(struct corpus *corpus, const char *path, const char *sources)
{
        gzFile file = gzopen(path, "rbe");
        if (file == NULL)
                return fprintf(stderr, "%s cannot be read\n", path), STATUS_NOT_FOUND; /* allow(fprintf): for people */
        struct arena *arena = arena_new(0);
        char *line = malloc(CORPUS_LINE_MAX); /* allow(malloc): larger than an arena's block */
        bool is_good = line != NULL;
        for (size_t number = 1; is_good && gzgets(file, line, CORPUS_LINE_MAX) != NULL; number++) {
                is_good = take_line(corpus, arena, line, strcspn(line, "\r\n"), sources);
                if (!is_good)
                        fprintf(stderr, "%s:%zu: no labelled text\n", path, number); /* allow(fprintf): for people */
                arena_reset(arena);
        }
        free(line); /* allow(free): see above */
        arena_free(arena);
        gzclose(file);
        return is_good ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

struct own_texts {
        struct corpus *corpus;
        float weight;
};

static void take_own(void *taker, const struct grammar_text *text)
{
        const struct own_texts *own = taker;
        corpus_add(own->corpus, &(struct corpus_row){.id = "",
                                        .source = "own",
                                        .text = text->text,
                                        .func = "",
                                        .labels = (uint8_t)text->labels,
                                        .unknown = (uint8_t)text->unjudged,
                                        .is_own = true,
                                        .sentence = text->sentence,
                                        .weight = own->weight});
}

status corpus_load_texts(struct corpus *corpus, const char *folder, size_t per_sentence, float weight)
{
        struct own_texts own = {corpus, weight};
        struct grammar *grammar = grammar_new();
        const char *why;
        bool is_read = grammar_read_folder(grammar, folder, &why);
        if (is_read)
                grammar_expand(grammar, per_sentence, take_own, &own);
        else
                fprintf(stderr, "%s\n", why); /* allow(fprintf): for people */
        grammar_free(grammar);
        return is_read ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}
