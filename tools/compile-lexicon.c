/* SPDX-License-Identifier: Apache-2.0 */
/* compile-lexicon LIST...: writes the table behind lexicon.h as C to standard output. A list is a text file of words
 * divided by blanks; '#' begins a comment. They are of the class named like the file, on a line "class: words" of that
 * class; phrases are divided by commas. The file "american-english" gives words, and with a capital proper names. */
#include "common/folding.h"
#include "svc-anonymize/lexicon.h"
#include "svc-anonymize/lexicon/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 1 << 18, LINE_MAX_SIZE = 4096, INDEX_SIZE = (1 << LEXICON_INDEX_BITS) + 1 };

static const struct {
        const char *list;
        unsigned bit;
} classes[] = {
#define LEXICON_CLASS(name, bit, list) {list, 1U << (bit)},
#include "svc-anonymize/lexicon/classes.def"
#undef LEXICON_CLASS
};

static struct entry {
        uint64_t digest;
        uint32_t key;
        unsigned classes;
} entries[ENTRIES_MAX];
static size_t n_entries;

/* 0 when there is none. */
static unsigned class_of(const char *list, size_t length)
{
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
                if (strlen(classes[i].list) == length && memcmp(classes[i].list, list, length) == 0)
                        return classes[i].bit;
        return 0;
}

static void add(struct arena *arena, const char *word, unsigned class)
{
        struct folding view;
        folding_init(&view, arena, word);
        if (view.length == 0)
                return;
        if (n_entries == ENTRIES_MAX) {
                fprintf(stderr, "compile-lexicon: more than %d words\n", ENTRIES_MAX);
                exit(EXIT_FAILURE);
        }
        uint64_t digest = lexicon_digest(LEXICON_EMPTY, view.bytes, view.length);
        entries[n_entries++] = (struct entry){digest, lexicon_key(digest), class};
        arena_reset(arena);
}

/* A phrase, and its first word, by which a reader knows where to look for one. */
static void add_phrase(struct arena *arena, char *phrase)
{
        add(arena, phrase, LEXICON_PHRASE);
        phrase[strcspn(phrase, " ")] = '\0';
        add(arena, phrase, LEXICON_BEGINS);
}

static void add_all(struct arena *arena, char *text, const char *separators, unsigned class)
{
        for (char *rest, *word = strtok_r(text, separators, &rest); word != NULL;
                word = strtok_r(NULL, separators, &rest))
                if (class == LEXICON_PHRASE)
                        add_phrase(arena, word + (*word == ' '));
                else
                        add(arena, word, class);
}

static void add_line(struct arena *arena, char *line, unsigned class)
{
        line[strcspn(line, "#\r\n")] = '\0';
        char *colon = strchr(line, ':');
        if (colon != NULL)
                class = class_of(line, (size_t)(colon - line));
        if (class == 0 && line[strspn(line, " ")] != '\0') {
                fprintf(stderr, "compile-lexicon: of no class: %s\n", line);
                exit(EXIT_FAILURE);
        }
        add_all(arena, colon != NULL ? colon + 1 : line, class == LEXICON_PHRASE ? "," : " \t", class);
}

/* Debian's list has a word a line; possessives are left out. */
static void add_english(struct arena *arena, char *line)
{
        line[strcspn(line, "\r\n")] = '\0';
        if (strchr(line, '\'') == NULL)
                add(arena, line, line[0] >= 'A' && line[0] <= 'Z' ? LEXICON_PROPER : LEXICON_WORD);
}

static void read_list(struct arena *arena, const char *path)
{
        static char line[LINE_MAX_SIZE];
        const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
        bool is_english = strcmp(base, "american-english") == 0;
        FILE *file = fopen(path, "r");
        if (file == NULL) {
                perror(path);
                exit(EXIT_FAILURE);
        }
        unsigned class = is_english ? LEXICON_WORD : class_of(base, strcspn(base, "."));
        while (fgets(line, sizeof line, file) != NULL)
                if (is_english)
                        add_english(arena, line);
                else
                        add_line(arena, line, class);
        fclose(file);
}

static int by_key(const void *left, const void *right)
{
        const struct entry *a = left, *b = right;
        if (a->key != b->key)
                return a->key < b->key ? -1 : 1;
        return (a->digest > b->digest) - (a->digest < b->digest);
}

/* One entry for each word, with all its classes; what is a word as well is not proper. */
static void merge(void)
{
        size_t kept = 0;
        qsort(entries, n_entries, sizeof *entries, by_key);
        for (size_t i = 0; i < n_entries; i++)
                if (kept > 0 && entries[kept - 1].key == entries[i].key)
                        entries[kept - 1].classes |= entries[i].classes;
                else
                        entries[kept++] = entries[i];
        n_entries = kept;
        for (size_t i = 0; i < n_entries; i++)
                if ((entries[i].classes & LEXICON_WORD) != 0)
                        entries[i].classes &= ~(unsigned)LEXICON_PROPER;
}

static void print_table(void)
{
        size_t at = 0;
        printf("/* Made by compile-lexicon. */\n#include \"svc-anonymize/lexicon/key.h\"\n\n"
               "const struct lexicon_entry lexicon_entries[] = {\n");
        for (size_t i = 0; i < n_entries; i++)
                printf("{0x%x,0x%x},%s", entries[i].key, entries[i].classes, i % 8 == 7 ? "\n" : "");
        printf("};\n\nconst unsigned lexicon_index[] = {\n");
        for (size_t i = 0; i < INDEX_SIZE; i++) {
                while (at < n_entries && entries[at].key >> (32 - LEXICON_INDEX_BITS) < i)
                        at++;
                printf("%zu,%s", at, i % 16 == 15 ? "\n" : "");
        }
        printf("};\n");
}

int main(int argc, char **argv)
{
        struct arena *arena = arena_new(0);
        for (int i = 1; i < argc; i++)
                read_list(arena, argv[i]);
        merge();
        print_table();
        arena_free(arena);
        return ferror(stdout) || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
