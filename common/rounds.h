/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that looks at something again and again: what is due is done, and the next look is when that says. */
#pragma once

#include <stdint.h>

struct rounds;

/* `look` is called at once, and then at the time (monotonic, in microseconds) that it last returned or soon after
 * rounds_wake. It may block. */
struct rounds *rounds_start(int64_t (*look)(void *arg), void *arg);

/* Has `look` called without waiting for its time; does not wait for it. */
void rounds_wake(struct rounds *rounds);

/* Waits for the look under way, and ends. NULL is allowed. */
void rounds_stop(struct rounds *rounds);
