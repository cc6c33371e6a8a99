/* SPDX-License-Identifier: Apache-2.0 */
/* What a grammar is read into. All of it lives in the grammar's arena. */
#pragma once

#include "common/arena.h"
#include "svc-moderation/training/grammar.h"

struct place {
        const char *file;
        int line;
};

/* Text, or one of several: then `choice` is set, for a class by grammar_finish. */
struct piece {
        const char *text;
        size_t length;
        struct choice *choice;
        bool is_class; /* `text` is its name */
        struct piece *next;
};

/* Pieces one after another. */
struct option {
        struct piece *first, **end;
        struct option *next;
};

struct choice {
        struct option *first, **end;
        size_t n_options;
        bool may_be_absent;
};

struct word_class {
        const char *name;
        struct place place;
        struct choice choice;
        int height; /* of the classes within it; 0: not measured, -1: being measured */
        struct word_class *next;
};

struct sentence {
        struct place place;
        struct choice choice;
        uint32_t labels, unjudged;
        size_t most;   /* texts; 0: as many as are asked for */
        uint64_t seed; /* of its own words: a sentence added elsewhere changes nothing here */
        struct sentence *next;
};

struct grammar {
        struct arena *arena;
        size_t n_classes, n_sentences;
        struct word_class *classes;
        struct sentence *first, **end;
};

/* Always false; *why becomes "file:line: reason". */
bool grammar_refuse(struct grammar *grammar, struct place place, const char *reason, const char **why);

/* NULL when there is none. */
struct word_class *word_class_find(const struct grammar *grammar, const char *name);
