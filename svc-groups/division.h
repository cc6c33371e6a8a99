/* SPDX-License-Identifier: Apache-2.0 */
/* Dividing money so that nothing is lost or made: whole minor units, the parts make the whole exactly. */
#pragma once

#include "common/arena.h"

#include <stdint.h>

/* One who gets a part. */
struct part {
        const char *id;
        int64_t weight; /* not negative */
        int64_t amount; /* what division says */
};

/* Divides `total` by weight: each gets the whole units of their share, and the units that are left go to the largest
 * remainders; of equal ones to the smaller FNV-1a of its id, so that the order of the parts does not matter and nobody
 * is always first. All weights 0: nobody gets anything. */
void divide(int64_t total, size_t count, struct part *parts);

/* What each member gets back of `pot`: what they have in it (their weight), exactly while the pot holds all of that,
 * else in proportion. Never more than the pot. */
void divide_refunds(int64_t pot, size_t count, struct part *parts);

/* FNV-1a, 64 bits. */
uint64_t fnv1a(const char *text);

/* "USD 20-50" for an amount in minor units: bounds are 1, 2 or 5 with zeros, in major units; "USD under 1" below. */
const char *amount_band(struct arena *arena, int64_t amount, const char *currency);
