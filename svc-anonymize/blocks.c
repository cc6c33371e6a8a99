/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/blocks.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 256 };

uint8_t *block_entry(const uint8_t *tag, int32_t cell_id, uint8_t *out)
{
        memcpy(out, tag, BUDGET_TAG_SIZE);
        for (int i = 0; i < 4; i++)
                out[BUDGET_TAG_SIZE + i] = (uint8_t)((uint32_t)cell_id >> (24 - 8 * i));
        return out + BLOCK_ENTRY_SIZE;
}

static int compare(const void *left, const void *right)
{
        return memcmp(left, right, BLOCK_ENTRY_SIZE);
}

/* One cell a person; returns how many are left. */
static size_t keep_first(size_t n, uint8_t *entries)
{
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) {
                const uint8_t *entry = entries + i * BLOCK_ENTRY_SIZE;
                if (kept > 0 && memcmp(entry - BLOCK_ENTRY_SIZE, entry, BUDGET_TAG_SIZE) == 0)
                        continue;
                memmove(entries + kept++ * BLOCK_ENTRY_SIZE, entry, BLOCK_ENTRY_SIZE);
        }
        return kept;
}

struct blocks blocks_cut(struct arena *arena, size_t n, uint8_t *entries)
{
        qsort(entries, n, BLOCK_ENTRY_SIZE, compare);
        n = keep_first(n, entries);
        size_t n_rows = n < BUCKETS ? n : BUCKETS;
        struct blocks blocks = {.size = n * BLOCK_ENTRY_SIZE};
        blocks.firsts = arena_alloc(arena, n_rows * sizeof *blocks.firsts + 1);
        blocks.sizes = arena_alloc(arena, n_rows * sizeof *blocks.sizes + 1);
        for (size_t at = 0, end; at < blocks.size; at = end) {
                for (end = at; end < blocks.size && entries[end] == entries[at];)
                        end += BLOCK_ENTRY_SIZE;
                blocks.firsts[blocks.n] = arena_printf(arena, "%zu", at + 1);
                blocks.sizes[blocks.n++] = arena_printf(arena, "%zu", end - at);
        }
        return blocks;
}
