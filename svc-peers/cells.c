/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-peers/cells.h"

#include "common/event.h"

#include <string.h>

enum { FIRST_ROOM = 16 };

static bool is_same(const char *a, const char *b)
{
        return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static uint32_t hash_of(const char *age_group, const char *income_range, const char *region)
{
        uint32_t hash = 0;
        const char *const bands[] = {age_group, income_range, region};
        for (int i = 0; i < 3; i++)
                hash = hash * 31 + (bands[i] == NULL ? 0 : (uint32_t)event_hash(bands[i]));
        return hash;
}

static void put(struct cells *cells, Peers__CellCount *count)
{
        uint32_t hash = hash_of(count->age_group, count->income_range, count->region);
        struct cell **bucket = &cells->buckets[hash % CELL_BUCKETS];
        struct cell *cell = arena_alloc(cells->arena, sizeof *cell);
        *cell = (struct cell){.count = count, .next = *bucket};
        *bucket = cell;
        cells->count++;
}

static Peers__CellCount *new_count(struct arena *arena, const Peers__Snapshot *snapshot)
{
        Peers__CellCount *made = arena_alloc(arena, sizeof *made);
        peers__cell_count__init(made);
        made->age_group = arena_strdup(arena, snapshot->age_group);
        made->income_range = arena_strdup(arena, snapshot->income_range);
        made->region = arena_strdup(arena, snapshot->region);
        made->has_n_people = 1;
        made->n_counts = (size_t)policy_n_counts();
        made->counts = arena_zalloc(arena, made->n_counts * sizeof *made->counts);
        return made;
}

static struct cell *find(struct cells *cells, const Peers__Snapshot *snapshot)
{
        uint32_t hash = hash_of(snapshot->age_group, snapshot->income_range, snapshot->region);
        struct cell **bucket = &cells->buckets[hash % CELL_BUCKETS];
        for (struct cell *cell = *bucket; cell != NULL; cell = cell->next)
                if (is_same(cell->count->age_group, snapshot->age_group) &&
                        is_same(cell->count->income_range, snapshot->income_range) &&
                        is_same(cell->count->region, snapshot->region))
                        return cell;
        put(cells, new_count(cells->arena, snapshot));
        return *bucket;
}

bool cells_take(struct cells *cells, size_t n, Peers__CellCount *const *items)
{
        for (size_t i = 0; i < n; i++) {
                if (items[i]->n_counts != (size_t)policy_n_counts())
                        return false;
                put(cells, items[i]);
        }
        return true;
}

static void add_person(struct arena *arena, struct cell *cell, const uint8_t user_id[USER_ID_SIZE])
{
        if (cell->n_people == cell->room) {
                cell->room = cell->room == 0 ? FIRST_ROOM : cell->room * 2;
                uint8_t *people = arena_alloc(arena, cell->room * USER_ID_SIZE);
                if (cell->n_people > 0)
                        memcpy(people, cell->people, cell->n_people * USER_ID_SIZE);
                cell->people = people;
        }
        memcpy(cell->people + cell->n_people++ * USER_ID_SIZE, user_id, USER_ID_SIZE);
}

void cells_add(struct cells *cells, const uint8_t user_id[USER_ID_SIZE], const Peers__Snapshot *snapshot)
{
        double value;
        struct cell *cell = find(cells, snapshot);
        add_person(cells->arena, cell, user_id);
        cell->count->n_people++;
        for (int i = 0; i < METRICS; i++)
                if (policy_value(snapshot, i, &value))
                        cell_bins(cell->count, i)[policy_bin(&policy_metrics[i], value)]++;
}

struct cell **cells_list_people(const struct cells *cells)
{
        size_t n = 0;
        struct cell **list = arena_alloc(cells->arena, (cells->count + 1) * sizeof(struct cell *));
        for (size_t i = 0; i < CELL_BUCKETS; i++)
                for (struct cell *cell = cells->buckets[i]; cell != NULL; cell = cell->next)
                        list[n++] = cell;
        return list;
}

Peers__CellCount **cells_list(const struct cells *cells)
{
        struct cell **all = cells_list_people(cells);
        Peers__CellCount **list = arena_alloc(cells->arena, (cells->count + 1) * sizeof(Peers__CellCount *));
        for (size_t i = 0; i < cells->count; i++)
                list[i] = all[i]->count;
        return list;
}

void cells_forget_people(struct cells *cells)
{
        for (size_t i = 0; i < CELL_BUCKETS; i++)
                for (struct cell *cell = cells->buckets[i]; cell != NULL; cell = cell->next)
                        cell->n_people = 0;
}

int64_t *cell_bins(const Peers__CellCount *count, int metric)
{
        int64_t *bins = count->counts;
        for (int i = 0; i < metric; i++)
                bins += policy_metrics[i].n_bins;
        return bins;
}
