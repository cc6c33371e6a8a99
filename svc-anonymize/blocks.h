/* SPDX-License-Identifier: Apache-2.0 */
/* People of a month as budget_blocks keeps them: in the order of their tags, many a row. */
#pragma once

#include "common/arena.h"
#include "svc-anonymize/budget.h"

#include <stddef.h>
#include <stdint.h>

enum { BLOCK_ENTRY_SIZE = BUDGET_TAG_SIZE + 4 };

/* Writes somebody's entry, BLOCK_ENTRY_SIZE bytes: their tag of BUDGET_TAG_SIZE bytes and the number of their cell, at
 * least 0. Returns the end of it. */
uint8_t *block_entry(const uint8_t *tag, int32_t cell_id, uint8_t *out);

/* People in rows, one row behind the other. Texts are whole numbers, as statements take them. */
struct blocks {
        size_t size;   /* of `entries` in bytes */
        size_t n;      /* rows */
        char **firsts; /* where each begins, from 1 */
        char **sizes;  /* bytes of each, at least one entry */
};

/* Sorts n entries in place, leaves out who is among them before, and cuts what is left where the first byte of the tags
 * changes. The texts are in the arena. */
struct blocks blocks_cut(struct arena *arena, size_t n, uint8_t *entries);
