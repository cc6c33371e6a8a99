/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks: one that only goes forward, for waiting, and the calendar's, for people. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Microseconds on the monotonic clock. Deadlines are points on it. */
int64_t clock_now_us(void);

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_unix_us(void);

/* The point `us` on the monotonic clock as pthread_cond_timedwait takes it (CLOCK_MONOTONIC). */
struct timespec clock_timespec(int64_t us);

/* "2026-11-24T07:30:00.123456Z" for microseconds since 1970; the fraction is left out when it is zero. Both functions
 * know the years 0000 to 9999 only, as RFC 3339 does: what is outside becomes the nearest they can say. */
#define CLOCK_RFC3339_SIZE 40
void clock_rfc3339(int64_t unix_us, char out[CLOCK_RFC3339_SIZE]);

/* "2026-11-24" for days since 1970-01-01. */
void clock_date(int64_t unix_days, char out[CLOCK_RFC3339_SIZE]);
