/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/bands.h"
#include "tests/suite.h"

#include <string.h>

static void same(const char *actual, const char *expected)
{
        ck_assert_pstr_eq(actual, expected);
}

TEST(amounts_fall_into_1_2_5_bands_of_major_units)
{
        struct arena *arena = arena_new(0);
        same(bands_amount(arena, 250000, "USD", 0), "USD 2,000-5,000");
        same(bands_amount(arena, 9999, "USD", 0), "USD under 100");
        same(bands_amount(arena, 10000, "USD", 0), "USD 100-200");
        same(bands_amount(arena, 20000, "EUR", 0), "EUR 200-500");
        same(bands_amount(arena, 50000, "EUR", 0), "EUR 500-1,000");
        same(bands_amount(arena, 100000000, "USD", 0), "USD 1,000,000-2,000,000");
        same(bands_amount(arena, INT64_MAX, "USD", 0), "USD 1,000,000,000+");
        same(bands_amount(arena, 250000, "JPY", 0), "JPY 200,000-500,000");
        same(bands_amount(arena, 2500000, "KWD", 0), "KWD 2,000-5,000");
        same(bands_amount(arena, 250000, "USD", 1), "USD 1,000-10,000");
        same(bands_amount(arena, 250000, "USD", 2), "any");
        arena_free(arena);
}
END_TEST

TEST(what_cannot_be_an_amount_has_no_band)
{
        struct arena *arena = arena_new(0);
        same(bands_amount(arena, -1, "USD", 0), NULL);
        same(bands_amount(arena, 1, "usd", 0), NULL);
        same(bands_amount(arena, 1, "US", 0), NULL);
        same(bands_amount(arena, 1, NULL, 0), NULL);
        same(bands_amount(arena, 1, "USD", BANDS_AMOUNT_LEVELS), NULL);
        arena_free(arena);
}
END_TEST

TEST(ages_fall_into_groups_that_widen)
{
        same(bands_age(17, 0), "under-18");
        same(bands_age(18, 0), "18-24");
        same(bands_age(27, 0), "25-29");
        same(bands_age(74, 0), "70-74");
        same(bands_age(75, 0), "75+");
        same(bands_age(27, 1), "18-29");
        same(bands_age(33, 2), "30-49");
        same(bands_age(33, 3), "any");
        same(bands_age(-1, 0), NULL);
        same(bands_age(131, 0), NULL);
        same(bands_birth_year(1990, 2025, 0), "35-39");
        same(bands_birth_year(2030, 2025, 0), NULL);
}
END_TEST

TEST(incomes_fall_into_ten_bands)
{
        same(bands_income(0, "USD", 0), "under-15k");
        same(bands_income(6000000, "USD", 0), "50k-75k");
        same(bands_income(25000000, "USD", 0), "250k+");
        same(bands_income(6000000, "USD", 1), "50k-100k");
        same(bands_income(6000000, "USD", 3), "any");
        same(bands_income(-1, "USD", 0), NULL);
}
END_TEST

/* Two values in one group stay together on every coarser level. */
TEST(groups_never_split_on_the_way_up)
{
        for (unsigned level = 0; level + 1 < BANDS_AGE_LEVELS; level++)
                for (int age = 1; age <= 130; age++)
                        if (strcmp(bands_age(age - 1, level), bands_age(age, level)) == 0)
                                same(bands_age(age - 1, level + 1), bands_age(age, level + 1));
        for (unsigned level = 0; level + 1 < BANDS_INCOME_LEVELS; level++)
                for (int64_t k = 1; k < 400; k++)
                        if (bands_income((k - 1) * 100000, "USD", level) == bands_income(k * 100000, "USD", level))
                                same(bands_income((k - 1) * 100000, "USD", level + 1),
                                        bands_income(k * 100000, "USD", level + 1));
}
END_TEST

TEST(amounts_never_split_on_the_way_up)
{
        struct arena *arena = arena_new(0);
        for (unsigned level = 0; level + 1 < BANDS_AMOUNT_LEVELS; level++)
                for (int64_t amount = 100; amount < 200000000000; amount += amount / 40) {
                        const char *here = bands_amount(arena, amount, "USD", level);
                        const char *next = bands_amount(arena, amount + amount / 40, "USD", level);
                        if (strcmp(here, next) == 0)
                                same(bands_amount(arena, amount, "USD", level + 1),
                                        bands_amount(arena, amount + amount / 40, "USD", level + 1));
                }
        arena_free(arena);
}
END_TEST

