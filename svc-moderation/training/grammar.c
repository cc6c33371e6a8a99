/* SPDX-License-Identifier: Apache-2.0 */
/* Reads grammars. Every bound is looked at before something grows by it. */
#include "svc-moderation/training/grammar.h"

#include "common/buffer.h"
#include "svc-moderation/training/grammar_tree.h"

#include <string.h>

enum { ARENA_LIMIT = 1 << 30 };

/* One line being read, with those that go on with it. */
struct reader {
        struct grammar *grammar;
        struct place place;
        const char *at; /* NUL-terminated */
        uint32_t labels, unjudged;
        size_t most; /* texts of a sentence; 0: as many as are asked for */
        bool has_labels;
        const char *why;
};

static const char *const labels[] = {
#define CATEGORY(name, at, below) #name,
        RULES_CATEGORIES(CATEGORY)
#undef CATEGORY
};

struct grammar *grammar_new(void)
{
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct grammar *grammar = arena_zalloc(arena, sizeof *grammar);
        grammar->arena = arena;
        grammar->end = &grammar->first;
        return grammar;
}

void grammar_free(struct grammar *grammar)
{
        if (grammar != NULL)
                arena_free(grammar->arena);
}

size_t grammar_sentences(const struct grammar *grammar)
{
        return grammar->n_sentences;
}

static bool refuse(struct reader *reader, const char *reason)
{
        return grammar_refuse(reader->grammar, reader->place, reason, &reader->why);
}

static bool is_name_sign(char sign)
{
        return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign == '_';
}

static size_t name_length(const char *text)
{
        size_t length = 0;
        while (is_name_sign(text[length]))
                length++;
        return length;
}

static struct piece *add_piece(struct reader *reader, struct option *option, const char *text, size_t length)
{
        struct piece *piece = arena_zalloc(reader->grammar->arena, sizeof *piece);
        piece->text = text;
        piece->length = length;
        *option->end = piece;
        option->end = &piece->next;
        return piece;
}

static bool read_class(struct reader *reader, struct option *option)
{
        size_t length = name_length(++reader->at);
        if (length == 0)
                return refuse(reader, "@ without a name; write \\@ for the sign");
        const char *name = arena_strndup(reader->grammar->arena, reader->at, length);
        add_piece(reader, option, name, length)->is_class = true;
        reader->at += length;
        return true;
}

static bool is_special(char sign)
{
        return sign == '\0' || strchr("@{}[]|\\", sign) != NULL;
}

static bool read_sign(struct reader *reader, struct option *option)
{
        char sign = *++reader->at;
        if (sign == '\0')
                return refuse(reader, "\\ at the end of a line");
        reader->at++;
        add_piece(reader, option, sign == 'n' ? "\n" : reader->at - 1, 1);
        return true;
}

static void read_text(struct reader *reader, struct option *option)
{
        const char *start = reader->at;
        while (!is_special(*reader->at))
                reader->at++;
        add_piece(reader, option, start, (size_t)(reader->at - start));
}

static bool read_choice(struct reader *reader, struct choice *choice, char close, int depth);

static bool read_brackets(struct reader *reader, struct option *option, int depth)
{
        struct choice *choice = arena_zalloc(reader->grammar->arena, sizeof *choice);
        bool may_be_absent = *reader->at++ == '[';
        if (depth >= GRAMMAR_DEPTH)
                return refuse(reader, "brackets are nested too deeply");
        if (!read_choice(reader, choice, may_be_absent ? ']' : '}', depth + 1))
                return false;
        choice->may_be_absent = may_be_absent;
        add_piece(reader, option, NULL, 0)->choice = choice;
        return true;
}

static bool read_option(struct reader *reader, struct option *option, char close, int depth)
{
        for (char sign; (sign = *reader->at) != '|' && sign != close;) {
                if (sign == '\0')
                        return refuse(reader, close == '}' ? "{ without }" : "[ without ]");
                if (sign == '}' || sign == ']')
                        return refuse(reader, sign == '}' ? "} without {" : "] without [");
                if (sign == '@'        ? !read_class(reader, option)
                        : sign == '\\' ? !read_sign(reader, option)
                                       : (sign == '{' || sign == '[') && !read_brackets(reader, option, depth))
                        return false;
                if (!is_special(sign))
                        read_text(reader, option);
        }
        return true;
}

/* Up to `close`, which is passed, unless it is the end of the line. */
static bool read_choice(struct reader *reader, struct choice *choice, char close, int depth)
{
        choice->end = choice->first == NULL ? &choice->first : choice->end;
        for (;;) {
                struct option *option = arena_zalloc(reader->grammar->arena, sizeof *option);
                option->end = &option->first;
                if (!read_option(reader, option, close, depth))
                        return false;
                *choice->end = option;
                choice->end = &option->next;
                choice->n_options++;
                if (*reader->at == close)
                        break;
                reader->at++;
        }
        reader->at += close != '\0';
        return true;
}

