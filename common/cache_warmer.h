/* SPDX-License-Identifier: Apache-2.0 */
/* A process that starts need not be cold: what was asked for most is written down in the second tier from time to time,
 * and the next process takes those answers from there, beside its start. Answers that are not good any more are not
 * taken. */
#pragma once

#include "common/cache.h"

enum { CACHE_WARM_KEYS = 200, CACHE_WARM_NOTE_S = 30, CACHE_WARM_PATIENCE_S = 10 };

struct cache_warmer;

/* Starts its thread. NULL when the cache has no second tier. */
struct cache_warmer *cache_warmer_start(struct cache *cache, struct metrics *metrics);

/* Notes once more and ends. NULL is allowed. */
void cache_warmer_stop(struct cache_warmer *warmer);
