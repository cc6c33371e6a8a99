/* SPDX-License-Identifier: Apache-2.0 */
/* All bounds are rows of tables; a coarser level names a run of rows of the level below. */
#include "svc-anonymize/bands.h"

#include "common/clock.h"

#include <stdbool.h>
#include <string.h>

enum { AGE_MAX = 130, AMOUNT_FIRST = 100 };

static const int64_t amount_last = 1000000000;

static const struct {
        const char *currencies;
        unsigned exponent;
} exponents[] = {
        {" BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ", 0},
        {" BHD IQD JOD KWD LYD OMR TND ", 3},
        {" CLF UYW ", 4},
};

/* From this age on, the group's name on each level. */
static const struct {
        int from;
        const char *names[BANDS_AGE_LEVELS];
} ages[] = {
        {75, {"75+", "70+", "70+", "any"}},
        {70, {"70-74", "70+", "70+", "any"}},
        {65, {"65-69", "60-69", "50-69", "any"}},
        {60, {"60-64", "60-69", "50-69", "any"}},
        {55, {"55-59", "50-59", "50-69", "any"}},
        {50, {"50-54", "50-59", "50-69", "any"}},
        {45, {"45-49", "40-49", "30-49", "any"}},
        {40, {"40-44", "40-49", "30-49", "any"}},
        {35, {"35-39", "30-39", "30-49", "any"}},
        {30, {"30-34", "30-39", "30-49", "any"}},
        {25, {"25-29", "18-29", "18-29", "any"}},
        {18, {"18-24", "18-29", "18-29", "any"}},
        {0, {"under-18", "under-18", "under-18", "any"}},
};

/* From this yearly income in major units on, the band's name on each level. */
static const struct {
        int64_t from;
        const char *names[BANDS_INCOME_LEVELS];
} incomes[] = {
        {250000, {"250k+", "150k+", "100k+", "any"}},
        {150000, {"150k-250k", "150k+", "100k+", "any"}},
        {125000, {"125k-150k", "100k-150k", "100k+", "any"}},
        {100000, {"100k-125k", "100k-150k", "100k+", "any"}},
        {75000, {"75k-100k", "50k-100k", "50k-100k", "any"}},
        {50000, {"50k-75k", "50k-100k", "50k-100k", "any"}},
        {35000, {"35k-50k", "25k-50k", "under-50k", "any"}},
        {25000, {"25k-35k", "25k-50k", "under-50k", "any"}},
        {15000, {"15k-25k", "under-25k", "under-50k", "any"}},
        {0, {"under-15k", "under-25k", "under-50k", "any"}},
};

/* How much of "2026-11-29T07:30:00Z" each level keeps; the last one keeps nothing. */
static const int date_lengths[BANDS_DATE_LEVELS] = {10, 7, 4, 0};

static bool is_currency(const char *currency)
{
        return currency != NULL && strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

unsigned bands_currency_exponent(const char *currency)
{
        for (size_t i = 0; is_currency(currency) && i < sizeof exponents / sizeof *exponents; i++)
                if (strstr(exponents[i].currencies, currency) != NULL)
                        return exponents[i].exponent;
        return 2;
}

static int64_t major_units(int64_t minor_units, const char *currency)
{
        for (unsigned i = bands_currency_exponent(currency); i > 0; i--)
                minor_units /= 10;
        return minor_units;
}

/* The bound above `bound`: 1, 2, 5, 10, 20..., or the next power of ten. */
static int64_t bound_above(int64_t bound, bool is_coarse)
{
        if (is_coarse)
                return bound * 10;
        int64_t first = bound;
        while (first >= 10)
                first /= 10;
        return first == 2 ? bound / 2 * 5 : bound * 2;
}

static const char *grouped(struct arena *arena, int64_t number)
{
        if (number < 1000)
                return arena_printf(arena, "%d", (int)number);
        return arena_printf(arena, "%s,%03d", grouped(arena, number / 1000), (int)(number % 1000));
}

const char *bands_amount(struct arena *arena, int64_t minor_units, const char *currency, unsigned level)
{
        if (minor_units < 0 || !is_currency(currency) || level >= BANDS_AMOUNT_LEVELS)
                return NULL;
        if (level == BANDS_AMOUNT_LEVELS - 1)
                return "any";
        int64_t amount = major_units(minor_units, currency);
        if (amount < AMOUNT_FIRST)
                return arena_printf(arena, "%s under %d", currency, AMOUNT_FIRST);
        if (amount >= amount_last)
                return arena_printf(arena, "%s %s+", currency, grouped(arena, amount_last));
        int64_t from = AMOUNT_FIRST, to = bound_above(from, level > 0);
        for (; amount >= to; to = bound_above(from, level > 0))
                from = to;
        return arena_printf(arena, "%s %s-%s", currency, grouped(arena, from), grouped(arena, to));
}

const char *bands_age(int age, unsigned level)
{
        if (age < 0 || age > AGE_MAX || level >= BANDS_AGE_LEVELS)
                return NULL;
        size_t row = 0;
        while (age < ages[row].from)
                row++;
        return ages[row].names[level];
}

const char *bands_birth_year(int birth_year, int current_year, unsigned level)
{
        bool is_possible = birth_year > 0 && birth_year <= current_year && current_year - birth_year <= AGE_MAX;
        return is_possible ? bands_age(current_year - birth_year, level) : NULL;
}

const char *bands_income(int64_t minor_units, const char *currency, unsigned level)
{
        if (minor_units < 0 || !is_currency(currency) || level >= BANDS_INCOME_LEVELS)
                return NULL;
        int64_t income = major_units(minor_units, currency);
        size_t row = 0;
        while (income < incomes[row].from)
                row++;
        return incomes[row].names[level];
}

const char *bands_date(struct arena *arena, int64_t unix_us, unsigned level)
{
        char text[CLOCK_RFC3339_SIZE];
        if (level >= BANDS_DATE_LEVELS)
                return NULL;
        clock_rfc3339(unix_us, text);
        return date_lengths[level] == 0 ? "any" : arena_printf(arena, "%.*s", date_lengths[level], text);
}
