/* SPDX-License-Identifier: Apache-2.0 */
/* A place is taken by writing its id and given back by writing zero. What is cancelled is not a place but an id in it:
 * a word that comes too late cannot meet the place's next call. */
#include "common/running.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { EARLY_MAX = 64 };

/* Ids of different callers never meet: the key is both of them, and never zero. */
struct place {
        _Atomic uint64_t key;
        _Atomic uint64_t cancelled; /* a key */
};

struct running {
        _Atomic uint64_t early[EARLY_MAX]; /* keys cancelled before they began, the oldest overwritten */
        _Atomic uint32_t n_early;
        size_t n_places;
        struct place places[];
};

struct running *running_new(int capacity)
{
        struct running *running = calloc(1, sizeof *running + (size_t)capacity * sizeof *running->places);
        if (running == NULL)
                abort();
        running->n_places = (size_t)capacity;
        return running;
}

void running_free(struct running *running)
{
        free(running);
}

static uint64_t key_of(uint64_t call_id, const char *caller)
{
        uint64_t hash = 14695981039346656037U; /* FNV-1a */
        for (; caller != NULL && *caller != '\0'; caller++)
                hash = (hash ^ (unsigned char)*caller) * 1099511628211U;
        return (hash ^ call_id) == 0 ? 1 : hash ^ call_id;
}

static struct place *find_place(struct running *running, uint64_t key)
{
        for (size_t i = 0; i < running->n_places; i++)
                if (atomic_load_explicit(&running->places[i].key, memory_order_relaxed) == key)
                        return &running->places[i];
        return NULL;
}

static bool take_place(struct running *running, uint64_t key, size_t *out)
{
        for (size_t i = 0; i < running->n_places; i++) {
                uint64_t none = 0;
                size_t place = (key + i) % running->n_places;
                if (atomic_compare_exchange_strong(&running->places[place].key, &none, key)) {
                        *out = place;
                        return true;
                }
        }
        return false;
}

/* Was it cancelled before it began? Forgets it if so. */
static bool take_early(struct running *running, uint64_t key)
{
        if (atomic_load_explicit(&running->n_early, memory_order_relaxed) == 0)
                return false;
        for (int i = 0; i < EARLY_MAX; i++) {
                uint64_t found = key;
                if (atomic_compare_exchange_strong(&running->early[i], &found, 0))
                        return true;
        }
        return false;
}

bool running_begin(struct running *running, uint64_t call_id, const char *caller, struct running_mark *out)
{
        *out = (struct running_mark){0};
        if (running == NULL || call_id == 0)
                return true;
        uint64_t key = key_of(call_id, caller);
        if (find_place(running, key) != NULL)
                return false;
        if (!take_place(running, key, &out->place))
                return true;
        out->running = running;
        out->key = key;
        if (take_early(running, key))
                atomic_store(&running->places[out->place].cancelled, key);
        return true;
}

void running_end(struct running_mark *mark)
{
        if (mark->running == NULL)
                return;
        struct place *place = &mark->running->places[mark->place];
        atomic_store_explicit(&place->cancelled, 0, memory_order_relaxed);
        atomic_store_explicit(&place->key, 0, memory_order_release);
        mark->running = NULL;
}

bool running_cancel(struct running *running, uint64_t call_id, const char *caller)
{
        uint64_t key = key_of(call_id, caller);
        struct place *place = running == NULL ? NULL : find_place(running, key);
        if (place != NULL)
                atomic_store(&place->cancelled, key);
        else if (running != NULL)
                atomic_store(&running->early[atomic_fetch_add(&running->n_early, 1) % EARLY_MAX], key);
        return place != NULL;
}

void running_cancel_all(struct running *running)
{
        for (size_t i = 0; i < running->n_places; i++)
                atomic_store(&running->places[i].cancelled, atomic_load(&running->places[i].key));
}

bool running_is_cancelled(const struct running_mark *mark)
{
        return mark->running != NULL &&
               atomic_load_explicit(&mark->running->places[mark->place].cancelled, memory_order_relaxed) == mark->key;
}
