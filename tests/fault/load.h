/* SPDX-License-Identifier: Apache-2.0 */
/* People who use the platform while something happens to it. What they do follows from the seed; each does one thing
 * after the other, and repeats with the same Idempotency-Key what it got no answer to. */
#pragma once

#include "tests/fault/deed.h"

struct load;

/* The seed of this run: SFP_SEED, which ./sfp test fault --seed N sets. */
unsigned load_seed(void);

/* Is this the long form of the tests (--full)? */
bool load_is_full(void);

/* `actors` people begin. They go on until load_stop. */
struct load *load_start(int actors);

/* Ends it and returns what was done; it lives until load_free. */
const struct history *load_stop(struct load *load);
void load_free(struct load *load);

/* The history while it goes on; only its counting functions may be used. */
const struct history *load_history(const struct load *load);

/* The longest that this machine let a sleeping thread oversleep meanwhile, in microseconds: by so much may any time
 * that was measured be too long. */
int64_t load_lag_us(const struct load *load);