/* Every place that has a name on one level has one name on the next, whichever way it is written. */
TEST(places_never_split_on_the_way_up)
{
#define STATE(code, name, division)  name,
#define METRO(name, canonical, code) name,
#define COUNTRY(code2, code3, name)  code3,
#define ALIAS(name, code2)           name,
        static const char *const names[] = {
#include "svc-anonymize/regions.def"
        };
        enum { NAMES = sizeof names / sizeof *names };
        for (unsigned level = 0; level + 1 < BANDS_REGION_LEVELS; level++)
                for (int i = 0; i < NAMES; i++)
                        for (int j = 0; j < i; j++) {
                                const char *a = bands_region(names[i], level), *b = bands_region(names[j], level);
                                if (a != NULL && b != NULL && strcmp(a, b) == 0)
                                        same(bands_region(names[i], level + 1), bands_region(names[j], level + 1));
                        }
}
END_TEST

TEST(dates_become_days_months_and_years)
{
        enum { DAY_S = 86400 };
        struct arena *arena = arena_new(0);
        int64_t moment = 1795937400123456;
        same(bands_date(arena, moment, 0), "2026-11-29");
        same(bands_date(arena, moment, 1), "2026-11");
        same(bands_date(arena, moment, 2), "2026");
        same(bands_date(arena, moment, 3), "any");
        same(bands_date(arena, moment, BANDS_DATE_LEVELS), NULL);
        for (unsigned level = 0; level + 1 < BANDS_DATE_LEVELS; level++)
                for (int64_t s = 0; s < (int64_t)1000 * DAY_S; s += DAY_S / 2) {
                        const char *here = bands_date(arena, s * 1000000, level);
                        const char *next = bands_date(arena, (s + DAY_S / 2) * 1000000, level);
                        if (strcmp(here, next) == 0)
                                same(bands_date(arena, s * 1000000, level + 1),
                                        bands_date(arena, (s + DAY_S / 2) * 1000000, level + 1));
                }
        arena_free(arena);
}
END_TEST

static const struct {
        const char *text;
        const char *levels[3];
} places[] = {
        {"Texas", {"Texas", "West South Central", "United States"}},
        {"tx", {"Texas", "West South Central", "United States"}},
        {"US-CA", {"California", "Pacific", "United States"}},
        {"de-by", {"Germany", "Germany", "Germany"}},
        {" austin, TX ", {"Austin", "West South Central", "United States"}},
        {"Fresno, CA", {"California", "Pacific", "United States"}},
        {"Portland, ME", {"Maine", "New England", "United States"}},
        {"NYC", {"New York City", "Middle Atlantic", "United States"}},
        {"Georgia, US", {"Georgia", "South Atlantic", "United States"}},
        {"California, USA", {"California", "Pacific", "United States"}},
        {"Washington, D.C.", {NULL, NULL, NULL}},
        {"DC", {"District of Columbia", "South Atlantic", "United States"}},
        {"Germany", {"Germany", "Germany", "Germany"}},
        {"Munich, Germany", {"Germany", "Germany", "Germany"}},
        {"U.K.", {"United Kingdom", "United Kingdom", "United Kingdom"}},
        {"R\u00E9union", {"Reunion", "Reunion", "Reunion"}},
        {"CHE", {"Switzerland", "Switzerland", "Switzerland"}},
        {"Georgia", {NULL, NULL, NULL}},
        {"Middle of nowhere", {NULL, NULL, NULL}},
        {"", {NULL, NULL, NULL}},
        {",", {NULL, NULL, NULL}},
};

TEST(places_are_named_or_absent_but_never_guessed)
{
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
                for (unsigned level = 0; level < 3; level++)
                        same(bands_region(places[i].text, level), places[i].levels[level]);
        same(bands_region("Texas", 3), "any");
        same(bands_region("Texas", 4), NULL);
        same(bands_region(NULL, 0), NULL);
}
END_TEST

SUITE("svc-anonymize/bands", FORK, T(amounts_fall_into_1_2_5_bands_of_major_units),
        T(what_cannot_be_an_amount_has_no_band), T(ages_fall_into_groups_that_widen), T(incomes_fall_into_ten_bands),
        T(groups_never_split_on_the_way_up), T(amounts_never_split_on_the_way_up), T(places_never_split_on_the_way_up),
        T(dates_become_days_months_and_years), T(places_are_named_or_absent_but_never_guessed))