static bool read_definition(struct reader *reader, size_t length)
{
        struct grammar *grammar = reader->grammar;
        struct word_class *class = arena_zalloc(grammar->arena, sizeof *class);
        class->name = arena_strndup(grammar->arena, reader->at + 1, length);
        class->place = reader->place;
        class->next = grammar->classes;
        if (word_class_find(grammar, class->name) != NULL)
                return refuse(reader, arena_printf(grammar->arena, "@%s is defined twice", class->name));
        if (++grammar->n_classes > GRAMMAR_CLASSES)
                return refuse(reader, "too many word classes");
        grammar->classes = class;
        reader->at = strchr(reader->at, '=') + 1;
        return read_choice(reader, &class->choice, '\0', 0);
}

static bool find_label(const char *word, size_t length, uint32_t *mask)
{
        for (size_t i = 0; i < CATEGORY_COUNT; i++)
                if (strlen(labels[i]) == length && memcmp(labels[i], word, length) == 0) {
                        *mask |= UINT32_C(1) << i;
                        return true;
                }
        return length == strlen("none") && memcmp(word, "none", length) == 0;
}

static bool read_labels(struct reader *reader, const char *words, uint32_t *out)
{
        uint32_t mask = 0;
        bool is_known = *(words += strspn(words, " ")) != '\0';
        for (size_t length; is_known && (length = strcspn(words, " ")) > 0; words += strspn(words, " ")) {
                is_known = find_label(words, length, &mask);
                words += length;
        }
        *out = mask;
        return is_known || refuse(reader, "names no label of rules.h; \"none\" is for texts that are fine");
}

static bool read_most(struct reader *reader, const char *number)
{
        size_t most = 0;
        number += strspn(number, " ");
        for (; *number >= '0' && *number <= '9' && most <= GRAMMAR_PER_SENTENCE; number++)
                most = most * 10 + (size_t)(*number - '0');
        reader->most = most;
        return (most > 0 && most <= GRAMMAR_PER_SENTENCE && *number == '\0') ||
               refuse(reader, "\"texts\" wants a number from 1 to 10000 and nothing else");
}

static uint64_t seed_of(const char *text)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
        for (; *text != '\0'; text++)
                hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
        return hash;
}

static bool read_sentence(struct reader *reader)
{
        struct grammar *grammar = reader->grammar;
        struct sentence *sentence = arena_zalloc(grammar->arena, sizeof *sentence);
        if (!reader->has_labels)
                return refuse(reader, "a sentence before the first \"labels\"");
        sentence->place = reader->place;
        sentence->labels = reader->labels;
        sentence->unjudged = reader->unjudged;
        sentence->most = reader->most;
        sentence->seed = seed_of(reader->at);
        *grammar->end = sentence;
        grammar->end = &sentence->next;
        grammar->n_sentences++;
        return read_choice(reader, &sentence->choice, '\0', 0);
}

static bool starts_with(const char *text, const char *word)
{
        size_t length = strlen(word);
        return strncmp(text, word, length) == 0 && (text[length] == ' ' || text[length] == '\0');
}

static bool read_line(struct reader *reader)
{
        size_t length = *reader->at == '@' ? name_length(reader->at + 1) : 0;
        if (length > 0 && reader->at[1 + length + strspn(reader->at + 1 + length, " ")] == '=')
                return read_definition(reader, length);
        if (starts_with(reader->at, "labels")) {
                reader->has_labels = true;
                reader->unjudged = 0;
                reader->most = 0;
                return read_labels(reader, reader->at + strlen("labels"), &reader->labels);
        }
        if (starts_with(reader->at, "unjudged"))
                return read_labels(reader, reader->at + strlen("unjudged"), &reader->unjudged);
        if (starts_with(reader->at, "texts"))
                return read_most(reader, reader->at + strlen("texts"));
        return *reader->at == '\0' || *reader->at == '#' || read_sentence(reader);
}

static bool check_line(struct reader *reader, const char *line, size_t length)
{
        if (length > GRAMMAR_LINE_MAX)
                return refuse(reader, "the line is too long");
        return memchr(line, '\0', length) == NULL || refuse(reader, "a NUL byte");
}

bool grammar_read(struct grammar *grammar, const char *name, const char *bytes, size_t length, const char **why)
{
        struct reader reader = {.grammar = grammar, .place = {arena_strdup(grammar->arena, name), 1}};
        const char *end = bytes + length;
        for (const char *next; bytes < end; bytes = next) {
                struct buffer line = buffer_in(grammar->arena);
                int n_lines = 0;
                do {
                        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
                        next = stop == NULL ? end : stop + 1;
                        buffer_append(&line, bytes, (size_t)((stop == NULL ? end : stop) - bytes));
                        bytes = next;
                        n_lines++;
                } while (bytes < end && *bytes == ' ' && line.length <= GRAMMAR_LINE_MAX);
                reader.at = buffer_text(&line);
                if (!check_line(&reader, reader.at, line.length) || !read_line(&reader)) {
                        *why = reader.why;
                        return false;
                }
                reader.place.line += n_lines;
        }
        return true;
}
