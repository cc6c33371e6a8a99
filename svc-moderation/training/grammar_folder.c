/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buffer.h"
#include "svc-moderation/training/grammar_tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

static int is_grammar(const struct dirent *entry)
{
        const char *dot = strrchr(entry->d_name, '.');
        return dot != NULL && dot != entry->d_name && strcmp(dot, ".texts") == 0;
}

static bool refuse(struct grammar *grammar, const char *path, const char *reason, const char **why)
{
        *why = arena_printf(grammar->arena, "%s: %s", path, reason);
        return false;
}

static bool read_file(struct grammar *grammar, const char *path, const char **why)
{
        FILE *file = fopen(path, "rbe");
        if (file == NULL)
                return refuse(grammar, path, strerror(errno), why);
        char *bytes = arena_alloc(grammar->arena, FILE_MAX + 1);
        size_t length = fread(bytes, 1, FILE_MAX + 1, file);
        bool is_broken = ferror(file) != 0;
        fclose(file);
        if (is_broken || length > FILE_MAX)
                return refuse(grammar, path, is_broken ? "cannot be read" : "has more than 1 MiB", why);
        return grammar_read(grammar, path, bytes, length, why);
}

static bool read_entries(
        struct grammar *grammar, const char *folder, int n, struct dirent *const *entries, const char **why)
{
        if (n == 0 || n > GRAMMAR_FILES)
                return refuse(grammar, folder, n == 0 ? "holds no *.texts" : "holds too many files", why);
        for (int i = 0; i < n; i++)
                if (!read_file(grammar, arena_printf(grammar->arena, "%s/%s", folder, entries[i]->d_name), why))
                        return false;
        return grammar_finish(grammar, why);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
        return strcmp((*a)->d_name, (*b)->d_name); /* alphasort would ask the locale */
}

bool grammar_read_folder(struct grammar *grammar, const char *folder, const char **why)
{
        struct dirent **entries;
        int n = scandir(folder, &entries, is_grammar, by_name);
        if (n < 0)
                return refuse(grammar, folder, strerror(errno), why);
        bool is_read = read_entries(grammar, folder, n, entries, why);
        for (int i = 0; i < n; i++)
                free(entries[i]); /* allow(free): scandir's */
        free(entries);            /* allow(free): scandir's */
        return is_read;
}
