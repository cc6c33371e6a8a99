/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/plan_rules.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static const char *const days[] = {"2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01"};
static const struct plan_member members[] = {
        {"ann", 5000, 700, true}, {"bob", 3000, 0, false}, {"cleo", 2000, 41, false}};

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static struct instalments plan(const char *model, int64_t missing, size_t n_days)
{
        const struct plan_terms terms = {model, 1000, 50, 2500};
        return plan_schedule(arena, &terms, missing, 3, members, n_days, days);
}

static int64_t owed_by(const struct instalments *instalments, const char *member)
{
        int64_t sum = 0;
        for (size_t i = 0; i < instalments->count; i++)
                if (member == NULL || strcmp(instalments->items[i].member, member) == 0)
                        sum += instalments->items[i].amount;
        return sum;
}

TEST(equal_divides_what_is_missing_exactly)
{
        struct instalments all = plan("equal", 10001, 5);
        ck_assert_int_eq(owed_by(&all, NULL), 10001);
        ck_assert_int_ge(owed_by(&all, "bob"), 3333);
        ck_assert_int_le(owed_by(&all, "bob"), 3334);
        ck_assert_int_eq(all.count, 15);
}
END_TEST

TEST(percentage_and_income_weigh)
{
        struct instalments all = plan("percentage", 10000, 5);
        ck_assert_int_eq(owed_by(&all, "ann"), 5000);
        ck_assert_int_eq(owed_by(&all, "bob"), 3000);
        all = plan("income_weighted", 777, 3);
        ck_assert_int_eq(owed_by(&all, NULL), 777);
}
END_TEST

TEST(flexible_owes_what_one_wants_to)
{
        struct instalments all = plan("flexible", 10000, 5);
        ck_assert_int_eq(owed_by(&all, "ann"), 700);
        ck_assert_int_eq(owed_by(&all, "bob"), 0);
        ck_assert_int_eq(owed_by(&all, "cleo"), 41);
}
END_TEST

TEST(in_a_rotation_everybody_receives_once)
{
        struct instalments all = plan("round_robin", 10000, 5);
        ck_assert_int_eq(all.count, 9);
        for (size_t m = 0; m < 3; m++) {
                int rounds = 0;
                for (size_t i = 0; i < all.count; i++)
                        rounds += strcmp(all.items[i].recipient, members[m].id) == 0;
                ck_assert_int_eq(rounds, 3);
                ck_assert_int_eq(owed_by(&all, members[m].id), 3000);
        }
}
END_TEST

TEST(matching_ends_at_its_cap)
{
        struct instalments all = plan("matching", 10000, 5);
        ck_assert_int_eq(owed_by(&all, "bob"), 5000);
        ck_assert_int_eq(owed_by(&all, "cleo"), 5000);
        ck_assert_int_eq(owed_by(&all, "ann"), 2500); /* half of 2000 a day, until the cap */
}
END_TEST

TEST(no_instalment_is_empty)
{
        struct instalments all = plan("equal", 2, 5);
        ck_assert_int_eq(all.count, 2);
        ck_assert_int_eq(owed_by(&all, NULL), 2);
        ck_assert_int_eq(plan("equal", 0, 5).count, 0);
        ck_assert_int_eq(plan("equal", 100, 0).count, 0);
}
END_TEST

SUITE_WITH(set_up, tear_down, "svc-groups/plan_rules", FORK, T(equal_divides_what_is_missing_exactly),
        T(percentage_and_income_weigh), T(flexible_owes_what_one_wants_to), T(in_a_rotation_everybody_receives_once),
        T(matching_ends_at_its_cap), T(no_instalment_is_empty))
