/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/division.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 40 };

/* SplitMix64: the same course for the same seed, everywhere. */
static uint64_t course;

static int64_t draw(int64_t below)
{
        course += 0x9e3779b97f4a7c15;
        uint64_t z = course;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int64_t)((z ^ (z >> 31)) % (uint64_t)below);
}

static int64_t sum_of(size_t count, const struct part *parts)
{
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++)
                sum += parts[i].amount;
        return sum;
}

static const struct part *part_named(size_t count, const struct part *parts, const char *id)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(parts[i].id, id) == 0)
                        return &parts[i];
        return NULL;
}

TEST(a_third_each_makes_the_whole)
{
        struct part parts[] = {{"ann", 1, 0}, {"bob", 1, 0}, {"cleo", 1, 0}};
        divide(1000, 3, parts);
        ck_assert_int_eq(sum_of(3, parts), 1000);
        for (int i = 0; i < 3; i++)
                ck_assert(parts[i].amount == 333 || parts[i].amount == 334);
}
END_TEST

TEST(the_order_of_the_parts_does_not_matter)
{
        struct part one[] = {{"ann", 1, 0}, {"bob", 1, 0}, {"cleo", 1, 0}, {"dan", 2, 0}};
        struct part other[] = {{"dan", 2, 0}, {"cleo", 1, 0}, {"ann", 1, 0}, {"bob", 1, 0}};
        divide(1001, 4, one);
        divide(1001, 4, other);
        for (int i = 0; i < 4; i++)
                ck_assert_int_eq(one[i].amount, part_named(4, other, one[i].id)->amount);
}
END_TEST

TEST(odd_units_go_to_the_largest_remainders)
{
        struct part parts[] = {{"ann", 50, 0}, {"bob", 30, 0}, {"cleo", 19, 0}};
        divide(10, 3, parts); /* 5.05, 3.03, 1.91 */
        ck_assert_int_eq(parts[0].amount, 5);
        ck_assert_int_eq(parts[1].amount, 3);
        ck_assert_int_eq(parts[2].amount, 2);
}
END_TEST

TEST(the_largest_sums_do_not_overflow)
{
        struct part parts[] = {{"ann", 1000000000, 0}, {"bob", 999999999, 0}, {"cleo", 1, 0}};
        divide(INT64_C(9007199254740991), 3, parts);
        ck_assert_int_eq(sum_of(3, parts), INT64_C(9007199254740991));
}
END_TEST

TEST(nobody_gets_anything_without_weight)
{
        struct part parts[] = {{"ann", 0, 0}, {"bob", 0, 0}};
        divide(1000, 2, parts);
        ck_assert_int_eq(sum_of(2, parts), 0);
        divide(1000, 0, parts);
}
END_TEST

TEST(every_division_is_exact_and_fair_to_a_unit)
{
        char ids[MOST][16];
        struct part parts[MOST];
        course = 4711;
        for (int round = 0; round < 5000; round++) {
                size_t count = 1 + (size_t)draw(MOST);
                int64_t total = draw(1000000), weights = 0;
                for (size_t i = 0; i < count; i++) {
                        snprintf(ids[i], sizeof ids[i], "member-%ld", (long)draw(100000));
                        parts[i] = (struct part){ids[i], draw(1000) + (i == 0), 0};
                        weights += parts[i].weight;
                }
                divide(total, count, parts);
                ck_assert_int_eq(sum_of(count, parts), total);
                for (size_t i = 0; i < count; i++) {
                        int64_t least = total * parts[i].weight / weights;
                        ck_assert_msg(parts[i].amount == least || parts[i].amount == least + 1, "round %d", round);
                }
        }
}
END_TEST

TEST(refunds_are_what_was_put_in_while_the_pot_has_it)
{
        struct part parts[] = {{"ann", 700, 0}, {"bob", 301, 0}};
        divide_refunds(1001, 2, parts);
        ck_assert_int_eq(parts[0].amount, 700);
        ck_assert_int_eq(parts[1].amount, 301);
        divide_refunds(500, 2, parts);
        ck_assert_int_eq(sum_of(2, parts), 500);
        divide_refunds(5000, 2, parts);
        ck_assert_int_eq(sum_of(2, parts), 1001);
}
END_TEST

TEST(a_band_tells_no_amount)
{
        struct arena *arena = arena_new(0);
        ck_assert_str_eq(amount_band(arena, 99, "USD"), "USD under 1");
        ck_assert_str_eq(amount_band(arena, 100, "USD"), "USD 1-2");
        ck_assert_str_eq(amount_band(arena, 1234, "USD"), "USD 10-20");
        ck_assert_str_eq(amount_band(arena, 500000, "USD"), "USD 5000-10000");
        ck_assert_str_eq(amount_band(arena, 1234, "JPY"), "JPY 1000-2000");
        ck_assert_str_eq(amount_band(arena, 1234, "BHD"), "BHD 1-2");
        arena_free(arena);
}
END_TEST

SUITE("svc-groups/division", FORK, T(a_third_each_makes_the_whole), T(the_order_of_the_parts_does_not_matter),
        T(odd_units_go_to_the_largest_remainders), T(the_largest_sums_do_not_overflow),
        T(nobody_gets_anything_without_weight), T(every_division_is_exact_and_fair_to_a_unit),
        T(refunds_are_what_was_put_in_while_the_pot_has_it), T(a_band_tells_no_amount))
