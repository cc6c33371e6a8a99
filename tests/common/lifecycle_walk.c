/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/lifecycle_walk.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 64, WORD_SIZE = 48 };

struct words {
        int count;
        char list[WORDS_MAX][WORD_SIZE];
};

static bool has(const struct words *words, const char *word)
{
        for (int i = 0; i < words->count; i++)
                if (strcmp(words->list[i], word) == 0)
                        return true;
        return false;
}

static void add(struct words *words, const char *word)
{
        if (has(words, word))
                return;
        ck_assert_int_lt(words->count, WORDS_MAX);
        snprintf(words->list[words->count++], WORD_SIZE, "%s", word);
}

static void add_list(struct words *words, const char *list)
{
        const char *word;
        char copy[WORD_SIZE];
        size_t length;
        while (lifecycle_next_word(&list, &word, &length)) {
                snprintf(copy, sizeof copy, "%.*s", (int)length, word);
                add(words, copy);
        }
}

static bool lists(const char *list, const char *word)
{
        struct words words = {0};
        add_list(&words, list);
        return has(&words, word);
}

/* By the rows, apart from the walker. */
static int count_rows(const struct transition *table, const char *state, const char *action, const char *actor)
{
        int count = 0;
        for (const struct transition *row = table; row->action != NULL; row++)
                count += strcmp(row->action, action) == 0 && lists(row->from, state) && lists(row->actors, actor);
        return count;
}

static void check_triple(const struct transition *table, const char *state, const char *action, const char *actor)
{
        int count = count_rows(table, state, action, actor);
        const struct transition *row = lifecycle_find(table, state, action, actor);
        ck_assert_msg(count <= 1, "%s -%s(%s): %d rows", state, action, actor, count);
        ck_assert_msg((row != NULL) == (count == 1), "%s -%s(%s): the walker says otherwise", state, action, actor);
        ck_assert(row == NULL || (strcmp(row->action, action) == 0 && lists(row->from, state)));
}

static void check_rows(const struct transition *table, const struct words *states, const char *ends)
{
        for (const struct transition *row = table; row->action != NULL; row++) {
                ck_assert_msg((row->guard == NULL) == (row->requires == NULL), "%s: a guard has a name", row->action);
                ck_assert_msg(
                        strcmp(row->next, LIFECYCLE_PREVIOUS) == 0 || has(states, row->next) || lists(ends, row->next),
                        "%s leads to %s, which is nowhere", row->action, row->next);
        }
}

static void check_reach(const struct transition *table, const struct words *states)
{
        struct words reached = {0};
        int before = -1;
        add(&reached, LIFECYCLE_NEW);
        while (before != reached.count) {
                before = reached.count;
                for (const struct transition *row = table; row->action != NULL; row++)
                        for (int i = 0; i < before; i++)
                                if (lists(row->from, reached.list[i]))
                                        add(&reached, row->next);
        }
        for (int i = 0; i < states->count; i++)
                ck_assert_msg(has(&reached, states->list[i]), "nothing leads to %s", states->list[i]);
}

int lifecycle_walk(const struct transition *table, const char *ends)
{
        struct words states = {0};
        struct words actions = {0};
        struct words actors = {0};
        for (const struct transition *row = table; row->action != NULL; row++) {
                add_list(&states, row->from);
                add_list(&actors, row->actors);
                add(&actions, row->action);
        }
        for (int s = 0; s < states.count; s++)
                for (int a = 0; a < actions.count; a++)
                        for (int who = 0; who < actors.count; who++)
                                check_triple(table, states.list[s], actions.list[a], actors.list[who]);
        check_rows(table, &states, ends);
        check_reach(table, &states);
        return states.count * actions.count * actors.count;
}
