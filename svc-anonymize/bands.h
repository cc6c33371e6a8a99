/* SPDX-License-Identifier: Apache-2.0 */
/* Generalisation: exact facts about a person become public ranges. Each hierarchy has levels, 0 the finest; every group
 * of a level lies whole inside one group of the next, and the last level is "any". Bounds are fixed and public, they
 * never depend on data. Results are constants unless an arena is given. */
#pragma once

#include "common/arena.h"

#include <stdint.h>

enum {
        BANDS_AMOUNT_LEVELS = 3,
        BANDS_AGE_LEVELS = 4,
        BANDS_INCOME_LEVELS = 4,
        BANDS_REGION_LEVELS = 4,
        BANDS_DATE_LEVELS = 4
};

/* Decimal places of an ISO 4217 currency: 2 unless it is one of the few with 0, 3 or 4. */
unsigned bands_currency_exponent(const char *currency);

/* An amount in minor units as a range in major units, the upper bound excluded: "USD under 100", "USD 2,000-5,000",
 * "USD 1,000,000,000+". Level 0 has the bounds 1, 2, 5, 10..., level 1 powers of ten, level 2 is "any". NULL for an
 * amount below zero, a currency that is not three capital letters, or a level out of range. */
const char *bands_amount(struct arena *arena, int64_t minor_units, const char *currency, unsigned level);

/* "under-18", "18-24", "25-29" ... "70-74", "75+"; then ten years, then twenty, then "any". NULL for an age below 0 or
 * above 130, or a level out of range. */
const char *bands_age(int age, unsigned level);

/* The age reached by the end of `current_year`, banded; NULL for a year in the future. */
const char *bands_birth_year(int birth_year, int current_year, unsigned level);

/* Yearly income in minor units, in ten bands ("under-15k" ... "50k-75k" ... "250k+"), then five, three, "any". The
 * figures are major units of `currency`. NULL under the conditions of bands_amount. */
const char *bands_income(int64_t minor_units, const char *currency, unsigned level);

/* What a person wrote about where they live: US state or city known for its metropolitan area (level 0), census
 * division (1), country (2), "any" (3). Takes names and codes in any case and with accents, "Austin, TX", and ISO
 * 3166-2 ("US-TX"). Places abroad are the country's name on levels 0 to 2. A two-letter code that is a US state's
 * always means the state. NULL for what is not in the tables: nothing is guessed, and a name that means a state as well
 * as a country ("Georgia") is not decided either. */
const char *bands_region(const char *text, unsigned level);

/* A moment in microseconds since 1970 as a day in UTC ("2026-11-29"), a month ("2026-11"), a year, or "any". NULL for a
 * level out of range. */
const char *bands_date(struct arena *arena, int64_t unix_us, unsigned level);
