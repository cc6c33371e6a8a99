/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/deed.h"

#include <stdlib.h>

struct history {
        int max;
        atomic_int n_begun; /* places given away */
        atomic_int n_ready;
        struct deed deeds[];
};

struct history *history_new(int max)
{
        struct history *history = calloc(1, sizeof *history + (size_t)max * sizeof *history->deeds);
        if (history == NULL)
                abort();
        history->max = max;
        return history;
}

void history_free(struct history *history)
{
        free(history);
}

void history_add(struct history *history, const struct deed *deed)
{
        int place = atomic_fetch_add(&history->n_begun, 1);
        if (place < history->max)
                history->deeds[place] = *deed;
        atomic_fetch_add(&history->n_ready, 1);
}

int history_length(const struct history *history)
{
        int length = atomic_load(&history->n_ready);
        return length < history->max ? length : history->max;
}

const struct deed *history_at(const struct history *history, int i)
{
        return &history->deeds[i];
}

int history_count(
        const struct history *history, enum deed_kind kind, enum deed_outcome outcome, int64_t from_us, int64_t to_us)
{
        int count = 0;
        for (int i = 0; i < history_length(history); i++) {
                const struct deed *deed = &history->deeds[i];
                count += deed->kind == kind && deed->outcome == outcome && deed->begun_us >= from_us &&
                         deed->begun_us < to_us;
        }
        return count;
}

int64_t history_first_done(const struct history *history, enum deed_kind kind, int64_t from_us)
{
        int64_t first = INT64_MAX;
        for (int i = 0; i < history_length(history); i++) {
                const struct deed *deed = &history->deeds[i];
                if (deed->kind == kind && deed->outcome == DEED_DONE && deed->begun_us >= from_us &&
                        deed->ended_us < first)
                        first = deed->ended_us;
        }
        return first;
}

const char *deed_name(enum deed_kind kind)
{
        static const char *const names[DEED_KINDS] = {"create", "read", "list", "react", "edit"};
        return names[kind];
}
