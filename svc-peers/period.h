/* SPDX-License-Identifier: Apache-2.0 */
/* Months as text, "2026-11", which sort as they follow each other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { PERIOD_SIZE = 8, PERIODS_BACK = 24 };

/* Is it a month of the years 2000 to 2999? */
bool period_is_valid(const char *period);

/* The month of a moment, in UTC. */
void period_at(int64_t unix_us, char out[PERIOD_SIZE]);

/* So many months later, or with a negative number earlier. */
void period_shift(const char *period, int months, char out[PERIOD_SIZE]);
