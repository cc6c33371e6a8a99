/* SPDX-License-Identifier: Apache-2.0 */
/* Word classes, once all files are read: every one that is used is there, and none holds itself. */
#include "svc-moderation/training/grammar_tree.h"

#include <string.h>

bool grammar_refuse(struct grammar *grammar, struct place place, const char *reason, const char **why)
{
        *why = arena_printf(grammar->arena, "%s:%d: %s", place.file, place.line, reason);
        return false;
}

struct word_class *word_class_find(const struct grammar *grammar, const char *name)
{
        struct word_class *class = grammar->classes;
        while (class != NULL && strcmp(class->name, name) != 0)
                class = class->next;
        return class;
}

static bool measure(struct grammar *grammar, struct choice *choice, struct place place, int *height, const char **why);

static bool measure_class(
        struct grammar *grammar, struct piece *piece, struct place place, int *height, const char **why)
{
        struct word_class *class = word_class_find(grammar, piece->text);
        if (class == NULL)
                return grammar_refuse(
                        grammar, place, arena_printf(grammar->arena, "there is no @%s", piece->text), why);
        if (class->height == 0) {
                int below = 0;
                class->height = -1;
                if (!measure(grammar, &class->choice, class->place, &below, why))
                        return false;
                class->height = below + 1;
        }
        if (class->height < 0 || class->height > GRAMMAR_DEPTH)
                return grammar_refuse(
                        grammar, class->place, "the class holds itself, or classes too deep within it", why);
        piece->choice = &class->choice;
        *height = class->height > *height ? class->height : *height;
        return true;
}

/* Finds the classes in it, and how deep they go. */
static bool measure(struct grammar *grammar, struct choice *choice, struct place place, int *height, const char **why)
{
        for (struct option *option = choice->first; option != NULL; option = option->next)
                for (struct piece *piece = option->first; piece != NULL; piece = piece->next)
                        if (piece->is_class
                                        ? !measure_class(grammar, piece, place, height, why)
                                        : piece->choice != NULL && !measure(grammar, piece->choice, place, height, why))
                                return false;
        return true;
}

bool grammar_finish(struct grammar *grammar, const char **why)
{
        int height;
        for (struct sentence *sentence = grammar->first; sentence != NULL; sentence = sentence->next)
                if (height = 0, !measure(grammar, &sentence->choice, sentence->place, &height, why))
                        return false;
        return true;
}
